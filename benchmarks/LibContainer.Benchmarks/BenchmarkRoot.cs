using System.Collections.Immutable;
using LibContainer.Configuration;

namespace LibContainer.Benchmarks;

/// <summary>A root directory with nothing in it but a static program, and the container that all candidates have to make of it.</summary>
internal sealed class BenchmarkRoot : IDisposable
{
    /// <summary>What every measured program runs: it writes <see cref="ProgramOutput.Expected"/> and exits with 0.</summary>
    internal static ImmutableArray<string> Command { get; } = ["/probe", "write", ProgramOutput.Expected];

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

    /// <summary>The same without its own sysfs.</summary>
    internal ContainerConfiguration WithoutSys => Container with
    {
        Mounts = [.. MountConfiguration.Defaults.Where(mount => mount.Destination != "/sys")],
        MaskedPaths = [.. Container.MaskedPaths.Where(path => !path.StartsWith("/sys/", StringComparison.Ordinal))],
    };

    internal static ProcessConfiguration Process { get; } = new() { Arguments = Command };

    internal ContainerConfiguration WithMounts(int count) => WithMounts(Container, count);

    /// <summary>A container with this many mounts in all: 5 are those of 2014, and what goes beyond the default ones is tmpfs.</summary>
    internal static ContainerConfiguration WithMounts(ContainerConfiguration container, int count) => container with
    {
        Mounts =
        [
            .. MountConfiguration.Defaults.Take(count),
            .. Enumerable.Range(0, Math.Max(0, count - MountConfiguration.Defaults.Length))
                .Select(i => MountConfiguration.Memory($"/dev/m{i}")),
        ],
    };

    public void Dispose() => System.IO.Directory.Delete(Directory, recursive: true);
}
