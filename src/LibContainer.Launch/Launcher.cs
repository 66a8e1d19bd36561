using System.Collections.Immutable;
using System.Runtime.InteropServices;
using LibContainer.Linux;
using Microsoft.Win32.SafeHandles;

namespace LibContainer.Launch;

/// <summary>Starts processes from plans, through one small helper per host process: the launcher.</summary>
/// <remarks>
/// A .NET process has many threads and may neither fork nor enter most namespaces; the launcher has one. It is started with the first
/// container, started again when it died, and when the host is gone it kills what the host left running. Processes that shall be born without a bounding set come from a second one, which
/// has none. Thread-safe.
/// </remarks>
#pragma warning disable CA1001 // the shared one lives as long as the host: a caller who could dispose it would end everybody's containers
public sealed class Launcher
#pragma warning restore CA1001
{
    private static readonly Lazy<Launcher> SharedInstance = new(() => new Launcher());
    private static readonly Lazy<Launcher> OnceInstance = new(() => new Launcher(isResident: false));

    private readonly Lock _gate = new(); // one request and its reply at a time
    private readonly LaunchedProcesses _processes = new();
    private readonly StepWords _words = new();
    private readonly LauncherThread _thread;
    private readonly bool _isResident, _hasBoundingSet;
    private readonly Lazy<Launcher> _withoutBoundingSet;
    private LauncherProcess? _current;
    private bool _disposed;

    internal Launcher(bool isResident = true, bool hasBoundingSet = true)
    {
        (_isResident, _hasBoundingSet) = (isResident, hasBoundingSet);
        _withoutBoundingSet = new Lazy<Launcher>(() => new Launcher(isResident, hasBoundingSet: false));
        _thread = new LauncherThread(OnExited, hasBoundingSet);
    }

    /// <summary>The one of this host process.</summary>
    public static Launcher Shared => SharedInstance.Value;

    /// <summary>
    /// For hosts that may not keep a process beside them: the helper is started for each container, and has left when that runs. What remains is one thread of this process. A container
    /// then dies with its host by the kernel's parent-death signal alone, which its program can clear; and each start costs that of the helper, a fifth of a millisecond and more.
    /// </summary>
    public static Launcher Once => OnceInstance.Value;

    /// <summary>Process ids of the launchers that run: two at most. For display.</summary>
    public ImmutableArray<int> ProcessIds
    {
        get
        {
            ImmutableArray<int> others = _withoutBoundingSet.IsValueCreated ? _withoutBoundingSet.Value.ProcessIds : [];
            return ProcessId is { } id ? others.Insert(0, id) : others;
        }
    }

    /// <summary>Of the one for plans that keep a bounding set.</summary>
    internal int? ProcessId => Volatile.Read(ref _current) is { HasExited: false } current ? current.Id : null;

    /// <summary>Starts a process and waits until it runs its program.</summary>
    /// <param name="plan">Its namespaces, and what it does before.</param>
    /// <param name="options">Its streams.</param>
    /// <param name="cancellationToken">Cancelling kills the process, as soon as there is one, and undoes the start.</param>
    /// <returns>The running process, attached.</returns>
    /// <exception cref="LaunchException">A step failed; nothing is left.</exception>
    /// <exception cref="LinuxException">The host could not make a socket, or start the launcher.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; nothing is left.</exception>
    /// <exception cref="ArgumentException">The plan has no end.</exception>
    public LaunchedProcess Start(LaunchPlan plan, LaunchOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(options);
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.MoreDescriptors.Length, LaunchRequest.MaxMoreDescriptors, nameof(options));
        if (plan.Steps is not [.., Steps.ExecuteStep or Steps.SynchronizeStep])
            throw new ArgumentException("a plan ends with the program that it runs, or with the wait for the rest of it", nameof(plan));
        cancellationToken.ThrowIfCancellationRequested();
        if (_hasBoundingSet && plan.EmptiesBoundingSet)
            return _withoutBoundingSet.Value.Start(plan, options, cancellationToken);
        _processes.ReapAbandoned();
        options.Clock?.Begin();

        int word = _words.Take();
        try
        {
            (SequencedSocket ours, SequencedSocket theirs) = SequencedSocket.CreatePair();
            using (ours)
            {
                LaunchedProcess process;
                using (theirs) // end of file on ours has to mean that the child is through
                    process = Clone(plan, options, theirs, word);
                return new StartConversation(this, _processes, plan, options, ours, process).WaitUntilRunning(_words.Memory, word, cancellationToken);
            }
        }
        finally
        {
            _words.Return(word);
        }
    }

    private LaunchedProcess Clone(LaunchPlan plan, LaunchOptions options, SequencedSocket sync, int word)
    {
        using PlanWriter bytes = PlanWriter.Write(plan);
        using SafeFileHandle? file = bytes.Bytes.Length > LaunchRequest.MaxInlinePlan ? MemoryFile.CreateSealed("libcontainer-plan", bytes.Bytes) : null;
        using Borrowed socket = new(sync);
        using Borrowed input = new(options.StandardInput ?? HostStreams.Input);
        using Borrowed output = new(options.StandardOutput ?? HostStreams.Output);
        using Borrowed error = new(options.StandardError ?? HostStreams.Error);
        using Borrowed planFile = new(file ?? HostStreams.Input);
        using Borrowed clock = new(options.Clock?.File ?? HostStreams.Input);
        using Borrowed cgroup = new(options.Cgroup ?? HostStreams.Input);

        LaunchRequest request = new()
        {
            Kind = LaunchRequestKind.Launch,
            PlanLength = (uint)bytes.Bytes.Length,
            PlanInDescriptor = file is null ? 0u : 1u,
            StepWord = (uint)word,
            MoreDescriptors = (uint)options.MoreDescriptors.Length,
            ClockInDescriptor = options.Clock is null ? 0u : 1u,
            CgroupInDescriptor = options.Cgroup is null ? 0u : 1u,
            CloneFlags = plan.CloneFlags,
        };
        Span<int> descriptors = stackalloc int[SocketRights.MaxDescriptors];
        ReadOnlySpan<int> usual = [socket.Number, input.Number, output.Number, error.Number];
        usual.CopyTo(descriptors);
        int count = usual.Length;
        using BorrowedAll more = new(options.MoreDescriptors.AsSpan(), descriptors[count..]);
        count += options.MoreDescriptors.Length;
        if (options.Clock is not null)
            descriptors[count++] = clock.Number;
        if (options.Cgroup is not null)
            descriptors[count++] = cgroup.Number;
        if (file is not null)
            descriptors[count++] = planFile.Number;
        ReadOnlySpan<byte> inline = file is null ? bytes.Bytes : [];

        lock (_gate)
        {
            LauncherProcess launcher = Exchange(request, inline, descriptors[..count], word, out LaunchReply reply, out PidFd? pidFd);
            if (!_isResident)
                LetGo(launcher, reply);
            if (pidFd is null && reply.Pid > 0)
            {
                // The kernel drops a descriptor that does not fit into our table, and the process runs all the same.
                PidFd.KillChild(reply.Pid);
                launcher.Release(reply.Descriptor);
                throw new LaunchException($"recvmsg from the launcher: {LinuxException.Name(Errno.EMFILE)}: there was no room for the container's pidfd", null, Errno.EMFILE);
            }
            if (pidFd is null)
            {
                Errno errno = (Errno)(-reply.Pid);
                throw new LaunchException($"clone3 ({CloneFlagNames.Describe(plan.CloneFlags | (options.Cgroup is null ? 0 : (ulong)Uapi.CLONE_INTO_CGROUP))}): {LinuxException.Name(errno)}{(errno == Errno.EAGAIN ? ": a limit on the number of processes is reached" : "")}", null, errno);
            }
            LaunchedProcess process = new(this, reply.Pid, pidFd, _isResident ? launcher : null, reply.Descriptor);
            _processes.Add(process);
            return process;
        }
    }

    /// <summary>It has done the one thing that it was started for. The container is no longer its own, or it would kill that as it leaves. Under the gate.</summary>
    private void LetGo(LauncherProcess launcher, LaunchReply reply)
    {
        if (reply.Pid > 0)
        {
            launcher.Release(reply.Descriptor);
            launcher.SendReleases();
        }
        Discard(launcher);
    }

    /// <summary>Sends a request and takes the reply. Under the gate.</summary>
    /// <remarks>A launcher that died is replaced. A request that it may have carried out is repeated only when no program can have run.</remarks>
    private LauncherProcess Exchange(
        LaunchRequest request, ReadOnlySpan<byte> plan, ReadOnlySpan<int> descriptors, int word, out LaunchReply reply, out PidFd? pidFd)
    {
        for (int attempt = 1; ; attempt++)
        {
            LauncherProcess launcher = EnsureRunning();
            Errno error = launcher.Send(request, plan, descriptors);
            if (error is 0 && launcher.TryReceive(out reply, out pidFd))
                return launcher;
            if (error is Errno.EBADF)
                throw new LinuxException("sendmsg", error, detail: $"of the {ClosedStream(descriptors)} to the launcher");
            if (error is not (0 or Errno.EPIPE or Errno.ECONNRESET))
                throw new LinuxException("sendmsg", error, detail: "to the launcher");

            Discard(launcher);
            KillOrphans();
            if (attempt == 2 || _words.Memory[word] != StepWord.NotStarted)
                throw new LaunchException("the launcher died while it started the container; what it had started was killed", null, error is 0 ? Errno.EPIPE : error);
        }
    }

    /// <summary>Which of the streams is not open.</summary>
    private static string ClosedStream(ReadOnlySpan<int> descriptors)
    {
        string[] names = ["socket", "standard input", "standard output", "standard error"];
        for (int i = 0; i < descriptors.Length; i++)
            if (!Descriptor.IsOpen(descriptors[i]))
                return $"{(i < names.Length ? $"{names[i]}, " : "")}descriptor {descriptors[i]},";
        return "descriptors";
    }

    /// <summary>A child of this program that a process of ours has cloned in its own place.</summary>
    internal LaunchedProcess Take(PidFd pidFd)
    {
        LaunchedProcess process = new(this, pidFd.GetProcessId(), pidFd, holder: null, -1);
        _processes.Add(process);
        return process;
    }

    /// <summary>Gives what was taken to the launcher, so that it dies with the host. If there is none now, the next one gets it.</summary>
    internal void HoldTaken()
    {
        if (!_isResident)
            return;
        lock (_gate)
            if (_current is { HasExited: false } current)
                Adopt(current);
    }

    /// <summary>A start that forks has failed: of its child nothing may be known.</summary>
    internal void KillLost()
    {
        lock (_gate)
            KillOrphans();
    }

    /// <summary>Under the gate.</summary>
    private LauncherProcess EnsureRunning()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_current is { HasExited: false } current)
            return current;
        if (_current is { } dead)
            Discard(dead);

        LauncherProcess started = _thread.Start(_words.Memory);
        _current = started;
        if (_isResident)
            Adopt(started);
        return started;
    }

    /// <summary>Containers that outlived their launcher are given to the new one, so that they still die with the host.</summary>
    private void Adopt(LauncherProcess launcher)
    {
        foreach (LaunchedProcess process in _processes.Unheld())
        {
            try
            {
                using Borrowed descriptor = new(process.PidFd);
                Errno error = launcher.Send(new LaunchRequest { Kind = LaunchRequestKind.Adopt }, [], [descriptor.Number]);
                if (error != 0 || !launcher.TryReceive(out LaunchReply reply, out _) || reply.Descriptor < 0)
                    return; // it died in turn, or has no room; the next one adopts them
                _processes.Adopt(process, launcher, reply.Descriptor);
            }
            catch (ObjectDisposedException)
            {
                // Another thread has ended it and let go of it since it was listed: there is nothing left to hold.
            }
        }
    }

    /// <summary>Under the gate.</summary>
    private void Discard(LauncherProcess launcher)
    {
        _processes.Abandon(launcher);
        if (_current == launcher)
            _current = null;
        launcher.Dispose();
    }

    /// <summary>
    /// A launcher that died between clone3 and its reply leaves a child that nobody knows. All its children are listed at the thread that
    /// started it. Under the gate, so that no start is under way.
    /// </summary>
    private void KillOrphans()
    {
        HashSet<int> known = _processes.Ids();
        foreach (string text in File.ReadAllText($"/proc/self/task/{_thread.Id}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            int id = int.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
            if (known.Contains(id) || id == _current?.Id)
                continue;
            try
            {
                using PidFd orphan = PidFd.Open(id); // our own unreaped child: the pid cannot have changed hands
                orphan.TrySendSignal(Signal.SIGKILL);
                orphan.WaitForExit();
            }
            catch (LinuxException error) when (error.Error is Errno.ESRCH or Errno.EINVAL) // EINVAL: it is being reaped at this moment
            {
                // The dead launcher itself, which its thread has reaped since.
            }
        }
    }

    private void OnExited(LauncherProcess launcher)
    {
        // On another thread: this one has to be free to start the next. With nothing running, the next start is early enough.
        if (_processes.AnyHeldBy(launcher))
            ThreadPool.QueueUserWorkItem(static self => self.ReplaceDead(), this, preferLocal: false);
    }

    private void ReplaceDead()
    {
        lock (_gate)
        {
            if (_disposed)
                return;
            try
            {
                EnsureRunning();
            }
            catch (IOException)
            {
                // Nobody called who could be told. No launcher can be started now (no memory, no descriptors). The parent-death signal still stands, and the next start says why.
            }
        }
    }

    /// <summary>The process has ended and is reaped.</summary>
    internal void Forget(LaunchedProcess process) => _processes.Remove(process);

    internal void Detach(LaunchedProcess process)
    {
        lock (_gate)
        {
            _processes.Detach(process);
            // Now, not with the next start: the host may be gone before it. A launcher that has died holds nothing any more.
            _current?.SendReleases();
        }
    }

    /// <summary>Kills every attached container, ends the launcher and its thread. For a launcher of a test's own; the shared one lives as long as the host.</summary>
    internal void Close()
    {
        lock (_gate)
        {
            if (_disposed)
                return;
            _disposed = true;
            _current?.Dispose();
            _current = null;
        }
        _thread.Close();
        _words.Dispose();
        if (_withoutBoundingSet.IsValueCreated)
            _withoutBoundingSet.Value.Close();
    }
}
