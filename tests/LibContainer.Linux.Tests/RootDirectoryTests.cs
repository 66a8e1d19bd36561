using LibContainer.TestUtilities;

namespace LibContainer.Linux.Tests;

public sealed class RootDirectoryTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    public RootDirectoryTests()
    {
        Directory.CreateDirectory(_folder["data/deep"]);
        File.CreateSymbolicLink(_folder["inside"], "data/deep");
        File.CreateSymbolicLink(_folder["absolute"], "/data");
        File.CreateSymbolicLink(_folder["data/deep/up"], "../../data");
        File.CreateSymbolicLink(_folder["climbs"], "../../etc");
        File.CreateSymbolicLink(_folder["data/climbs"], "deep/../../../etc");
        File.CreateSymbolicLink(_folder["dangling"], "/nowhere/at/all");
        File.CreateSymbolicLink(_folder["circle"], "circle");
        File.CreateSymbolicLink(_folder["chain"], "absolute/climbs");
    }

    [Theory]
    [InlineData("/data")]
    [InlineData("/data/new/folder")]
    [InlineData("/new")]
    [InlineData("/inside/new")]
    [InlineData("/absolute/deep")]
    [InlineData("/absolute/new")]
    [InlineData("/inside/up/deep/new")]
    public void What_stays_inside_is_no_objection(string path)
    {
        using RootDirectory root = RootDirectory.Open(_folder.Path);

        root.ExplainBadDestination(path).Should().BeNull();
    }

    [Theory]
    [InlineData("/climbs", "symbolic link /climbs leads to ../../etc, out of the root")]
    [InlineData("/climbs/x", "symbolic link /climbs leads to ../../etc, out of the root")]
    [InlineData("/data/climbs", "symbolic link /data/climbs leads to deep/../../../etc, out of the root")]
    [InlineData("/chain", "symbolic link /data/climbs leads to deep/../../../etc, out of the root")]
    [InlineData("/dangling", "symbolic link /dangling leads to /nowhere/at/all, which does not exist in the root")]
    [InlineData("/dangling/x", "symbolic link /dangling leads to /nowhere/at/all, which does not exist in the root")]
    [InlineData("/circle/x", "symbolic link /circle leads in a circle")]
    public void What_leads_astray_is_explained(string path, string reason)
    {
        using RootDirectory root = RootDirectory.Open(_folder.Path);

        root.ExplainBadDestination(path).Should().Be(reason);
    }

    [Fact]
    public void A_root_that_is_not_there_is_an_error_with_its_path()
        => FluentActions.Invoking(() => RootDirectory.Open(_folder["none"])).Should().Throw<LinuxException>().Which.Path.Should().Be(_folder["none"]);

    public void Dispose() => _folder.Dispose();
}
