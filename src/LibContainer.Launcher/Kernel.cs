using System;
using System.Runtime;
using System.Runtime.CompilerServices;

namespace LibContainer.Launch;

/// <summary>The way to the kernel in the launcher. Ordinary assemblies that share the steps bring their own.</summary>
internal static unsafe class Kernel
{
    /// <summary>The one import there is; start.S has it. Returns -errno.</summary>
    [RuntimeImport("*", "syscall"), MethodImpl(MethodImplOptions.InternalCall)]
    internal static extern long Call(long number, long a, long b, long c, long d, long e, long f);

    /// <summary>Address of a literal. It ends in NUL, as all u8 literals do.</summary>
    internal static byte* Literal(ReadOnlySpan<byte> text) => (byte*)Unsafe.AsPointer(ref text.First);
}
