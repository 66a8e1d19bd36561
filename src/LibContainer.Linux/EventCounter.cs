using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Tmds.Linux;

namespace LibContainer.Linux;

/// <summary>A descriptor that is a number: others, and the kernel, add to it, and it can be read while it is not 0. Source: eventfd(2).</summary>
internal sealed unsafe class EventCounter : SafeHandleMinusOneIsInvalid
{
    /// <summary>At 0, close-on-exec.</summary>
    /// <exception cref="LinuxException">EMFILE, ENFILE: too many descriptors.</exception>
    internal EventCounter()
        : base(ownsHandle: true)
    {
        SetHandle(LibC.eventfd(0, LibC.EFD_CLOEXEC | LibC.EFD_NONBLOCK));
        if (IsInvalid)
            throw LinuxException.FromLastError("eventfd");
    }

    /// <summary>Sets it to 0.</summary>
    /// <returns>What it was.</returns>
    internal ulong Take()
    {
        ulong count = 0;
        return Descriptor.TryRead(this, MemoryMarshal.AsBytes(new Span<ulong>(ref count))) < 0 ? 0 : count;
    }

    /// <summary>Adds 1.</summary>
    internal void Signal()
    {
        ulong one = 1;
        Descriptor.TryWrite(this, MemoryMarshal.AsBytes(new ReadOnlySpan<ulong>(ref one)));
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => LibC.close((int)handle) == 0;
}
