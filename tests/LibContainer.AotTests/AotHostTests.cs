using LibContainer.TestUtilities;

namespace LibContainer.AotTests;

/// <summary>A host program that is compiled ahead of time: no trimming warning (they are errors), it runs, and it stays small.</summary>
public sealed class AotHostTests
{
    [Fact]
    public void A_native_host_starts_a_container()
    {
        Requires.Root();
        Requires.Program("gcc");
        using TemporaryDirectory folder = Publish("HelloContainer");

        Command.Run(folder["HelloContainer"]).Should().Be(new Command.Result(0, "hello from hello, pid 1\nexit code 7\n", ""));
        new FileInfo(folder["HelloContainer"]).Length.Should().BeLessThan(6 << 20);
    }

    [Fact]
    public void A_native_host_can_be_its_own_init_and_is_held_to_all_that_the_launcher_is_held_to()
    {
        Requires.Root();
        Requires.Program("gcc");
        using TemporaryDirectory folder = Publish("OwnInit");

        Command.Run(folder["OwnInit"]).Should().Be(new Command.Result(0, "hello from own, pid 1\n", ""));
        (int passed, string failures) = ContainerTests.RunWith(folder["OwnInit"]);
        failures.Should().BeEmpty();
        passed.Should().BeGreaterThan(90);
        (passed, failures) = ContainerTests.RunWith(folder["OwnInit"], "-method", "*.Two_thousand_starts_one_after_the_other_leave_nothing");
        failures.Should().BeEmpty();
        passed.Should().Be(1);
    }

    private static TemporaryDirectory Publish(string sample)
    {
        TemporaryDirectory folder = new();
        Command.Result published = Command.Run(
            "dotnet", "publish", Path.Combine(Repository.Root, "samples", sample), "-c", "Release", "-o", folder.Path, "-nologo", "-v", "quiet");
        published.ExitCode.Should().Be(0, published.Output);
        return folder;
    }
}
