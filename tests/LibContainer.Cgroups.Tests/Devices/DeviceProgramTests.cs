using System.Collections.Immutable;
using CsCheck;
using LibContainer.Configuration;
using LibContainer.Linux;
using static LibContainer.Configuration.DeviceAccess;
using static LibContainer.Configuration.DeviceType;

namespace LibContainer.Cgroups.Tests.Devices;

/// <summary>The program for the kernel, run by a small machine of ours: it says what the rules say.</summary>
public sealed class DeviceProgramTests
{
    [Fact]
    public void A_program_says_what_the_rules_say() => RuleGenerators.Rules.Sample(rules =>
    {
        ImmutableArray<BpfInstruction> program = DeviceProgram.From(DeviceRules.From(rules));
        return RuleGenerators.Devices.All(device => RuleGenerators.Accesses.All(access =>
            Run(program, device.Type, device.Major, device.Minor, access) == RuleGenerators.Allows(rules, device.Type, device.Major, device.Minor, access)));
    }, iter: 20000);

    [Fact]
    public void Large_numbers_are_compared_as_they_are()
    {
        ImmutableArray<BpfInstruction> program = DeviceProgram.From(DeviceRules.From([new(true, Block, 4095, 1048575)]));

        Run(program, Block, 4095, 1048575, All).Should().BeTrue();
        Run(program, Block, 4095, 1048574, All).Should().BeFalse();
        Run(program, Character, 4095, 1048575, All).Should().BeFalse();
    }

    [Fact]
    public void What_the_kernel_may_ask_for_one_day_is_not_allowed_by_rules_of_today()
    {
        ImmutableArray<BpfInstruction> program = DeviceProgram.From(DeviceRules.From([new(true, Character, 1, 3, Read | Write)]));

        Run(program, 2 | (2 | 8) << 16, 1, 3).Should().BeFalse();
        Run(program, 2 | 2 << 16, 1, 3).Should().BeTrue();
    }

    [Fact]
    public void A_program_is_no_longer_than_that()
    {
        DeviceProgram.From(DeviceRules.Everything).Should().HaveCount(11);
        DeviceProgram.From(DeviceRules.Of([], [])).Length.Should().BeLessThanOrEqualTo(11 + 10 * 10 - 1);
    }

    /// <summary>The bytes that the kernel gets.</summary>
    [Fact]
    public void Instructions_are_laid_out_as_the_kernel_has_them()
        => string.Join(' ', DeviceProgram.From(DeviceRules.From([new(true, Character, 1, 3, Read)])).Select(instruction => Convert.ToHexStringLower(
            System.Runtime.InteropServices.MemoryMarshal.AsBytes(new ReadOnlySpan<BpfInstruction>(in instruction))))).Should().Be(
            "6112000000000000 bf23000000000000 7703000010000000 57020000ffff0000 6114040000000000 6115080000000000 "
            + "5503020000000000 b700000001000000 9500000000000000 "
            + "1502010002000000 0500080000000000 1504010001000000 0500060000000000 1505010003000000 0500040000000000 "
            + "57030000fdffffff 5503020000000000 b700000001000000 9500000000000000 b700000000000000 9500000000000000");

    private static bool Run(ImmutableArray<BpfInstruction> program, DeviceType type, int major, int minor, DeviceAccess access)
    {
        int asked = (access.HasFlag(MakeNode) ? 1 : 0) | (access.HasFlag(Read) ? 2 : 0) | (access.HasFlag(Write) ? 4 : 0);
        return Run(program, (type == Block ? 1 : 2) | asked << 16, major, minor);
    }

    /// <summary>The few instructions of instruction-set.rst that are used; any other, and a jump out of the program, is an error.</summary>
    private static bool Run(ImmutableArray<BpfInstruction> program, int accessType, int major, int minor)
    {
        int[] context = [accessType, major, minor];
        ulong?[] registers = new ulong?[11]; // null: nothing was put there, and the kernel's verifier would not let it be read
        registers[1] = 0; // of the context
        for (int next = 0; ;)
        {
            BpfInstruction instruction = program[next++];
            int destination = instruction.Registers & 15, source = instruction.Registers >> 4;
            ulong value = (ulong)instruction.Value;
            switch (instruction.Code)
            {
                case 0x61: // ldxw
                    registers[destination] = (uint)context[((int)registers[source]!.Value + instruction.Offset) / 4];
                    break;
                case 0xBF: // mov, register
                    registers[destination] = registers[source]!.Value;
                    break;
                case 0xB7: // mov
                    registers[destination] = value;
                    break;
                case 0x57: // and
                    registers[destination] = registers[destination]!.Value & value;
                    break;
                case 0x77: // rsh
                    registers[destination] = registers[destination]!.Value >> instruction.Value;
                    break;
                case 0x05: // ja
                    next += instruction.Offset;
                    break;
                case 0x15: // jeq
                    next += registers[destination]!.Value == value ? instruction.Offset : 0;
                    break;
                case 0x55: // jne
                    next += registers[destination]!.Value != value ? instruction.Offset : 0;
                    break;
                case 0x45: // jset
                    next += (registers[destination]!.Value & value) != 0 ? instruction.Offset : 0;
                    break;
                case 0x95: // exit
                    return registers[0]!.Value != 0;
                default:
                    throw new InvalidOperationException($"instruction 0x{instruction.Code:x2}");
            }
        }
    }
}
