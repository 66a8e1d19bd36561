using System.Diagnostics;
using System.Text;
using LibContainer.Configuration;
using LibContainer.Launch;
using LibContainer.Linux;
using LibContainer.TestUtilities;
using Microsoft.Win32.SafeHandles;

namespace LibContainer.IntegrationTests;

/// <summary>A container whose first process looks at, and into, whoever enters (CVE-2016-9962, CVE-2024-21626).</summary>
public sealed class EnterHostileTests
{
    private static readonly TimeSpan Looked = TimeSpan.FromSeconds(10);

    private static readonly string[] Harmless =
    [
        "cwd /", "root /",
        "exe /memfd:libcontainer-launcher (deleted)", // sealed, and started before anybody could write to it
        "exe /probe",
        "environ A=b ",
        "fd /dev/null",
        "fd socket:[", // to the start that waits for it, which hears nothing twice
        "traced yes",
    ];

    /// <summary>With CAP_SYS_PTRACE it may do all that there is: then nothing at all may be there. Without, it may not even look.</summary>
    [Theory]
    [InlineData(CapabilitySet.None)]
    [InlineData(CapabilitySet.SysPtrace | CapabilitySet.SysAdmin | CapabilitySet.DacOverride)]
    public void For_ten_seconds_it_sees_nothing_of_the_host(CapabilitySet capabilities)
    {
        Requires.Root();
        using ProbeRoot root = new();
        using TemporaryDirectory secret = new();
        File.WriteAllText(secret["file"], "secret");
        using MemoryStream told = new();
        (SafeFileHandle inputRead, SafeFileHandle inputWrite) = Pipe.Create();
        int entered = 0;

        // What this host has open, for its children, too.
        using FileStream open = new(secret["file"], FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Inheritable);
        using (inputRead)
            Sandbox.Exec(root.Container, new ProcessConfiguration("/probe", "hostile") { Capabilities = CapabilityConfiguration.Of(capabilities) }, new ExecOptions
            {
                StandardInput = StandardStream.FromHandle(inputRead),
                StandardOutput = StandardStream.FromStream(told),
                Started = launched =>
                {
                    using (RunningContainer container = RunningContainer.Of(launched))
                        for (Stopwatch watch = Stopwatch.StartNew(); watch.Elapsed < Looked; entered++)
                            Namespaces.ExecIn(container, new ProcessConfiguration("/probe", "7") { Environment = ["A=b"] }, new ExecInOptions
                            {
                                StandardInput = StandardStream.Null,
                                StandardOutput = StandardStream.Null,
                                StandardError = StandardStream.Null,
                                Launcher = Sandbox.IsOnce ? Launcher.Once : null,
                            }).ExitCode.Should().Be(7);
                    inputWrite.Dispose();
                },
            }).ExitCode.Should().Be(0);

        string[] lines = Encoding.UTF8.GetString(told.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Should().BeSubsetOf(Harmless);
        lines.Should().Contain("exe /probe", "it has seen somebody");
        if (capabilities != CapabilitySet.None)
            lines.Should().Contain(["traced yes", "exe /memfd:libcontainer-launcher (deleted)"], "it was quick enough for those that enter");
        entered.Should().BeGreaterThan(100);
    }

    /// <summary>A descriptor that somebody has left open is no way out: neither as a directory to work in, nor as a program.</summary>
    [Fact]
    public void No_number_leads_to_a_directory_of_the_host() => EnteredContainer.Run(container =>
    {
        Requires.Root();
        for (int number = 3; number < 64; number++)
        {
            FluentActions.Invoking(() => container.Run(new ProcessConfiguration("/bin/pwd") { WorkingDirectory = $"/proc/self/fd/{number}" })).Should().Throw<LaunchException>()
                .WithMessage($"chdir /proc/self/fd/{number}: *");
            FluentActions.Invoking(() => container.Run(new ProcessConfiguration($"/proc/self/fd/{number}"))).Should().Throw<LaunchException>()
                .WithMessage($"execve /proc/self/fd/{number}: *");
        }
    });
}
