using System.Collections.Immutable;
using System.Runtime.InteropServices;
using LibContainer.Configuration;
using LibContainer.Launch;
using LibContainer.Launch.Steps;
using LibContainer.Linux;

namespace LibContainer.Cgroups;

/// <summary>A container's cgroup: in each hierarchy that is mounted on this host, the directory of one path. Source: cgroups(7).</summary>
/// <remarks>
/// Not thread-safe while it is made or removed; all else is. Nothing of it is held open: another process that has <see cref="Paths"/> can do the same with it.
/// </remarks>
public sealed class ContainerCgroup
{
    /// <summary>Of names of this library's choice.</summary>
    internal const string Prefix = "libcontainer";

    /// <summary>In names beside the process id: for hosts that share cgroups and not process ids.</summary>
    private static readonly int HostsSharingCgroups = Random.Shared.Next();

    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(10);

    private static int s_last;

    private readonly SystemdUnit? _unit;
    private readonly List<CgroupDirectory> _made = [];
    private readonly List<WeakReference<CgroupEventStream>> _streams = [];
    private ImmutableArray<CgroupDirectory> _directories;
    private bool _isMaker, _isUnitStarted;

    private ContainerCgroup(ImmutableArray<CgroupDirectory> directories, SystemdUnit? unit = null) => (_directories, _unit) = (directories, unit);

    /// <summary>Where a container's cgroup is, whether it is there or not.</summary>
    /// <param name="path"><see cref="ContainerConfiguration.CgroupPath"/>. Null: a new name of this library's choice.</param>
    /// <param name="backend">Who makes it.</param>
    /// <exception cref="ArgumentException">It is the top of every hierarchy, or climbs.</exception>
    /// <exception cref="ConfigurationException">It is no path for that backend, or systemd cannot be had: as <see cref="Check"/> tells.</exception>
    /// <exception cref="CgroupException">systemd does not answer.</exception>
    public static ContainerCgroup At(string? path, CgroupBackend backend = CgroupBackend.Auto)
    {
        if (path is not null && !CgroupChecks.IsOwn(path))
            throw new ArgumentException($"'{path}' {(CgroupChecks.IsTop(path) ? "is the top of every hierarchy" : "climbs")}", nameof(path));
        if (CgroupChecks.CheckPath(path, backend).ToImmutableArray() is { IsEmpty: false } findings)
            throw new ConfigurationException(findings);
        path ??= PathOf($"{Environment.ProcessId}-{HostsSharingCgroups:x8}-{Interlocked.Increment(ref s_last)}", backend);
        if (!CgroupChecks.IsOfSystemd(path, backend))
            return new(CgroupDirectories.At(CgroupLayout.Host, path));
        SystemdUnit unit = new(SystemdManager.OfThisProcess, SystemdPath.From(path, !Environment.IsPrivilegedProcess), CgroupLayout.Host.IsVersion2 ? CgroupVersion.V2 : CgroupVersion.V1);
        return new(CgroupDirectories.At(CgroupLayout.Host, unit.ControlGroup), unit);
    }

    /// <summary>A path for <see cref="ContainerConfiguration.CgroupPath"/>: where those are that this library names.</summary>
    /// <param name="name">What it is called there: one that nothing else has.</param>
    /// <param name="backend">Who makes it.</param>
    public static string PathOf(string name, CgroupBackend backend = CgroupBackend.Auto) => CgroupChecks.IsOfSystemd(null, backend) ? $":{Prefix}:{name}" : $"{Prefix}-{name}";

    /// <summary>The cgroup that a process is in, in each hierarchy in which that is not the top one.</summary>
    /// <returns>Null when there is no such process, or it has ended and waits for its parent to know.</returns>
    public static ContainerCgroup? OfProcess(int processId) => CgroupDirectories.OfProcess(CgroupLayout.Host, processId) is { } directories ? new(directories) : null;

    /// <summary>One that <see cref="Paths"/> of another object, perhaps of another process, describes.</summary>
    /// <exception cref="ArgumentException">A path is not in the hierarchy that it is said to be in.</exception>
    public static ContainerCgroup OfPaths(IReadOnlyDictionary<string, string> paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        ImmutableArray<CgroupDirectory>.Builder directories = ImmutableArray.CreateBuilder<CgroupDirectory>();
        foreach (CgroupHierarchy hierarchy in CgroupLayout.Host.Hierarchies)
            if (KeysOf(hierarchy).FirstOrDefault(paths.ContainsKey) is { } key)
                directories.Add(CgroupLayout.Below(hierarchy.MountPoint, paths[key]) is { } below && CgroupChecks.IsOwn(below)
                    ? new(hierarchy, paths[key])
                    : throw new ArgumentException($"'{paths[key]}' is not below {hierarchy.MountPoint}, where the hierarchy of {(key.Length == 0 ? "version 2" : key)} is", nameof(paths)));
        return new(directories.ToImmutable());
    }

    /// <summary>One below it that is there.</summary>
    /// <param name="path">Relative: <c>tools</c>.</param>
    /// <returns>In hierarchies in which that is not there, this one. Null: it is in none.</returns>
    /// <exception cref="ArgumentException">It climbs, or leads nowhere.</exception>
    public ContainerCgroup? FindBelow(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!CgroupChecks.IsOwn(path))
            throw new ArgumentException($"'{path}' climbs, or leads nowhere", nameof(path));
        CgroupDirectory[] below = [.. _directories.Select(directory => new CgroupDirectory(directory.Hierarchy, $"{directory.Path}/{path.Trim('/')}"))];
        return below.Any(directory => directory.Exists) ? new([.. below.Zip(_directories, (lower, directory) => lower.Exists ? lower : directory)]) : null;
    }

    /// <summary>What is wrong with a container's <see cref="ContainerConfiguration.CgroupPath"/> and <see cref="ContainerConfiguration.Resources"/> on this host: all of it.</summary>
    /// <param name="container">The container.</param>
    /// <param name="backend">Who will make it.</param>
    public static IEnumerable<ConfigurationFinding> Check(ContainerConfiguration container, CgroupBackend backend = CgroupBackend.Auto)
    {
        ArgumentNullException.ThrowIfNull(container);
        return [.. CgroupChecks.CheckPath(container.CgroupPath, backend), .. CgroupChecks.Check(container, CgroupLayout.Host)];
    }

    /// <summary>Whether a container gets a cgroup: it asks for one or for a limit, and this host has any.</summary>
    public static bool IsAskedFor(ContainerConfiguration container)
    {
        ArgumentNullException.ThrowIfNull(container);
        return (container.CgroupPath ?? (object?)container.Resources) is not null && !CgroupLayout.Host.Hierarchies.IsEmpty;
    }

    /// <summary>
    /// Absolute path on this host of each directory, by controller, <c>name=</c> of a hierarchy, or an empty text for version 2. What another process needs to join, limit or remove it.
    /// </summary>
    public ImmutableSortedDictionary<string, string> Paths => _directories
        .SelectMany(directory => KeysOf(directory.Hierarchy).Select(key => KeyValuePair.Create(key, directory.Path))).ToImmutableSortedDictionary(StringComparer.Ordinal);

    /// <summary>systemd is process 1 and can be reached: it makes cgroups where nobody says otherwise.</summary>
    public static bool HasSystemd => CgroupChecks.IsOfSystemd(null, CgroupBackend.Auto);

    /// <summary>It is a unit of systemd, or will be: made around a process.</summary>
    public bool IsUnit => _unit is not null;

    /// <summary>Every hierarchy of cgroups that is mounted on this host.</summary>
    public static ImmutableArray<CgroupHierarchy> Hierarchies => CgroupLayout.Host.Hierarchies;

    /// <summary>It is there, in one hierarchy at least.</summary>
    public bool Exists => _directories.Any(directory => directory.Exists);

    /// <summary>All of its processes are stopped, by <see cref="Freeze"/> or because those of a cgroup above are.</summary>
    /// <exception cref="CgroupException">It cannot be read.</exception>
    public bool IsFrozen => CgroupFreezer.Find(_directories)?.IsFrozen == true;

    /// <summary>What is to be ended with it: of one that was made here only what was, since another's may be in its place where that failed.</summary>
    private IReadOnlyList<CgroupDirectory> Own => !_isMaker || _isUnitStarted ? _directories : _made;

    /// <summary>
    /// Makes the part of it that a process is born in, with every controller that the limits need and no limit yet. The rest may be made by <see cref="Create"/> while the process sets itself up:
    /// nobody can join that by birth.
    /// </summary>
    /// <param name="resources">The limits that <see cref="Create"/> will set.</param>
    /// <returns>For <see cref="LaunchOptions.Cgroup"/>. Null: this host has no cgroups of version 2, or systemd makes them, which it does around a process.</returns>
    /// <exception cref="CgroupException">It cannot be made, or a controller is not to be had. Nothing is left.</exception>
    public SafeHandle? CreateBirthplace(ResourceConfiguration? resources)
    {
        if (_unit is not null || _directories.Version2() is not { } version2)
            return null;
        return OrUndo(() =>
        {
            Make(version2);
            CgroupDelegation.Enable(version2, resources is null ? [] : CgroupLimits.NeededOfVersion2(_directories, resources), all: CgroupLayout.Host.IsVersion2);
            return version2.OpenDirectory();
        });
    }

    /// <summary>Makes what is not made yet, and sets the limits.</summary>
    /// <param name="resources">The limits. Null: none.</param>
    /// <param name="nodes">The container's device nodes, which it may use.</param>
    /// <param name="processId">The process that waits to join it: systemd makes a unit around one. Null: there is none yet.</param>
    /// <exception cref="InvalidOperationException">systemd is to make it, and there is no process.</exception>
    /// <exception cref="CgroupException">It cannot be made, or a limit is refused. Nothing is left but the birthplace, where that was made before.</exception>
    public void Create(ResourceConfiguration? resources = null, ImmutableArray<DeviceNode> nodes = default, int? processId = null)
    {
        resources ??= new ResourceConfiguration();
        DeviceRules devices = DeviceRules.Of(resources.Devices, nodes.IsDefault ? [] : nodes);
        OrUndo(() =>
        {
            if (_unit is not null)
                StartUnit(_unit, resources, devices, processId ?? throw new InvalidOperationException("systemd makes a cgroup around a process, and there is none"));
            else if (_directories.Version2() is { } version2 && !_made.Contains(version2))
                CreateBirthplace(resources)!.Dispose();
            foreach (CgroupDirectory directory in _directories)
                if (directory.Hierarchy.Version == CgroupVersion.V1 && !(_unit is not null && directory.Exists))
                    Make(directory);
            CgroupLimits.Apply(_directories, resources, devices);
            return true;
        });
    }

    /// <summary>The process is in what systemd makes then, in version 2 and the hierarchies that it knows. It joins the others by itself, and those once more.</summary>
    private void StartUnit(SystemdUnit unit, ResourceConfiguration resources, DeviceRules devices, int processId)
    {
        _directories = CgroupDirectories.At(CgroupLayout.Host, unit.Start(processId, resources, devices));
        _isUnitStarted = true;
        if (_directories.Version2() is { Exists: true } version2)
            CgroupDelegation.Enable(version2, CgroupLimits.NeededOfVersion2(_directories, resources), all: false);
    }

    /// <summary>The steps by which a process goes into the part of it that nobody is born in, and takes it for the top of what it sees.</summary>
    /// <param name="plan">Gets the steps.</param>
    /// <param name="container">Says whether it has a cgroup namespace.</param>
    public void AddJoin(LaunchPlan.Builder plan, ContainerConfiguration container)
    {
        ArgumentNullException.ThrowIfNull(container);
        AddJoin(plan);
        if ((container.Namespaces & NamespaceKinds.Cgroup) != 0)
            plan.Add(new NewCgroupNamespaceStep());
    }

    /// <summary>The same without the last: for a process that is added to it.</summary>
    /// <param name="plan">Gets the steps.</param>
    /// <returns>How many of <see cref="GoAhead.Descriptors"/> they count, from the first on.</returns>
    public int AddJoin(LaunchPlan.Builder plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        int count = 0;
        foreach (CgroupDirectory directory in _directories)
            if (directory.Hierarchy.Version == CgroupVersion.V1)
                plan.Add(new JoinCgroupStep(count++, directory.Path));
        return count;
    }

    /// <summary>Whoever is born in it has no CPU but those that it allows: its part of version 2 has the controller cpuset.</summary>
    internal bool LimitsCpusFromBirth => _directories.Version2()?.TryRead("cpuset.cpus.effective") is not null;

    /// <summary>Opens what those steps write to.</summary>
    /// <returns>For <see cref="GoAhead.Descriptors"/>.</returns>
    /// <exception cref="CgroupException">One cannot be opened.</exception>
    public ImmutableArray<SafeHandle> OpenTasks()
    {
        ImmutableArray<SafeHandle>.Builder tasks = ImmutableArray.CreateBuilder<SafeHandle>();
        try
        {
            foreach (CgroupDirectory directory in _directories)
                if (directory.Hierarchy.Version == CgroupVersion.V1)
                    tasks.Add(directory.Open("tasks", KernelFile.WriteOnly));
            return tasks.ToImmutable();
        }
        catch
        {
            foreach (SafeHandle opened in tasks)
                opened.Dispose();
            throw;
        }
    }

    /// <summary>Opens the directory of version 2, for another process of the container to be born in. Null: this host has none.</summary>
    /// <exception cref="CgroupException">It is gone.</exception>
    public SafeHandle? OpenBirthplace() => _directories.Version2()?.OpenDirectory();

    /// <summary>Changes limits: all that are given or, when one is refused, none.</summary>
    /// <param name="resources">The new limits; what is null or empty stays as it is.</param>
    /// <exception cref="ConfigurationException">This host cannot keep a limit, or more is in use than it allows and <see cref="MemoryResources.CheckBeforeUpdate"/> is set.</exception>
    /// <exception cref="CgroupException">The kernel refuses a value: file, value and errno are in the sentence. The limits are as they were.</exception>
    public void Update(ResourceConfiguration resources)
    {
        ArgumentNullException.ThrowIfNull(resources);
        if (CgroupChecks.Check(resources, CgroupLayout.Host).ToImmutableArray() is { IsEmpty: false } findings)
            throw new ConfigurationException(findings);
        DeviceRules? devices = resources.Devices.IsEmpty ? null : DeviceRules.Of(resources.Devices, []);
        CgroupLimits.Update(_directories, resources, devices, _unit is null ? null : () => _unit.Update(_directories, resources, devices));
    }

    /// <summary>Stops every process in it, and waits until they are.</summary>
    /// <param name="timeout">How long at most. Null: 10 seconds.</param>
    /// <exception cref="CgroupException">This host has no freezer, or a process cannot be stopped in that time; all go on then.</exception>
    public void Freeze(TimeSpan? timeout = null) => Freezer().Freeze(timeout ?? DefaultTimeout);

    /// <summary>Lets every process in it go on.</summary>
    /// <exception cref="CgroupException">This host has no freezer.</exception>
    public void Thaw() => Freezer().Thaw();

    /// <summary>Ids, in this process's PID namespace, of the processes in it and in cgroups below it.</summary>
    /// <exception cref="CgroupException">They cannot be read.</exception>
    public IReadOnlyCollection<int> GetProcessIds()
    {
        SortedSet<int> ids = [];
        foreach (CgroupDirectory directory in _directories)
            ids.UnionWith(CgroupProcesses.Read(directory));
        return ids;
    }

    /// <summary>Kills every process in it, frozen ones too, and waits until they have ended.</summary>
    /// <param name="timeout">How long at most. Null: 10 seconds.</param>
    /// <exception cref="CgroupException">One is there still.</exception>
    public void Kill(TimeSpan? timeout = null) => CgroupProcesses.Kill(Own, timeout ?? DefaultTimeout);

    /// <summary>What it has used.</summary>
    /// <param name="what">Groups of figures; the others stay null.</param>
    /// <exception cref="CgroupException">A file is there and cannot be read, or does not say what it has to.</exception>
    public CgroupStats GetStats(CgroupStatistics what = CgroupStatistics.All) => CgroupStatsReader.Read(_directories, what);

    /// <summary>What it has used from its beginning on: much less to read than <see cref="GetStats"/>.</summary>
    /// <exception cref="CgroupException">As of <see cref="GetStats"/>.</exception>
    public CgroupUsage GetUsage() => UsageReader.Read(_directories);

    /// <summary>The same as libcontainer of 2014 told it, without what it sampled.</summary>
    /// <exception cref="CgroupException">As of <see cref="GetStats"/>.</exception>
    public SeedStats GetSeedStats() => SeedStatsReader.Read(_directories);

    /// <summary>The same with what it sampled: the use of CPUs within a time.</summary>
    /// <param name="interval">That time; in 2014, 100 milliseconds.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="CgroupException">As of <see cref="GetStats"/>.</exception>
    public async Task<SeedStats> GetSeedStatsAsync(TimeSpan interval, CancellationToken cancellationToken = default)
    {
        SeedCpuSample before = SeedCpuSample.Take(_directories);
        await Task.Delay(interval, cancellationToken).ConfigureAwait(false);
        return SeedStatsReader.Read(_directories, before);
    }

    /// <summary>Tells what happens to it from this call on: out of memory, memory thresholds, pressure, populated and empty.</summary>
    /// <param name="options">What to watch for. Null: memory that has run out.</param>
    /// <param name="cancellationToken">Ends the stream with <see cref="OperationCanceledException"/>.</param>
    /// <returns>
    /// A stream that is read once. It ends when the cgroup is removed, when it is disposed or cancelled, or when its reader stops. That a process was killed for lack of memory is in it before
    /// <see cref="Delete"/> returns, and so before a start is told how its program ended; unless systemd, or whoever else has made it, removes it first.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">A trigger that no kernel takes.</exception>
    /// <exception cref="CgroupException">It is gone, the host does not have such events, or the kernel refuses to tell. Nothing is left.</exception>
    public CgroupEventStream WatchAsync(CgroupEventOptions? options = null, CancellationToken cancellationToken = default)
    {
        CgroupEventStream stream = CgroupEvents.WatchAsync(_directories, options ?? new CgroupEventOptions(), cancellationToken);
        lock (_streams)
        {
            _streams.RemoveAll(reference => !reference.TryGetTarget(out _));
            _streams.Add(new WeakReference<CgroupEventStream>(stream));
        }
        return stream;
    }

    /// <summary>Removes it (of one that was made by this object: what that has made), with all cgroups below, and those above that this process made for its containers and nobody uses. What is not there is no error.</summary>
    /// <exception cref="CgroupException">Somebody is in it, and stays for 2 seconds: the sentence says who. Whatever can be removed is.</exception>
    public void Delete()
    {
        FlushEvents(); // the counts go with it
        if (_isUnitStarted)
            StopUnit(_unit!);
        List<CgroupException> failures = [];
        foreach (CgroupDirectory directory in Own.ToArray())
        {
            try
            {
                CgroupTree.Remove(directory);
            }
            catch (CgroupException failure)
            {
                failures.Add(failure);
            }
        }
        _made.Clear();
        if (failures.Count > 0)
            throw new CgroupException(string.Join("; ", failures.Select(failure => failure.Message)), failures[0].Error, failures[0]);
    }

    private void StopUnit(SystemdUnit unit)
    {
        if (GetProcessIds() is { Count: > 0 } left) // systemd would end them
            throw new CgroupException($"stop the unit of {_directories[0].Path}: {CgroupTree.Users(left)}", Errno.EBUSY);
        unit.Stop();
    }

    private void FlushEvents()
    {
        lock (_streams)
            foreach (WeakReference<CgroupEventStream> reference in _streams)
                if (reference.TryGetTarget(out CgroupEventStream? stream))
                    stream.Flush();
    }

    private static IEnumerable<string> KeysOf(CgroupHierarchy hierarchy)
        => hierarchy.Version == CgroupVersion.V2 ? [""] : hierarchy.Name is { } name ? hierarchy.Controllers.Append($"name={name}") : hierarchy.Controllers;

    private CgroupFreezer Freezer() => CgroupFreezer.Find(_directories) ?? throw new CgroupException("freeze: there is no such cgroup, or this host has no freezer: neither cgroup version 2 nor version 1's controller of that name");

    private void Make(CgroupDirectory directory)
    {
        CgroupTree.Make(directory, _directories.Where(other => !_made.Contains(other)));
        _made.Add(directory);
    }

    /// <summary>What was made before stays: somebody may have been born there.</summary>
    private T OrUndo<T>(Func<T> make)
    {
        int before = _made.Count;
        _isMaker = true;
        try
        {
            return make();
        }
        catch (Exception error)
        {
            try
            {
                foreach (CgroupDirectory directory in _made[before..])
                    CgroupTree.Remove(directory);
                _made.RemoveRange(before, _made.Count - before);
            }
            catch (CgroupException second)
            {
                throw new CgroupException($"{error.Message}; and what had been made could not be removed: {second.Message}", second.Error, error);
            }
            throw;
        }
    }
}
