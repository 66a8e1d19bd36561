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
                Namespaces.Exec(root.Container, process).Success.Should().BeTrue();
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
                    Namespaces.Exec(root.Container, process).Success.Should().BeTrue();
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
                FluentActions.Invoking(() => Namespaces.Exec(root.Container, new ProcessConfiguration("/none"))).Should().Throw<IOException>();
        });
    }

    private static void Compare(Action<ProbeRoot, ProcessConfiguration> work)
    {
        using ProbeRoot root = new();
        ProcessConfiguration process = new("/probe");
        Namespaces.Exec(root.Container, process);
        Footprint before = Footprint.Take();

        work(root, process);

        Footprint.Take().Should().Be(before);
    }
}
