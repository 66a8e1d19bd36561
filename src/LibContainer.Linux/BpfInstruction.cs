using System.Runtime.InteropServices;

namespace LibContainer.Linux;

/// <summary>
/// One instruction of a BPF program. Source: struct bpf_insn of linux/bpf.h, the kernel's bpf/standardization/instruction-set.rst. The two registers
/// share a byte, the destination in the lower half: so it is where numbers are little-endian, as on x64 and arm64.
/// </summary>
/// <param name="Code">Class, source and operation.</param>
/// <param name="Registers">Destination, and source shifted by four.</param>
/// <param name="Offset">Of memory, in bytes; of a jump, in instructions behind the next one.</param>
/// <param name="Value">Operand, sign-extended.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct BpfInstruction(byte Code, byte Registers, short Offset, int Value)
{
    private const byte SourceRegister = Uapi.BPF_X;

    /// <summary>The program ends; r0 is its answer.</summary>
    internal static BpfInstruction Exit { get; } = new(Uapi.BPF_JMP | Uapi.BPF_EXIT, 0, 0, 0);

    /// <summary>Reads four bytes, and clears the upper half of the register.</summary>
    internal static BpfInstruction Load(byte destination, byte address, short offset)
        => new(Uapi.BPF_LDX | Uapi.BPF_MEM | Uapi.BPF_W, (byte)(destination | address << 4), offset, 0);

    internal static BpfInstruction Move(byte destination, byte source)
        => new(Uapi.BPF_ALU64 | Uapi.BPF_MOV | SourceRegister, (byte)(destination | source << 4), 0, 0);

    internal static BpfInstruction Move(byte destination, int value) => new(Uapi.BPF_ALU64 | Uapi.BPF_MOV | Uapi.BPF_K, destination, 0, value);

    internal static BpfInstruction And(byte destination, int value) => new(Uapi.BPF_ALU64 | Uapi.BPF_AND | Uapi.BPF_K, destination, 0, value);

    internal static BpfInstruction ShiftRight(byte destination, int count) => new(Uapi.BPF_ALU64 | Uapi.BPF_RSH | Uapi.BPF_K, destination, 0, count);

    /// <summary>Leaves some instructions out.</summary>
    internal static BpfInstruction Jump(short count) => new(Uapi.BPF_JMP | Uapi.BPF_JA, 0, count, 0);

    /// <summary>Leaves some instructions out if the register has that value.</summary>
    internal static BpfInstruction JumpIf(byte register, int value, short count) => new(Uapi.BPF_JMP | Uapi.BPF_JEQ | Uapi.BPF_K, register, count, value);

    /// <summary>Leaves some instructions out unless the register has that value.</summary>
    internal static BpfInstruction JumpIfNot(byte register, int value, short count) => new(Uapi.BPF_JMP | Uapi.BPF_JNE | Uapi.BPF_K, register, count, value);

    /// <summary>Leaves some instructions out if the register has any of those bits.</summary>
    internal static BpfInstruction JumpIfAny(byte register, int bits, short count) => new(Uapi.BPF_JMP | Uapi.BPF_JSET | Uapi.BPF_K, register, count, bits);
}
