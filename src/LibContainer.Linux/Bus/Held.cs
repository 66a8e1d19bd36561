using System.Runtime.InteropServices;

namespace LibContainer.Linux;

/// <summary>What a handle of a library points to, which stays for as long as this is in scope.</summary>
internal readonly ref struct Held
{
    private readonly SafeHandle _handle;

    /// <exception cref="ObjectDisposedException">It is closed.</exception>
    internal Held(SafeHandle handle)
    {
        bool added = false;
        handle.DangerousAddRef(ref added);
        _handle = handle;
        Pointer = handle.DangerousGetHandle();
    }

    internal nint Pointer { get; }

    public void Dispose() => _handle.DangerousRelease();
}
