using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using LibContainer.Linux;

namespace LibContainer.Launch;

/// <summary>The way to the kernel for the shared steps when they are ordinary C#.</summary>
internal static unsafe class Kernel
{
    /// <summary>Set by a test, on its own thread: what answers in the kernel's place.</summary>
    [ThreadStatic]
    internal static KernelCall? Replacement;

    /// <returns>The result, or a negative errno.</returns>
    internal static long Call(long number, long a, long b, long c, long d, long e, long f)
        => Replacement is { } replacement ? replacement(number, a, b, c, d, e) : SystemCall.Invoke(number, a, b, c, d, e, f);

    /// <summary>Address of a literal, which lies in the assembly's image and never moves. It ends in NUL, as all u8 literals do.</summary>
    internal static byte* Literal(ReadOnlySpan<byte> text) => (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(text));
}

/// <summary>A system call with its arguments.</summary>
internal delegate long KernelCall(long number, long a, long b, long c, long d, long e);
