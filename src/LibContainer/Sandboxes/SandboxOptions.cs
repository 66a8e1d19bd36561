using System.Collections.Immutable;
using System.Globalization;
using LibContainer.Configuration;

namespace LibContainer;

/// <summary>What a program in a <see cref="Sandbox"/> may use and see. Each method returns the same object, so that calls can be chained; the last call about a thing counts.</summary>
/// <remarks>Values are judged when the program is run: all that is wrong is told at once.</remarks>
public sealed class SandboxOptions
{
    /// <summary>nobody, of every Linux.</summary>
    private const int Nobody = 65534;

    private readonly List<ConfigurationFinding> _findings = [];
    private readonly List<MountConfiguration> _mounts = [];
    private readonly SortedDictionary<string, string> _variables = new(StringComparer.Ordinal);
    private readonly List<Func<ContainerConfiguration, ContainerConfiguration>> _containerChanges = [];
    private readonly List<Func<ProcessConfiguration, ProcessConfiguration>> _processChanges = [];
    private ContainerRunOptions _run = ContainerRunOptions.Default;
    private ImmutableArray<NetworkConfiguration> _networks = Networks.None;
    private string _workingDirectory = "/";
    private (int UserId, int GroupId) _user = (Nobody, Nobody);

    internal SandboxOptions() { }

    internal IContainerRuntime? ChosenRuntime { get; private set; }

    internal long? MemoryBytes { get; private set; }

    internal double? CpuCount { get; private set; }

    internal int? PidsLimit { get; private set; }

    /// <summary>Bytes of memory, what is swapped out included. More is a reason to kill. <see cref="Bytes.Mega"/> counts them.</summary>
    public SandboxOptions Memory(long bytes)
    {
        MemoryBytes = bytes;
        return this;
    }

    /// <summary>CPU time, in CPUs: 0.5 is half of one's, 0.01 the least.</summary>
    public SandboxOptions Cpus(double count)
    {
        CpuCount = count;
        return this;
    }

    /// <summary>Processes and threads together. A program of .NET needs some 20.</summary>
    public SandboxOptions Pids(int count)
    {
        PidsLimit = count;
        return this;
    }

    /// <summary>How long it may run; then it is killed, with all that it has started.</summary>
    public SandboxOptions TimeLimit(TimeSpan limit)
    {
        _run = _run with { TimeLimit = limit };
        return this;
    }

    /// <summary>Shows a file or directory of the host, at the same place.</summary>
    /// <param name="path">On the host; relative to this program's directory.</param>
    /// <param name="writable">It can be written, by whom it belongs to: see <see cref="User"/>.</param>
    public SandboxOptions Show(string path, bool writable = false)
    {
        ArgumentNullException.ThrowIfNull(path);
        string whole = Path.GetFullPath(path);
        return Show(whole, whole, writable);
    }

    /// <summary>Shows a file or directory of the host.</summary>
    /// <param name="path">On the host; relative to this program's directory.</param>
    /// <param name="destination">Absolute path in the sandbox.</param>
    /// <param name="writable">As of <see cref="Show(string, bool)"/>.</param>
    public SandboxOptions Show(string path, string destination, bool writable = false)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(destination);
        string whole = Path.GetFullPath(path);
        if (!Path.Exists(whole))
            _findings.Add(new($"show[\"{path}\"]", $"{whole} is not there"));
        _mounts.Add(MountConfiguration.Bind(whole, destination, readOnly: !writable));
        return this;
    }

    /// <summary>Shows a directory of the host, at the same place, and has the program begin there.</summary>
    /// <param name="path">On the host; relative to this program's directory.</param>
    /// <param name="writable">As of <see cref="Show(string, bool)"/>.</param>
    public SandboxOptions RunIn(string path, bool writable = false)
    {
        Show(path, writable);
        return WorkingDirectory(Path.GetFullPath(path));
    }

    /// <summary>Where the program begins: an absolute path in the sandbox. By itself <c>/</c>.</summary>
    public SandboxOptions WorkingDirectory(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        _workingDirectory = path;
        return this;
    }

    /// <summary>A variable of its environment, of which nothing is the host's.</summary>
    public SandboxOptions Variable(string name, string value)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(value);
        _variables[name] = value;
        return this;
    }

    /// <summary>One that counts where nobody has said another.</summary>
    internal void VariableUnlessSet(string name, string value) => _variables.TryAdd(name, value);

    /// <summary>How much <c>/tmp</c> holds, which is memory and counts as that. By itself half of the host's.</summary>
    public SandboxOptions TemporarySpace(long bytes)
    {
        if (bytes <= 0)
            _findings.Add(new("temporarySpace", $"{bytes} bytes hold nothing"));
        _mounts.Add(MountConfiguration.Memory("/tmp", string.Create(CultureInfo.InvariantCulture, $"mode=1777,size={bytes}")));
        return this;
    }

    /// <summary>Whom it runs as. By itself 65534, nobody: it reads what everybody may.</summary>
    public SandboxOptions User(int userId, int groupId)
    {
        _user = (userId, groupId);
        return this;
    }

    /// <summary>Its networks. By itself it reaches nobody: <see cref="Networks.None"/>.</summary>
    public SandboxOptions Network(params ReadOnlySpan<NetworkConfiguration> networks)
    {
        _networks = [LoopbackNetwork.Instance, .. networks];
        return this;
    }

    /// <summary>What it reads, as UTF-8. By itself nothing.</summary>
    public SandboxOptions Input(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Input(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text)));
    }

    /// <summary>What it reads. The stream stays the caller's.</summary>
    public SandboxOptions Input(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        _run = _run with { StandardInput = StandardStream.FromStream(stream) };
        return this;
    }

    /// <summary>Where its output goes, in place of <see cref="ContainerRunResult.StandardOutput"/>. The stream stays the caller's.</summary>
    public SandboxOptions Output(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        _run = _run with { StandardOutput = StandardStream.FromStream(stream) };
        return this;
    }

    /// <summary>Where its errors go, in place of <see cref="ContainerRunResult.StandardError"/>. The stream stays the caller's.</summary>
    public SandboxOptions Error(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        _run = _run with { StandardError = StandardStream.FromStream(stream) };
        return this;
    }

    /// <summary>As of <see cref="ContainerRunOptions.OutputLimitBytes"/>.</summary>
    public SandboxOptions OutputLimit(int bytes)
    {
        _run = _run with { OutputLimitBytes = bytes };
        return this;
    }

    /// <summary>Who makes the container. By itself a runtime that all sandboxes of this program share.</summary>
    public SandboxOptions Runtime(IContainerRuntime runtime)
    {
        ArgumentNullException.ThrowIfNull(runtime);
        ChosenRuntime = runtime;
        return this;
    }

    /// <summary>Changes the container behind all else that was said here.</summary>
    public SandboxOptions Container(Func<ContainerConfiguration, ContainerConfiguration> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        _containerChanges.Add(change);
        return this;
    }

    /// <summary>Changes the program likewise.</summary>
    public SandboxOptions Process(Func<ProcessConfiguration, ProcessConfiguration> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        _processChanges.Add(change);
        return this;
    }

    internal ContainerRunOptions Run => _run;

    /// <exception cref="ContainerConfigurationException">All that is wrong with what was said here.</exception>
    internal (ContainerConfiguration Container, ProcessConfiguration Process) Build(IEnumerable<string> arguments)
    {
        ThrowIfBad();
        ContainerConfiguration container = new()
        {
            Root = RootFileSystem.HostUserland(),
            ReadOnlyRoot = true,
            Hostname = "sandbox",
            Networks = _networks,
            Mounts = [.. MountConfiguration.Defaults, MountConfiguration.CgroupView, .. _mounts],
            Resources = Resources(),
        };
        ProcessConfiguration process = new()
        {
            Arguments = [.. arguments],
            Environment = [ProcessConfiguration.DefaultPath, .. _variables.Select(variable => $"{variable.Key}={variable.Value}")],
            WorkingDirectory = _workingDirectory,
            UserId = _user.UserId,
            GroupId = _user.GroupId,
        };
        return (_containerChanges.Aggregate(container, (changed, change) => change(changed)), _processChanges.Aggregate(process, (changed, change) => change(changed)));
    }

    private ResourceConfiguration? Resources() => MemoryBytes is null && CpuCount is null && PidsLimit is null ? null : new ResourceConfiguration
    {
        Memory = MemoryBytes is { } bytes ? MemoryResources.WithoutSwap(bytes) : null,
        Cpu = CpuCount is { } count ? CpuResources.OfCpus(count) : null,
        PidsLimit = PidsLimit,
    };

    private void ThrowIfBad()
    {
        List<ConfigurationFinding> findings = [.. _findings];
        if (MemoryBytes is <= 0)
            findings.Add(new("memory", $"{MemoryBytes} bytes are no limit: nothing runs in less than some hundred thousand"));
        if (CpuCount is { } cpus && !(cpus is >= 0.01 and < 1e6)) // the kernel's least is 1 ms of each period
            findings.Add(new("cpus", string.Create(CultureInfo.InvariantCulture, $"{cpus} is not a number of CPUs, 0.01 at least")));
        if (PidsLimit is <= 0)
            findings.Add(new("pids", $"{PidsLimit} processes are not even one"));
        if (_user.UserId < 0 || _user.GroupId < 0)
            findings.Add(new("user", $"{_user.UserId}:{_user.GroupId} are no ids"));
        foreach (string name in _variables.Keys.Where(name => name.Length == 0 || name.AsSpan().ContainsAny('=', '\0')))
            findings.Add(new($"variable[\"{name}\"]", "is no name of a variable"));
        if (findings.Count > 0)
            throw new ContainerConfigurationException(ContainerErrorCode.InvalidConfiguration, [.. findings]);
    }
}
