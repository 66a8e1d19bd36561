using System.Text;
using LibContainer.Configuration;
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

    internal static Result Script(string script, ContainerConfiguration? container = null)
        => Run(container ?? Default, new ProcessConfiguration("/bin/sh", "-c", script));

    internal static Result Run(ContainerConfiguration container, ProcessConfiguration process, string input = "")
    {
        using MemoryStream source = new(Encoding.UTF8.GetBytes(input)), output = new(), error = new();
        ExitStatus status = Namespaces.Exec(container, process, new ExecOptions
        {
            StandardInput = StandardStream.FromStream(source),
            StandardOutput = StandardStream.FromStream(output),
            StandardError = StandardStream.FromStream(error),
        });
        return new Result(status, Encoding.UTF8.GetString(output.ToArray()), Encoding.UTF8.GetString(error.ToArray()));
    }
}
