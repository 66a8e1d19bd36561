using System.Collections.Immutable;
using LibContainer.Configuration;
using LibContainer.Linux;

namespace LibContainer.Cgroups;

/// <summary>
/// Device rules as a program that the kernel runs whenever a process of the cgroup opens a device or makes a node: it answers 1 for yes and 0 for
/// EPERM. Source: linux/bpf.h (struct bpf_cgroup_dev_ctx), the kernel's bpf/standardization/instruction-set.rst.
/// </summary>
/// <remarks>
/// The rules are asked in reverse order, since the last one counts, and each access that is asked for is crossed out when a rule has allowed it.
/// A rule is ten instructions at most and jumps only over itself. Where it does not hold the program goes on with the next instruction: the
/// kernel's verifier follows that way first, and what it learns there ends every other way where it meets it. The other way round it would follow every
/// rule from every other one, and give up at some hundred rules; so it is the number of instructions that limits, 4096 before Linux 5.2 and a million since.
/// </remarks>
internal static class DeviceProgram
{
    // r0 is the answer, r1 points to what is asked. The others are ours.
    private const byte Answer = 0;
    private const byte Context = 1;
    private const byte Type = 2;
    private const byte Asked = 3;
    private const byte Major = 4;
    private const byte Minor = 5;

    private const int AccessTypeOffset = 0;
    private const int MajorOffset = 4;
    private const int MinorOffset = 8;

    internal static ImmutableArray<BpfInstruction> From(DeviceRules rules)
    {
        ImmutableArray<BpfInstruction>.Builder program = ImmutableArray.CreateBuilder<BpfInstruction>();
        program.AddRange(
            BpfInstruction.Load(Type, Context, AccessTypeOffset), // what is asked in the upper half, the type in the lower one
            BpfInstruction.Move(Asked, Type),
            BpfInstruction.ShiftRight(Asked, 16),
            BpfInstruction.And(Type, 0xFFFF),
            BpfInstruction.Load(Major, Context, MajorOffset),
            BpfInstruction.Load(Minor, Context, MinorOffset),
            // access(2) with F_OK asks for nothing. From here on something is asked for.
            BpfInstruction.JumpIfNot(Asked, 0, 2));
        AddAnswer(program, true);
        for (int i = rules.Exceptions.Length - 1; i >= 0; i--)
            Add(program, rules.Exceptions[i]);
        AddAnswer(program, rules.IsAllowedByDefault);
        return program.ToImmutable();
    }

    private static void Add(ImmutableArray<BpfInstruction>.Builder program, DeviceRule rule)
    {
        List<BpfInstruction> body = [];
        int access = AccessBits(rule.Access);
        if (rule.Access != DeviceAccess.All && rule.IsAllowed)
        {
            body.Add(BpfInstruction.And(Asked, ~access));
            body.Add(BpfInstruction.JumpIfNot(Asked, 0, 2)); // something is left for other rules
        }
        else if (rule.Access != DeviceAccess.All)
        {
            body.Add(BpfInstruction.JumpIfAny(Asked, access, 1));
            body.Add(BpfInstruction.Jump(2)); // it is not about what is asked
        }
        body.Add(BpfInstruction.Move(Answer, rule.IsAllowed ? 1 : 0));
        body.Add(BpfInstruction.Exit);

        List<(byte Register, int Value)> conditions = [(Type, rule.Type == DeviceType.Block ? Uapi.BPF_DEVCG_DEV_BLOCK : Uapi.BPF_DEVCG_DEV_CHAR)];
        if (rule.Major is { } major)
            conditions.Add((Major, major));
        if (rule.Minor is { } minor)
            conditions.Add((Minor, minor));
        for (int i = 0; i < conditions.Count; i++)
        {
            program.Add(BpfInstruction.JumpIf(conditions[i].Register, conditions[i].Value, 1));
            program.Add(BpfInstruction.Jump((short)((conditions.Count - 1 - i) * 2 + body.Count)));
        }
        program.AddRange(body);
    }

    private static void AddAnswer(ImmutableArray<BpfInstruction>.Builder program, bool isAllowed)
        => program.AddRange(BpfInstruction.Move(Answer, isAllowed ? 1 : 0), BpfInstruction.Exit);

    private static int AccessBits(DeviceAccess access)
        => ((access & DeviceAccess.MakeNode) != 0 ? Uapi.BPF_DEVCG_ACC_MKNOD : 0)
            | ((access & DeviceAccess.Read) != 0 ? Uapi.BPF_DEVCG_ACC_READ : 0)
            | ((access & DeviceAccess.Write) != 0 ? Uapi.BPF_DEVCG_ACC_WRITE : 0);
}
