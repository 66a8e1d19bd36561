using System.Collections.Immutable;
using LibContainer.Configuration;

namespace LibContainer.Benchmarks;

/// <summary>A root directory with nothing in it but a static program, and the container that all candidates have to make of it.</summary>
internal sealed class BenchmarkRoot : IDisposable
{
    internal const string Command = "/probe";

    internal BenchmarkRoot()
    {
        Directory = System.IO.Directory.CreateTempSubdirectory("libcontainer-bench-").FullName;
        File.Copy(Path.Combine(AppContext.BaseDirectory, "probe"), Program);
        File.SetUnixFileMode(Program, (UnixFileMode)0b111_101_101);
        // Made beforehand, so that no candidate pays for it alone.
        foreach (string mountPoint in new[] { "proc", "sys", "dev" })
            System.IO.Directory.CreateDirectory(Path.Combine(Directory, mountPoint));
    }

    internal string Directory { get; }

    /// <summary>The program as a path on the host.</summary>
    internal string Program => Path.Combine(Directory, "probe");

    internal ContainerConfiguration Container => new()
    {
        Root = RootFileSystem.Directory(Directory),
        ReadOnlyRoot = true,
        Hostname = "bench",
    };

    internal static ProcessConfiguration Process { get; } = new(Command);

    /// <summary>The default container with more mounts.</summary>
    internal ContainerConfiguration WithMounts(int count) => Container with
    {
        Mounts = [.. MountConfiguration.Defaults, .. Enumerable.Range(0, count).Select(i => MountConfiguration.Memory($"/dev/m{i}"))],
    };

    public void Dispose() => System.IO.Directory.Delete(Directory, recursive: true);
}
