using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace LibContainer.Linux;

/// <summary>Programs that the kernel runs for a cgroup. Source: bpf(2), linux/bpf.h.</summary>
internal static unsafe class Bpf
{
    /// <summary>
    /// Longer than every part of union bpf_attr that is used here, and zero behind it. Not only as long as what is used: the answer to BPF_PROG_QUERY
    /// is written to offsets that grow with the kernel (revision, at 56, since Linux 6.17), whatever length it is told.
    /// </summary>
    private const int AttributeSize = 128;

    private const int LogSize = 64 * 1024;

    /// <summary>EAGAIN: a signal came while the verifier was at work.</summary>
    private const int MaximumAttempts = 10;

    /// <summary>Loads a program, which calls no function that is for programs under the GPL alone.</summary>
    /// <param name="type">What it is for: <see cref="Uapi.BPF_PROG_TYPE_CGROUP_DEVICE"/>.</param>
    /// <param name="name">For those who look at what is loaded: letters, digits, '_' and '.', 15 at most.</param>
    /// <param name="instructions">The program.</param>
    /// <exception cref="LinuxException">
    /// EINVAL, EACCES, E2BIG: the kernel's verifier does not take it, and the end of what it says is in the message; EPERM: no CAP_BPF, or before Linux
    /// 5.11 RLIMIT_MEMLOCK is too low.
    /// </exception>
    internal static SafeFileHandle LoadProgram(int type, string name, ReadOnlySpan<BpfInstruction> instructions)
    {
        fixed (BpfInstruction* start = instructions)
        fixed (byte* license = "Apache-2.0\0"u8)
        {
            Attribute attribute = new() { ProgramType = type, InstructionCount = instructions.Length, Instructions = (ulong)start, License = (ulong)license };
            Encoding.ASCII.GetBytes(name).CopyTo(new Span<byte>(attribute.Name, 15));
            long result = Invoke(Uapi.BPF_PROG_LOAD, &attribute);
            if (result >= 0)
                return new SafeFileHandle((nint)result, ownsHandle: true);

            string detail = $"{instructions.Length} instructions";
            if (-result is (long)Errno.EINVAL or (long)Errno.EACCES or (long)Errno.E2BIG)
                detail += $", the verifier says: {AskVerifier(attribute)}";
            throw new LinuxException("bpf", (Errno)(-result), name, $"BPF_PROG_LOAD {detail}");
        }
    }

    /// <summary>Attaches a program besides those that are there, or in the place of one.</summary>
    /// <param name="cgroup">Directory of a cgroup of version 2.</param>
    /// <param name="program">The program.</param>
    /// <param name="type">When it is run: <see cref="Uapi.BPF_CGROUP_DEVICE"/>.</param>
    /// <param name="replaced">An attached program that it takes the place of, in one step. Linux 5.6. Null: none.</param>
    /// <exception cref="LinuxException">EINVAL: the kernel cannot replace; EPERM: what is there allows no other; EBADF: it is no cgroup.</exception>
    internal static void AttachToCgroup(SafeFileHandle cgroup, SafeFileHandle program, int type, SafeFileHandle? replaced = null)
    {
        using Borrowed directory = new(cgroup), descriptor = new(program), old = new(replaced ?? program);
        Attribute attribute = new()
        {
            Target = directory.Number,
            Program = descriptor.Number,
            AttachType = type,
            AttachFlags = Uapi.BPF_F_ALLOW_MULTI | (replaced is null ? 0 : Uapi.BPF_F_REPLACE),
            Replaced = replaced is null ? 0 : old.Number,
        };
        Check(Invoke(Uapi.BPF_PROG_ATTACH, &attribute), replaced is null ? "BPF_PROG_ATTACH" : "BPF_PROG_ATTACH BPF_F_REPLACE");
    }

    /// <summary>Takes a program off a cgroup.</summary>
    /// <exception cref="LinuxException">ENOENT: it is not attached.</exception>
    internal static void DetachFromCgroup(SafeFileHandle cgroup, SafeFileHandle program, int type)
    {
        using Borrowed directory = new(cgroup), descriptor = new(program);
        Attribute attribute = new() { Target = directory.Number, Program = descriptor.Number, AttachType = type };
        Check(Invoke(Uapi.BPF_PROG_DETACH, &attribute), "BPF_PROG_DETACH");
    }

    /// <summary>Ids of the programs that are attached to a cgroup itself, in the order in which they are run.</summary>
    /// <exception cref="LinuxException">EPERM: no CAP_NET_ADMIN; EBADF: it is no cgroup.</exception>
    internal static ImmutableArray<uint> QueryCgroup(SafeFileHandle cgroup, int type)
    {
        using Borrowed directory = new(cgroup);
        for (uint[] ids = new uint[64]; ; ids = new uint[ids.Length * 2])
            fixed (uint* start = ids)
            {
                Attribute attribute = new() { Target = directory.Number, QueryType = type, Ids = (ulong)start, IdCount = (uint)ids.Length };
                long result = Invoke(Uapi.BPF_PROG_QUERY, &attribute);
                if (result == -(long)Errno.ENOSPC)
                    continue;
                Check(result, "BPF_PROG_QUERY");
                return [.. ids.AsSpan(0, (int)attribute.IdCount)];
            }
    }

    /// <exception cref="LinuxException">ENOENT: no program has this id any more; EPERM: no CAP_SYS_ADMIN.</exception>
    internal static SafeFileHandle OpenProgram(uint id)
    {
        Attribute attribute = new() { Id = id };
        return new SafeFileHandle((nint)Check(Invoke(Uapi.BPF_PROG_GET_FD_BY_ID, &attribute), $"BPF_PROG_GET_FD_BY_ID {id}"), ownsHandle: true);
    }

    /// <summary>The last lines, which say what is wrong: a log has one line for each instruction that was looked at.</summary>
    private static string AskVerifier(Attribute attribute)
    {
        byte[] log = new byte[LogSize];
        fixed (byte* start = log)
        {
            attribute.LogLevel = 1;
            attribute.LogSize = LogSize;
            attribute.Log = (ulong)start;
            long result = Invoke(Uapi.BPF_PROG_LOAD, &attribute);
            if (result >= 0)
                new SafeFileHandle((nint)result, ownsHandle: true).Dispose();
        }
        int length = Array.IndexOf(log, (byte)0);
        string[] lines = Encoding.UTF8.GetString(log, 0, length < 0 ? log.Length : length).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return lines.Length == 0 ? "nothing" : string.Join("; ", lines.TakeLast(5));
    }

    private static long Invoke(int command, Attribute* attribute)
    {
        for (int attempt = 1; ; attempt++)
        {
            long result = SystemCall.Invoke(SystemCallNumber.bpf, command, (long)attribute, AttributeSize);
            if (result != -(long)Errno.EAGAIN || attempt == MaximumAttempts)
                return result;
        }
    }

    private static long Check(long result, string detail) => result >= 0 ? result : throw new LinuxException("bpf", (Errno)(-result), detail: detail);

    /// <summary>union bpf_attr.</summary>
    [StructLayout(LayoutKind.Explicit, Size = AttributeSize)]
    private struct Attribute
    {
        // BPF_PROG_LOAD
        [FieldOffset(0)] public int ProgramType;
        [FieldOffset(4)] public int InstructionCount;
        [FieldOffset(8)] public ulong Instructions;
        [FieldOffset(16)] public ulong License;
        [FieldOffset(24)] public int LogLevel;
        [FieldOffset(28)] public int LogSize;
        [FieldOffset(32)] public ulong Log;
        [FieldOffset(48)] public fixed byte Name[16];

        // BPF_PROG_ATTACH, BPF_PROG_DETACH
        [FieldOffset(0)] public int Target;
        [FieldOffset(4)] public int Program;
        [FieldOffset(8)] public int AttachType;
        [FieldOffset(12)] public int AttachFlags;
        [FieldOffset(16)] public int Replaced;

        // BPF_PROG_QUERY: Target, and
        [FieldOffset(4)] public int QueryType;
        [FieldOffset(16)] public ulong Ids;
        [FieldOffset(24)] public uint IdCount;

        // BPF_PROG_GET_FD_BY_ID
        [FieldOffset(0)] public uint Id;
    }
}
