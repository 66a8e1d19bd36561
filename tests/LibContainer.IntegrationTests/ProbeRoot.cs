using LibContainer.Configuration;
using LibContainer.TestUtilities;

namespace LibContainer.IntegrationTests;

/// <summary>A root directory with one static program in it, <c>/probe</c>.</summary>
internal sealed class ProbeRoot : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    internal ProbeRoot()
    {
        File.Copy(Repository.Probe, _folder["probe"]);
        File.SetUnixFileMode(_folder["probe"], (UnixFileMode)0b111_101_101);
        File.SetUnixFileMode(_folder.Path, (UnixFileMode)0b111_101_101);
    }

    internal string Path => _folder.Path;

    internal string this[string name] => _folder[name];

    internal ContainerConfiguration Container => new() { Root = RootFileSystem.Directory(Path), Hostname = "probe" };

    public void Dispose() => _folder.Dispose();
}
