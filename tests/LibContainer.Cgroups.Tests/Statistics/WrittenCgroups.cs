using LibContainer.TestUtilities;

namespace LibContainer.Cgroups.Tests.Statistics;

/// <summary>Cgroups that are directories with text files.</summary>
internal sealed class WrittenCgroups : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private int _count;

    internal CgroupDirectory V1(string controllers, params (string File, string Content)[] files) => Make(CgroupVersion.V1, controllers, files);

    internal CgroupDirectory V2(string controllers, params (string File, string Content)[] files) => Make(CgroupVersion.V2, controllers, files);

    /// <summary>The sizes of huge pages of a host.</summary>
    internal string HugePages(params string[] sizes)
    {
        string path = _directory["hugepages"];
        Directory.CreateDirectory(path);
        foreach (string size in sizes)
            Directory.CreateDirectory(Path.Combine(path, $"hugepages-{size}"));
        return path;
    }

    public void Dispose() => _directory.Dispose();

    private CgroupDirectory Make(CgroupVersion version, string controllers, (string File, string Content)[] files)
    {
        string path = _directory[$"{_count++}"];
        Directory.CreateDirectory(path);
        foreach ((string file, string content) in files)
            File.WriteAllText(Path.Combine(path, file), content);
        return new(new(version, _directory.Path, "/", [.. controllers.Split(',', StringSplitOptions.RemoveEmptyEntries)], Name: null, "/"), path);
    }
}
