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

    /// <summary>The ELF.</summary>
    /// <exception cref="PlatformNotSupportedException">There is none for this machine.</exception>
    internal static byte[] Read()
    {
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64)
            throw new PlatformNotSupportedException($"LibContainer has no launcher for {RuntimeInformation.ProcessArchitecture} yet; it runs on x64.");

        using Stream resource = typeof(LauncherImage).Assembly.GetManifestResourceStream("launcher-linux-x64")
            ?? throw new InvalidOperationException("this build of LibContainer.Launch has no launcher in it");
        byte[] image = new byte[resource.Length];
        resource.ReadExactly(image);
        return image;
    }

    private static SafeFileHandle CreateSealed() => MemoryFile.CreateSealed("libcontainer-launcher", Read(), executable: true);
}
