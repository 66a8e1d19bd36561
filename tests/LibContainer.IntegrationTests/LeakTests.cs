using LibContainer.Configuration;
using LibContainer.TestUtilities;

namespace LibContainer.IntegrationTests;

public sealed class LeakTests
{
    [Fact]
    public void Two_thousand_starts_one_after_the_other_leave_nothing()
    {
        Requires.Root();

        Compare((root, process) =>
        {
            for (int i = 0; i < 2000; i++)
                Sandbox.Exec(root.Container, process).Success.Should().BeTrue();
        });
    }

    [Fact]
    public void Eight_callers_at_once_leave_nothing()
    {
        Requires.Root();

        Compare((root, process) =>
        {
            Thread[] callers = [.. Enumerable.Range(0, 8).Select(_ => new Thread(() =>
            {
                for (int i = 0; i < 250; i++)
                    Sandbox.Exec(root.Container, process).Success.Should().BeTrue();
            }))];
            foreach (Thread caller in callers)
                caller.Start();
            foreach (Thread caller in callers)
                caller.Join();
        });
    }

    [Fact]
    public void Starts_that_fail_leave_nothing()
    {
        Requires.Root();

        Compare((root, _) =>
        {
            for (int i = 0; i < 200; i++)
                FluentActions.Invoking(() => Sandbox.Exec(root.Container, new ProcessConfiguration("/none"))).Should().Throw<IOException>();
        });
    }

    private static void Compare(Action<ProbeRoot, ProcessConfiguration> work)
    {
        using ProbeRoot root = new();
        ProcessConfiguration process = new("/probe");
        Sandbox.Exec(root.Container, process);
        Footprint before = Footprint.Take();

        work(root, process);

        Footprint.Take().Should().Be(before);
    }

    /// <summary>
    /// At each number of free descriptors a start either succeeds or says why it did not, and no process is left that nobody knows. In a host of its own: a test runner does
    /// not survive a full table.
    /// </summary>
    [Fact]
    public void A_full_descriptor_table_costs_starts_and_leaves_nothing()
    {
        Requires.Root();
        using ProbeRoot root = new();

        Command.Result result = Command.Run(Repository.TestHost, "full", root.Path);

        string[] lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        result.ExitCode.Should().Be(0, result.Error);
        lines.Should().Contain("started").And.Contain(line => line.Contains("EMFILE"));
        lines.Should().OnlyContain(line => line == "started" || line.Contains("EMFILE") || line.StartsWith("children"));
        lines[^1].Should().Be("children 1", "that is the launcher");
    }
}
