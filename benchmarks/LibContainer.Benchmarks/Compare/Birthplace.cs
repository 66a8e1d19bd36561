using System.Runtime.InteropServices;
using LibContainer.Linux;
using Microsoft.Win32.SafeHandles;

namespace LibContainer.Benchmarks.Compare;

/// <summary>A cgroup of version 2 for processes to be born in, by a mount that nobody else sees: on a hybrid host scripts/bench covers the one of all, for crun.</summary>
internal sealed class Birthplace : IDisposable
{
    private readonly SafeFileHandle _mount;
    private readonly string? _parent;
    private readonly string _path;

    private Birthplace(SafeFileHandle mount, string parent)
    {
        _mount = mount;
        string above = $"/proc/self/fd/{(int)mount.DangerousGetHandle()}{parent}";
        _parent = System.IO.Directory.Exists(above) ? null : above;
        _path = $"{above}/born";
        System.IO.Directory.CreateDirectory(_path);
        Directory = new SafeFileHandle(KernelFile.Open(NullTerminated.From(_path), KernelFile.DirectoryPath), ownsHandle: true);
    }

    /// <summary>For <see cref="Launch.LaunchOptions.Cgroup"/>.</summary>
    internal SafeFileHandle Directory { get; }

    /// <param name="parent">What it is below, from the top of the hierarchy. Made when it is not there.</param>
    /// <returns>Null: this kernel has no such cgroups, or does not let them be mounted here.</returns>
    internal static Birthplace? Make(string parent)
    {
        nint type = Marshal.StringToCoTaskMemUTF8("cgroup2");
        long context = SystemCall.Invoke(SystemCallNumber.fsopen, type, Uapi.FSOPEN_CLOEXEC);
        Marshal.FreeCoTaskMem(type);
        if (context < 0)
            return null;
        using SafeFileHandle opened = new((int)context, ownsHandle: true);
        long mount = SystemCall.Invoke(SystemCallNumber.fsconfig, context, Uapi.FSCONFIG_CMD_CREATE) is < 0 and var error
            ? error
            : SystemCall.Invoke(SystemCallNumber.fsmount, context, Uapi.FSMOUNT_CLOEXEC);
        return mount < 0 ? null : new Birthplace(new SafeFileHandle((int)mount, ownsHandle: true), parent);
    }

    public void Dispose()
    {
        Directory.Dispose();
        System.IO.Directory.Delete(_path);
        if (_parent is not null)
            System.IO.Directory.Delete(_parent);
        _mount.Dispose();
    }
}
