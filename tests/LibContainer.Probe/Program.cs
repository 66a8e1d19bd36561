using System;
using System.Runtime;
using System.Runtime.CompilerServices;
using LibContainer.Linux;

/// <summary>
/// The program of tests and benchmarks that want an empty root: static, a few kilobytes, no library. Exits with the number in argument 1, or 0.
/// Argument "write" writes argument 2 to its output first; "wait" waits until its input ends; "forever" clears its parent-death signal, as a
/// hostile program would, and then waits for ever; "hostile": see Hostile.cs; "touch" uses as many bytes of memory as argument 2 says.
/// </summary>
internal static unsafe class Program
{
    [RuntimeImport("*", "syscall"), MethodImpl(MethodImplOptions.InternalCall)]
    internal static extern long Call(long number, long a, long b, long c, long d, long e, long f);

    /// <summary>Address of a literal. It ends in NUL, as all u8 literals do.</summary>
    internal static byte* Literal(ReadOnlySpan<byte> text) => (byte*)Unsafe.AsPointer(ref text.First);

    private const int SetParentDeathSignal = 1; // PR_SET_PDEATHSIG

    private static int Main() => 0; // csc wants one; the linker drops it

    [RuntimeExport("main")]
    private static int Start(int argumentCount, byte** arguments)
    {
        if (argumentCount < 2)
            return 0;
        byte* first = arguments[1];
        if (first[0] == (byte)'w' && first[1] == (byte)'r' && argumentCount > 2)
        {
            long length = 0;
            while (arguments[2][length] != 0)
                length++;
            return Call(SystemCallNumber.write, 1, (long)arguments[2], length, 0, 0, 0) == length ? 0 : 1;
        }
        if (first[0] == (byte)'w')
        {
            byte* buffer = stackalloc byte[256];
            while (Call(SystemCallNumber.read, 0, (long)buffer, 256, 0, 0, 0) > 0) { }
            return 0;
        }
        if (first[0] == (byte)'f')
        {
            Call(SystemCallNumber.prctl, SetParentDeathSignal, 0, 0, 0, 0, 0);
            while (true)
                Call(SystemCallNumber.ppoll, 0, 0, 0, 0, 0, 0);
        }
        if (first[0] == (byte)'h')
            return Hostile.Run();
        if (first[0] == (byte)'t' && argumentCount > 2)
            return Touch(Number(arguments[2]));
        return (int)Number(first);
    }

    private static int Touch(long bytes)
    {
        const int ReadAndWrite = 3, PrivateAndAnonymous = 0x22, PageSize = 4096; // PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS
        byte* start = (byte*)Call(SystemCallNumber.mmap, 0, bytes, ReadAndWrite, PrivateAndAnonymous, -1, 0);
        if ((long)start < 0)
            return 1;
        for (long at = 0; at < bytes; at += PageSize)
            start[at] = 1;
        return 0;
    }

    private static long Number(byte* digits)
    {
        long number = 0;
        for (byte* digit = digits; *digit != 0; digit++)
            number = number * 10 + (*digit - (byte)'0');
        return number;
    }
}
