using System.Text;
using LibContainer.Configuration;
using LibContainer.Launch;
using LibContainer.Linux;
using LibContainer.TestUtilities;
using Microsoft.Win32.SafeHandles;

namespace LibContainer.IntegrationTests;

/// <summary>A container that runs until the test has seen enough, and what is run in it meanwhile.</summary>
internal static class EnteredContainer
{
    /// <summary>The first program waits for the end of its input, and has done nothing else by then.</summary>
    internal static ProcessConfiguration Waiting { get; } = new("/bin/sh", "-c", "echo ready; read end");

    /// <summary>Runs a test beside a container, which has to be there still when it is over.</summary>
    internal static void Run(Action<RunningContainer> test, ContainerConfiguration? container = null, ProcessConfiguration? process = null)
    {
        (SafeFileHandle inputRead, SafeFileHandle inputWrite) = Pipe.Create();
        (SafeFileHandle outputRead, SafeFileHandle outputWrite) = Pipe.Create();
        using (inputRead)
        using (outputRead)
        using (outputWrite)
        {
            ExitStatus status = Sandbox.Exec(container ?? Sandbox.Default, process ?? Waiting, new ExecOptions
            {
                StandardInput = StandardStream.FromHandle(inputRead),
                StandardOutput = StandardStream.FromHandle(outputWrite),
                Started = launched =>
                {
                    Descriptor.Read(outputRead, new byte[64]).Should().BePositive("it says so when it is ready");
                    using (RunningContainer running = RunningContainer.Of(launched))
                        test(running);
                    Readiness.Wait([launched.PidFd], TimeSpan.Zero).Should().Equal([false], "the container was not harmed");
                    inputWrite.Dispose();
                },
            });
            status.ExitCode.Should().Be(1, "that is what read says at the end of its input");
        }
    }

    internal static Sandbox.Result Script(this RunningContainer container, string script, ExecInOptions? options = null)
        => container.Run(new ProcessConfiguration("/bin/sh", "-c", script), options: options);

    internal static Sandbox.Result Run(this RunningContainer container, ProcessConfiguration process, string input = "", ExecInOptions? options = null, CancellationToken cancellationToken = default)
    {
        using MemoryStream source = new(Encoding.UTF8.GetBytes(input)), output = new(), error = new();
        ExitStatus status = Namespaces.ExecIn(container, process, (options ?? new ExecInOptions()) with
        {
            StandardInput = StandardStream.FromStream(source),
            StandardOutput = StandardStream.FromStream(output),
            StandardError = process.Terminal is null ? StandardStream.FromStream(error) : StandardStream.Inherit,
            Launcher = Sandbox.IsOnce ? Launcher.Once : null,
        }, cancellationToken);
        return new Sandbox.Result(status, Encoding.UTF8.GetString(output.ToArray()), Encoding.UTF8.GetString(error.ToArray()));
    }
}
