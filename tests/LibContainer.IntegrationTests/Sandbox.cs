using System.Text;
using LibContainer.Configuration;
using LibContainer.Launch;
using LibContainer.Linux;

namespace LibContainer.IntegrationTests;

/// <summary>Runs something in a container and keeps what it said.</summary>
internal static class Sandbox
{
    internal sealed record Result(ExitStatus Status, string Output, string Error)
    {
        internal string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>The container that scripts run in, on this host's userland.</summary>
    internal static ContainerConfiguration Default { get; } = new() { Root = RootFileSystem.HostUserland(), ReadOnlyRoot = true, Hostname = "box" };

    /// <summary>A program that sets containers up in the launcher's place, so that the same tests hold it to the same. See OwnInitTests.</summary>
    private static readonly string? Init = Environment.GetEnvironmentVariable("LIBCONTAINER_TESTS_INIT") is { Length: > 0 } path ? path : null;

    internal static readonly bool IsOnce = Environment.GetEnvironmentVariable("LIBCONTAINER_TESTS_LAUNCHER") == "once";

    /// <summary><see cref="Namespaces.Exec"/>, by whatever starts containers in this run.</summary>
    internal static ExitStatus Exec(ContainerConfiguration container, ProcessConfiguration process, ExecOptions? options = null, CancellationToken cancellationToken = default)
        => Namespaces.Exec(container, process, ByRun(options), cancellationToken);

    /// <summary><see cref="Namespaces.Start"/>, likewise.</summary>
    internal static ContainerProcess Start(ContainerConfiguration container, ProcessConfiguration process, ExecOptions? options = null, CancellationToken cancellationToken = default)
        => Namespaces.Start(container, process, ByRun(options), cancellationToken);

    /// <summary>A shell whose streams are pipes.</summary>
    internal static ContainerProcess StartScript(string script, ExecOptions? options = null, ContainerConfiguration? container = null)
        => Start(container ?? Default, new ProcessConfiguration("/bin/sh", "-c", script), options ?? Pipes);

    internal static ExecOptions Pipes { get; } = new() { StandardInput = StandardStream.Pipe, StandardOutput = StandardStream.Pipe, StandardError = StandardStream.Pipe };

    private static ExecOptions ByRun(ExecOptions? options) => (options ?? new ExecOptions()) with
    {
        CreateCommand = Init is null ? null : _ => new InitCommand(Init, [Init, Namespaces.InitArgument]),
        Launcher = IsOnce ? Launcher.Once : null,
    };

    /// <summary>Has the launcher started, if it is not there. It is in the namespaces of the thread that starts it, for good.</summary>
    internal static void StartLauncher() => Script("true");

    /// <summary>Waits until nobody listens any more for interfaces that go: the listener stays a second for the next container, and the next test may count descriptors.</summary>
    internal static void AwaitListener()
    {
        bool hasLeft = SpinWait.SpinUntil(() => !Directory.GetDirectories("/proc/self/task").Any(IsListener), TimeSpan.FromSeconds(10));
        if (!hasLeft)
            throw new TimeoutException("a listener for interfaces is still there");

        static bool IsListener(string task)
        {
            try
            {
                return File.ReadAllText(task + "/comm").StartsWith("LibContainer li", StringComparison.Ordinal);
            }
            catch (IOException)
            {
                return false; // a thread that has ended meanwhile
            }
        }
    }

    internal static Result Script(string script, ContainerConfiguration? container = null)
        => Run(container ?? Default, new ProcessConfiguration("/bin/sh", "-c", script));

    internal static Result Run(ContainerConfiguration container, ProcessConfiguration process, string input = "")
    {
        using MemoryStream source = new(Encoding.UTF8.GetBytes(input)), output = new(), error = new();
        ExitStatus status = Exec(container, process, new ExecOptions
        {
            StandardInput = StandardStream.FromStream(source),
            StandardOutput = StandardStream.FromStream(output),
            StandardError = StandardStream.FromStream(error),
        });
        return new Result(status, Encoding.UTF8.GetString(output.ToArray()), Encoding.UTF8.GetString(error.ToArray()));
    }
}
