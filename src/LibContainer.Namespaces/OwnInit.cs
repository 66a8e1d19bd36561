using System.Collections.Immutable;
using LibContainer.Cgroups;
using LibContainer.Configuration;
using LibContainer.Launch;
using LibContainer.Launch.Steps;
using LibContainer.Linux;
using Microsoft.Win32.SafeHandles;

namespace LibContainer;

/// <summary>The host's side of a start whose steps another program makes, inside the namespaces that the launcher has cloned it into.</summary>
internal sealed class OwnInit(ContainerConfiguration container, ProcessConfiguration process, InitCommand command, InitContext context, ContainerCgroup? cgroup = null)
{
    /// <summary>Where the program finds its end: the first descriptor behind the streams, as in 2014.</summary>
    private const int PipeDescriptor = 3;

    private const int MaxAnswer = 1 << 20;

    /// <summary>Starts the init, and waits until it runs the program.</summary>
    /// <exception cref="LaunchException">The init could not be run, failed at a step, or ended before it ran the program. Nothing is left.</exception>
    /// <exception cref="ConfigurationException">It found something wrong with the configuration. Nothing is left.</exception>
    internal LaunchedProcess Start(Launcher launcher, LaunchOptions options, CancellationToken cancellationToken)
    {
        (SafeFileHandle ours, SafeFileHandle theirs) = SocketPair.Create();
        using (ours)
        {
            LaunchedProcess launched;
            using (theirs) // end of file on ours has to mean that the init is through
                launched = launcher.Start(Plan(), options with { MoreDescriptors = [theirs] }, cancellationToken);
            try
            {
                using (cancellationToken.Register(static state => ((LaunchedProcess)state!).Kill(), launched))
                    Talk(ours, launched);
                cancellationToken.ThrowIfCancellationRequested();
                return launched;
            }
            catch
            {
                launched.Dispose();
                cancellationToken.ThrowIfCancellationRequested(); // the failure was of our own making
                throw;
            }
        }
    }

    /// <exception cref="ConfigurationException">The command cannot be one: all that is wrong with it.</exception>
    internal static void ThrowIfBad(InitCommand command)
    {
        List<ConfigurationFinding> findings = [];
        if (!Path.IsPathRooted(command.Path))
            findings.Add(new ConfigurationFinding("init.path", $"'{command.Path}' is not an absolute path"));
        else if (HostPath.KindOf(command.Path) != HostPathKind.File)
            findings.Add(new ConfigurationFinding("init.path", $"'{command.Path}' is no file on this host"));
        if (command.Arguments.IsDefaultOrEmpty)
            findings.Add(new ConfigurationFinding("init.arguments", "a program has at least its own name as an argument"));
        if (command.Environment.FirstOrDefault(entry => entry.IndexOf('=', StringComparison.Ordinal) <= 0) is { } entry)
            findings.Add(new ConfigurationFinding("init.environment", $"'{entry}' is not NAME=value"));
        if (!command.Arguments.IsDefault && command.Arguments.Concat(command.Environment).Append(command.Path).Any(text => text.Contains('\0', StringComparison.Ordinal)))
            findings.Add(new ConfigurationFinding("init", "a text contains a NUL character, at which the kernel would stop reading"));
        if (findings.Count > 0)
            throw new ConfigurationException([.. findings]);
    }

    private LaunchPlan Plan() => StartOrder.OwnInitBirth(container, new ExecuteStep([command.Path], command.Arguments, Environment()), PipeDescriptor + 1, cgroup);

    private ImmutableArray<string> Environment() =>
    [
        $"{InitWire.PipeVariable}={PipeDescriptor}", $"{InitWire.ConsoleVariable}={process.Terminal?.Path}", $"{InitWire.DataPathVariable}={context.DataPath}",
        .. command.Environment,
    ];

    private void Talk(SafeFileHandle pipe, LaunchedProcess launched)
    {
        try
        {
            Descriptor.Write(pipe, ConfigurationJson.WriteLine(container, process));
            Descriptor.Write(pipe, InitWire.Go);
        }
        catch (LinuxException error) when (error.Error is Errno.EPIPE or Errno.ECONNRESET)
        {
            // It has ended; what it said before is there to be read.
        }
        ReadOnlySpan<byte> said = ReadToEnd(pipe, launched);
        if (said.StartsWith(InitWire.Terminal))
            said = said[InitWire.Terminal.Length..];
        bool runs = said.StartsWith(InitWire.Exec);
        if (runs)
            said = said[InitWire.Exec.Length..];
        if (!said.IsEmpty)
            throw InitWire.Read(said.TrimEnd((byte)'\n'), StartOrder.Plan(container, process));
        if (!runs)
            throw LaunchException.InitEnded(command.Path, launched.WaitForExit());
    }

    private static byte[] ReadToEnd(SafeFileHandle pipe, LaunchedProcess launched)
    {
        using MemoryStream all = new();
        byte[] buffer = new byte[4096];
        while (all.Length < MaxAnswer && SocketPair.Receive(pipe, buffer, out SafeFileHandle? right) is > 0 and int count)
        {
            all.Write(buffer, 0, count);
            if (right is null)
                continue;
            launched.Terminal?.Dispose(); // one is enough
            launched.Terminal = right;
        }
        return all.ToArray();
    }
}
