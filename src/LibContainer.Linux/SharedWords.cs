using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Tmds.Linux;

namespace LibContainer.Linux;

/// <summary>A few words of memory that this program shares with a process it starts. Source: mmap(2), MAP_SHARED of a memfd.</summary>
internal sealed unsafe class SharedWords : SafeHandleZeroOrMinusOneIsInvalid
{
    private readonly int _count;

    /// <param name="name">Shown in /proc/PID/maps.</param>
    /// <param name="count">Words.</param>
    internal SharedWords(string name, int count)
        : base(ownsHandle: true)
    {
        _count = count;
        File = MemoryFile.Create(name);
        RandomAccess.SetLength(File, count * sizeof(uint));
        using Borrowed descriptor = new(File);
        void* start = LibC.mmap(null, count * sizeof(uint), LibC.PROT_READ | LibC.PROT_WRITE, LibC.MAP_SHARED, descriptor.Number, 0);
        if ((nint)start == -1)
        {
            LinuxException error = LinuxException.FromLastError("mmap", name, "MAP_SHARED");
            File.Dispose();
            throw error;
        }
        SetHandle((nint)start);
    }

    /// <summary>The memory as a descriptor, for the other process.</summary>
    internal SafeFileHandle File { get; }

    /// <summary>One word, never cached.</summary>
    internal uint this[int index]
    {
        get => Volatile.Read(ref At(index));
        set => Volatile.Write(ref At(index), value);
    }

    private ref uint At(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)_count);
        ObjectDisposedException.ThrowIf(IsClosed, this);
        return ref ((uint*)handle)[index];
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        File.Dispose();
        return LibC.munmap((void*)handle, _count * sizeof(uint)) == 0;
    }
}
