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
        using TemporaryDirectory folder = new();

        Command.Result published = Command.Run("dotnet", "publish", Path.Combine(Repository.Root, "samples/HelloContainer"), "-c", "Release", "-o", folder.Path, "-nologo", "-v", "quiet");
        published.ExitCode.Should().Be(0, published.Output);
        Command.Result result = Command.Run(folder["HelloContainer"]);

        result.Should().Be(new Command.Result(0, "hello from hello, pid 1\nexit code 7\n", ""));
        new FileInfo(folder["HelloContainer"]).Length.Should().BeLessThan(6 << 20);
    }
}
