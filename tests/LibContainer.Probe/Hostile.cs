using LibContainer.Linux;

/// <summary>
/// A program that wants out of its container: for as long as nobody writes to it, it looks through /proc for other processes, at what they have open and where they are, before and after it has stopped
/// them with ptrace(2). What it has not seen yet it writes down, a line each, without the numbers of inodes.
/// </summary>
internal static unsafe class Hostile
{
    private const int Seize = 0x4206, Interrupt = 0x4207, Detach = 17; // PTRACE_*
    private const int WaitAll = 0x40000000; // __WALL
    private const int AtCurrent = -100; // AT_FDCWD
    private const int BufferLength = 4096, Seen = 4096;

    private static long Call(long number, long a, long b = 0, long c = 0, long d = 0) => Program.Call(number, a, b, c, d, 0, 0);

    internal static int Run()
    {
        ulong* seen = stackalloc ulong[Seen];
        for (int i = 0; i < Seen; i++)
            seen[i] = 0;
        byte* names = stackalloc byte[BufferLength];
        byte* path = stackalloc byte[64];
        long* noWait = stackalloc long[2];
        long* polled = stackalloc long[1];
        long proc = Call(SystemCallNumber.openat, AtCurrent, (long)Program.Literal("/proc"u8), 0);
        do
        {
            Call(SystemCallNumber.lseek, proc, 0, 0);
            long length;
            while ((length = Call(SystemCallNumber.getdents64, proc, (long)names, BufferLength)) > 0)
                for (long at = 0; at < length; at += *(ushort*)(names + at + 16))
                    if (IsOther(names + at + 19))
                        Look(names + at + 19, path, seen);
            *polled = 1L << 32; // descriptor 0, POLLIN
            noWait[0] = 0;
            noWait[1] = 0;
        }
        while (Call(SystemCallNumber.ppoll, (long)polled, 1, (long)noWait) == 0);
        return 0;
    }

    /// <summary>Not this one, which is the first of its container.</summary>
    private static bool IsOther(byte* name) => name[0] >= (byte)'1' && name[0] <= (byte)'9' && !(name[0] == (byte)'1' && name[1] == 0);

    private static void Look(byte* id, byte* path, ulong* seen)
    {
        LookAt(id, path, seen);
        long number = 0;
        for (byte* digit = id; *digit != 0; digit++)
            number = number * 10 + (*digit - (byte)'0');
        if (Call(SystemCallNumber.ptrace, Seize, number) < 0)
            return;
        Tell(Program.Literal("traced "u8), Program.Literal("yes"u8), 3, seen);
        int status;
        Call(SystemCallNumber.ptrace, Interrupt, number);
        Call(SystemCallNumber.wait4, number, (long)(&status), WaitAll);
        LookAt(id, path, seen);
        Call(SystemCallNumber.ptrace, Detach, number);
    }

    private static void LookAt(byte* id, byte* path, ulong* seen)
    {
        byte* found = stackalloc byte[BufferLength];
        byte* end = Append(Append(path, Program.Literal("/proc/"u8)), id);
        LookBehind(end, Program.Literal("/cwd"u8), Program.Literal("cwd "u8), path, found, seen);
        LookBehind(end, Program.Literal("/root"u8), Program.Literal("root "u8), path, found, seen);
        LookBehind(end, Program.Literal("/exe"u8), Program.Literal("exe "u8), path, found, seen);

        Append(end, Program.Literal("/environ"u8));
        long file = Call(SystemCallNumber.openat, AtCurrent, (long)path, 0);
        if (file >= 0)
        {
            long length = Call(SystemCallNumber.read, file, (long)found, BufferLength);
            for (long i = 0; i < length; i++)
                if (found[i] == 0)
                    found[i] = (byte)' ';
            if (length > 0)
                Tell(Program.Literal("environ "u8), found, length, seen);
            Call(SystemCallNumber.close, file);
        }
        byte* fd = Append(end, Program.Literal("/fd/"u8));
        long directory = Call(SystemCallNumber.openat, AtCurrent, (long)path, 0);
        if (directory < 0)
            return;
        byte* names = stackalloc byte[1024];
        long count;
        while ((count = Call(SystemCallNumber.getdents64, directory, (long)names, 1024)) > 0)
            for (long at = 0; at < count; at += *(ushort*)(names + at + 16))
                LookBehind(fd, names + at + 19, Program.Literal("fd "u8), path, found, seen);
        Call(SystemCallNumber.close, directory);
    }

    private static void LookBehind(byte* end, byte* name, byte* word, byte* path, byte* found, ulong* seen)
    {
        Append(end, name);
        long length = Call(SystemCallNumber.readlinkat, AtCurrent, (long)path, (long)found, BufferLength);
        if (length > 0)
            Tell(word, found, length, seen);
    }

    /// <summary>Once for each text: 64 bits of it (FNV-1a) are remembered.</summary>
    private static void Tell(byte* word, byte* text, long length, ulong* seen)
    {
        byte* line = stackalloc byte[BufferLength + 64];
        byte* end = Append(line, word);
        for (long i = 0; i < length; i++)
            *end++ = text[i];
        if (end[-1] == (byte)']' && end[-2] >= (byte)'0' && end[-2] <= (byte)'9')
            while (end[-1] != (byte)'[')
                end--;
        *end++ = (byte)'\n';
        ulong hash = 14695981039346656037;
        for (byte* at = line; at < end; at++)
            hash = (hash ^ *at) * 1099511628211;
        ulong slot = hash % Seen;
        while (seen[slot] != 0 && seen[slot] != hash)
            slot = (slot + 1) % Seen;
        if (seen[slot] == hash)
            return;
        seen[slot] = hash;
        Call(SystemCallNumber.write, 1, (long)line, end - line);
    }

    private static byte* Append(byte* to, byte* text)
    {
        while (*text != 0)
            *to++ = *text++;
        *to = 0;
        return to;
    }
}
