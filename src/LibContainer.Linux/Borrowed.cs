using System.Runtime.InteropServices;

namespace LibContainer.Linux;

/// <summary>The number of a handle's descriptor, kept open for as long as this is in scope.</summary>
internal readonly ref struct Borrowed
{
    private readonly SafeHandle _handle;

    /// <exception cref="ObjectDisposedException">It is closed.</exception>
    public Borrowed(SafeHandle handle)
    {
        bool added = false;
        handle.DangerousAddRef(ref added);
        _handle = handle;
        Number = (int)handle.DangerousGetHandle();
    }

    public int Number { get; }

    public void Dispose() => _handle.DangerousRelease();
}
