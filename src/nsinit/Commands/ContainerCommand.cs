using System.Collections.Immutable;
using System.CommandLine;
using LibContainer.Configuration;

namespace NsInit.Commands;

/// <summary>A command that describes a container by options: what <c>run</c> does and <c>plan</c> shows.</summary>
internal abstract class ContainerCommand : OperandCommand
{
    private const string DefaultHostname = "nsinit";

    private readonly Option<string?> _root = new("--root") { HelpName = "DIR", Description = "Root directory of the container. Default: a read-only view of this host's programs." };
    private readonly Option<bool> _writable = new("--rw") { Description = "The root can be written." };
    private readonly Option<string[]> _binds = new("--bind") { HelpName = "SRC:DST[:ro]", Description = "Show a file or directory of the host in the container. Can be repeated." };
    private readonly Option<string> _hostname = new("--hostname") { HelpName = "H", Description = "Host name inside.", DefaultValueFactory = _ => DefaultHostname };
    private readonly Option<string> _workingDirectory = new("--workdir") { HelpName = "D", Description = "Working directory inside.", DefaultValueFactory = _ => "/" };
    private readonly Option<string?> _user = new("--user") { HelpName = "USER[:GROUP]", Description = "User, by name or number, from the container's own /etc/passwd." };
    private readonly Option<bool> _tty = new("--tty", "-t") { Description = "A terminal of the container's own, shown on this one." };
    private readonly Option<bool> _init = new("--init") { Description = "A small init as the first process, which reaps processes and passes signals on." };
    private readonly Option<string[]> _environment = new("--env") { HelpName = "K=V", Description = "Environment variable. Can be repeated. Nothing is inherited." };

    private readonly Limits _limits = new();

    protected ContainerCommand(string name, string description)
        : base(name, description)
    {
        Options.Add(_root);
        Options.Add(_writable);
        Options.Add(_binds);
        Options.Add(_hostname);
        Options.Add(_workingDirectory);
        Options.Add(_user);
        Options.Add(_tty);
        Options.Add(_init);
        Options.Add(_environment);
        foreach (Option limit in _limits.Options)
            Options.Add(limit);
    }

    /// <summary>The container that the options describe.</summary>
    protected ContainerConfiguration Container(ParseResult result)
    {
        ContainerConfiguration container = result.GetValue(_root) is { } root
            ? new() { Root = RootFileSystem.Directory(FullPath(root)) }
            : new() { Root = RootFileSystem.HostUserland(), Mounts = OnlyTmpWritable(result.GetValue(_tty)) };
        return container with
        {
            ReadOnlyRoot = !result.GetValue(_writable),
            Hostname = result.GetValue(_hostname),
            InitProcess = result.GetValue(_init),
            Resources = _limits.Read(result),
            Mounts = [.. container.Mounts, .. (result.GetValue(_binds) ?? []).Select(Bind)],
        };
    }

    /// <summary>The program that the operands name. Until there is a seccomp filter: no capabilities, no_new_privs.</summary>
    protected ProcessConfiguration Process(ParseResult result) => new()
    {
        Arguments = [.. Operands],
        Environment = Environment(result),
        WorkingDirectory = result.GetValue(_workingDirectory)!,
        User = result.GetValue(_user),
        Terminal = result.GetValue(_tty) ? new TerminalConfiguration() : null,
    };

    /// <summary>
    /// Of this host's userland: nothing below /dev can be written either, and shared memory is a link to /tmp, which the root brings. Devices open for writing all the same, and
    /// terminals and message queues are made through the kernel and not through these mounts. A terminal's owner, though, is set through its mount.
    /// </summary>
    private static ImmutableArray<MountConfiguration> OnlyTmpWritable(bool hasTerminal) =>
    [
        .. MountConfiguration.Defaults
            .Where(mount => mount.Destination != "/dev/shm")
            .Select(mount => mount.Destination is "/dev" or "/dev/mqueue" || (mount.Destination == "/dev/pts" && !hasTerminal) ? mount with { Options = mount.Options | MountOptions.ReadOnly } : mount),
    ];

    private static MountConfiguration Bind(string text)
    {
        string[] parts = text.Split(':');
        return parts is [{ Length: > 0 } source, { Length: > 0 } destination, ..] && parts.Length <= 3 && (parts.Length == 2 || parts[2] is "ro" or "rw")
            ? MountConfiguration.Bind(FullPath(source), destination, readOnly: parts is [.., "ro"])
            : throw new UsageException($"--bind '{text}' is not SRC:DST or SRC:DST:ro");
    }

    /// <summary>Relative to where the user is.</summary>
    private static string FullPath(string path)
    {
        try
        {
            return path.Length == 0 ? path : Path.GetFullPath(path);
        }
        catch (FileNotFoundException)
        {
            throw new UsageException($"'{path}' is relative, and the current directory does not exist any more");
        }
    }

    private ImmutableArray<string> Environment(ParseResult result)
    {
        // getenv(3) takes the first of two: what is given replaces the default.
        string[] given = result.GetValue(_environment) ?? [];
        // A user's home is looked up with the user.
        string[] home = result.GetValue(_user) is not null ? [] : result.GetValue(_root) is null ? ["HOME=/tmp"] : ["HOME=/"];
        IEnumerable<string> defaults = home.Prepend(ProcessConfiguration.DefaultPath).Where(entry => !given.Any(other => Name(other) == Name(entry)));
        return [.. defaults, .. given.GroupBy(Name).Select(entries => entries.Last())];

        static string Name(string entry) => entry.Split('=')[0];
    }
}
