using System.Runtime.InteropServices;
using LibContainer.Linux;
using Microsoft.Win32.SafeHandles;

namespace LibContainer.Launch;

/// <summary>The launcher's executable: a resource of this assembly, in one sealed memory file for the life of the host.</summary>
/// <remarks>
/// So there is no file to find, to install or to make executable, and nothing that a container could overwrite through /proc/self/exe
/// (CVE-2019-5736).
/// </remarks>
internal static class LauncherImage
{
    private static readonly Lazy<SafeFileHandle> Sealed = new(CreateSealed);

    /// <summary>Never closed: the launcher may have to be started again.</summary>
    internal static SafeFileHandle File => Sealed.Value;

    /// <summary>/dev/null, held open likewise: a launcher that has to be replaced may find the descriptor table full.</summary>
    internal static SafeFileHandle Nothing => OpenNull.Value;

    private static readonly Lazy<SafeFileHandle> OpenNull = new(() => System.IO.File.OpenHandle("/dev/null", FileMode.Open, FileAccess.ReadWrite));

    /// <summary>The ELF for this machine.</summary>
    /// <exception cref="PlatformNotSupportedException">There is none.</exception>
    internal static byte[] Read() => Read(RuntimeInformation.ProcessArchitecture);

    /// <summary>The ELF for a machine.</summary>
    /// <exception cref="PlatformNotSupportedException">There is none, or not in this build.</exception>
    internal static byte[] Read(Architecture machine)
    {
        string name = machine switch
        {
            Architecture.X64 => "x64",
            Architecture.Arm64 => "arm64",
            _ => throw new PlatformNotSupportedException($"LibContainer has launchers for x64 and arm64, and none for {machine}."),
        };
        using Stream? resource = typeof(LauncherImage).Assembly.GetManifestResourceStream($"launcher-linux-{name}");
        if (resource is null)
        {
            throw new PlatformNotSupportedException(
                $"This build of LibContainer.Launch has no launcher for {name}: it was made on another machine, without the binutils for {name}.");
        }
        byte[] image = new byte[resource.Length];
        resource.ReadExactly(image);
        return image;
    }

    private static SafeFileHandle CreateSealed() => MemoryFile.CreateSealed("libcontainer-launcher", Read(), executable: true);
}
