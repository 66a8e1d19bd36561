using CsCheck;

namespace LibContainer.Configuration.Tests;

/// <summary>What a path in a container comes down to, as text.</summary>
public sealed class ContainerPathTests
{
    /// <summary>Paths of whatever can be dangerous in them.</summary>
    private static readonly Gen<string> Paths = Gen.OneOf("", ".", "..", "...", "a", "b", ".a", "..a", "a.", "a..", " ", "ü")
        .Array[0, 12].Select(parts => "/" + string.Join('/', parts));

    [Theory]
    [InlineData("/", "/")]
    [InlineData("//", "/")]
    [InlineData("/.", "/")]
    [InlineData("/./", "/")]
    [InlineData("/a", "/a")]
    [InlineData("/a/", "/a")]
    [InlineData("/a//", "/a")]
    [InlineData("//a", "/a")]
    [InlineData("/a//b", "/a/b")]
    [InlineData("/a/./b", "/a/b")]
    [InlineData("/a/b/.", "/a/b")]
    [InlineData("/a/b/..", "/a")]
    [InlineData("/a/..", "/")]
    [InlineData("/a/../", "/")]
    [InlineData("/a/../b", "/b")]
    [InlineData("/a/b/../../c", "/c")]
    [InlineData("/.a", "/.a")]
    [InlineData("/..a", "/..a")]
    [InlineData("/...", "/...")]
    [InlineData("/a../b", "/a../b")]
    [InlineData("/a./b", "/a./b")]
    public void A_path_loses_its_dots_and_double_slashes(string path, string normal) => ContainerPath.Normalize(path).Should().Be(normal);

    [Theory]
    [InlineData("/..")]
    [InlineData("/../")]
    [InlineData("//..")]
    [InlineData("/./..")]
    [InlineData("/../a")]
    [InlineData("/a/../..")]
    [InlineData("/a/../../a")]
    [InlineData("/a/b/../../../c/d")]
    public void A_path_that_climbs_above_the_root_is_none(string path) => ContainerPath.Normalize(path).Should().BeNull();

    [Fact]
    public void A_missing_path_is_an_error_of_the_caller()
        => FluentActions.Invoking(() => ContainerPath.Normalize(null!)).Should().Throw<ArgumentNullException>();

    [Fact]
    public void A_normal_path_has_no_empty_component_and_no_dots() => Paths.Sample(path =>
    {
        if (ContainerPath.Normalize(path) is not { } normal)
            return true;
        return normal == "/" || (normal[0] == '/' && normal[1..].Split('/').All(part => part is not ("" or "." or "..")));
    });

    [Fact]
    public void A_normal_path_is_its_own_normal_path() => Paths.Sample(path =>
        ContainerPath.Normalize(path) is not { } normal || ContainerPath.Normalize(normal) == normal);

    [Fact]
    public void A_path_is_none_exactly_when_it_climbs_above_the_root() => Paths.Sample(path =>
    {
        int depth = 0;
        bool climbs = false;
        foreach (string part in path.Split('/'))
        {
            depth += part switch { "" or "." => 0, ".." => -1, _ => 1 };
            climbs |= depth < 0;
        }
        return climbs == ContainerPath.Normalize(path) is null;
    });

    [Fact]
    public void A_path_that_is_taken_never_escapes_and_means_what_the_system_takes_it_for() => Paths.Sample(path =>
    {
        if (ContainerPath.Normalize(path) is not { } normal)
            return true;
        string resolved = Path.TrimEndingDirectorySeparator(Path.GetFullPath("/outside/root" + path));
        return resolved == Path.TrimEndingDirectorySeparator("/outside/root" + normal);
    });
}
