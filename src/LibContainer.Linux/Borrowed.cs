using System.Runtime.InteropServices;

namespace LibContainer.Linux;

/// <summary>What is behind a handle, a descriptor or an object of a library, kept open for as long as this is in scope.</summary>
internal readonly ref struct Borrowed
{
    private readonly SafeHandle _handle;

    /// <exception cref="ObjectDisposedException">It is closed.</exception>
    public Borrowed(SafeHandle handle)
    {
        bool added = false;
        handle.DangerousAddRef(ref added);
        _handle = handle;
        Pointer = handle.DangerousGetHandle();
    }

    /// <summary>Of a descriptor.</summary>
    public int Number => (int)Pointer;

    /// <summary>Of an object of a library.</summary>
    public nint Pointer { get; }

    public void Dispose() => _handle.DangerousRelease();
}

/// <summary>The same for several.</summary>
internal readonly ref struct BorrowedAll
{
    private readonly ReadOnlySpan<SafeHandle> _handles;

    /// <param name="handles">They stay open.</param>
    /// <param name="numbers">Gets the number of each.</param>
    /// <exception cref="ObjectDisposedException">One is closed.</exception>
    public BorrowedAll(ReadOnlySpan<SafeHandle> handles, Span<int> numbers)
    {
        for (int i = 0; i < handles.Length; i++)
        {
            bool added = false;
            try
            {
                handles[i].DangerousAddRef(ref added);
            }
            catch
            {
                Release(handles[..i]);
                throw;
            }
            numbers[i] = (int)handles[i].DangerousGetHandle();
        }
        _handles = handles;
    }

    public void Dispose() => Release(_handles);

    private static void Release(ReadOnlySpan<SafeHandle> handles)
    {
        foreach (SafeHandle handle in handles)
            handle.DangerousRelease();
    }
}
