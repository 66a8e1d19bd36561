using System.Collections.Immutable;

namespace LibContainer.Configuration;

/// <summary>What becomes of a system call. Source: seccomp(2), seccomp_rule_add(3).</summary>
public enum SeccompAction
{
    /// <summary>The thread is killed: SCMP_ACT_KILL, and its newer name SCMP_ACT_KILL_THREAD.</summary>
    KillThread,

    /// <summary>The process is killed.</summary>
    KillProcess,

    /// <summary>SIGSYS.</summary>
    Trap,

    /// <summary>It fails with an errno.</summary>
    Errno,

    /// <summary>A tracer decides.</summary>
    Trace,

    /// <summary>It is made.</summary>
    Allow,

    /// <summary>It is made, and logged.</summary>
    Log,

    /// <summary>A program at <see cref="SeccompConfiguration.ListenerPath"/> decides. Source: seccomp_unotify(2).</summary>
    Notify,
}

/// <summary>How an argument is compared. Source: seccomp_rule_add(3).</summary>
public enum SeccompOperator
{
    /// <summary>It is another value.</summary>
    NotEqual,

    /// <summary>It is less.</summary>
    Less,

    /// <summary>It is less or the same.</summary>
    LessOrEqual,

    /// <summary>It is the same.</summary>
    Equal,

    /// <summary>It is greater or the same.</summary>
    GreaterOrEqual,

    /// <summary>It is greater.</summary>
    Greater,

    /// <summary>Its bits under the mask <see cref="SeccompArgument.Value"/> are <see cref="SeccompArgument.ValueTwo"/>.</summary>
    MaskedEqual,
}

/// <summary>How a filter is installed. The values are the kernel's SECCOMP_FILTER_FLAG_*. Source: seccomp(2).</summary>
[Flags]
public enum SeccompFlags
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>All threads get it.</summary>
    ThreadSync = 0x1,

    /// <summary>All actions but <see cref="SeccompAction.Allow"/> are logged.</summary>
    Log = 0x2,

    /// <summary>Speculative store bypass is not mitigated.</summary>
    SpeculationAllowed = 0x4,

    /// <summary>Only a deadly signal interrupts a call that a listener has received.</summary>
    WaitKillable = 0x20,
}

/// <summary>Instruction sets whose system calls a filter knows. Source: seccomp_arch_add(3).</summary>
#pragma warning disable CS1591 // the names are the documentation: seccomp_arch_add(3)
public enum SeccompArchitecture
{
    X86,
    X86_64,
    X32,
    Arm,
    Arm64,
    Mips,
    Mips64,
    Mips64N32,
    MipsLittleEndian,
    Mips64LittleEndian,
    Mips64N32LittleEndian,
    Ppc,
    Ppc64,
    Ppc64LittleEndian,
    S390,
    S390X,
    PaRisc,
    PaRisc64,
    RiscV64,
    LoongArch64,
    M68K,
    SuperH,
    SuperHBigEndian,
}
#pragma warning restore CS1591

/// <summary>A condition on one argument of a system call.</summary>
/// <param name="Index">Which argument, 0 to 5.</param>
/// <param name="Operator">How it is compared.</param>
/// <param name="Value">With what; of <see cref="SeccompOperator.MaskedEqual"/>: the mask.</param>
/// <param name="ValueTwo">Of <see cref="SeccompOperator.MaskedEqual"/>: with what.</param>
public sealed record SeccompArgument(int Index, SeccompOperator Operator, ulong Value, ulong ValueTwo = 0);

/// <summary>What becomes of some system calls.</summary>
public sealed record SeccompRule
{
    /// <summary>Names of the system calls, one at least. A name that is not known on this machine is no error.</summary>
    public required ImmutableArray<string> Names { get; init => field = value.IsDefault ? [] : value; }

    /// <summary>What becomes of them.</summary>
    public required SeccompAction Action { get; init; }

    /// <summary>
    /// Errno of <see cref="SeccompAction.Errno"/>, message of <see cref="SeccompAction.Trace"/>, 0 to 65535. Null: EPERM.
    /// </summary>
    public uint? Errno { get; init; }

    /// <summary>Conditions that must all hold; conditions on one argument: one of them. Empty: none.</summary>
    public ImmutableArray<SeccompArgument> Arguments { get; init => field = value.IsDefault ? [] : value; } = [];
}

/// <summary>Which system calls a container may make. Source: the specification, config-linux.md, "Seccomp".</summary>
public sealed record SeccompConfiguration
{
    /// <summary>What becomes of a call that no rule names.</summary>
    public required SeccompAction DefaultAction { get; init; }

    /// <summary>
    /// Errno of <see cref="SeccompAction.Errno"/>, message of <see cref="SeccompAction.Trace"/>, 0 to 65535. Null: EPERM.
    /// </summary>
    public uint? DefaultErrno { get; init; }

    /// <summary>Instruction sets beside the host's own.</summary>
    public ImmutableArray<SeccompArchitecture> Architectures { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>How it is installed. Null: as the library thinks best.</summary>
    public SeccompFlags? Flags { get; init; }

    /// <summary>
    /// Absolute path of a UNIX socket on the host; who listens there gets the descriptor for <see cref="SeccompAction.Notify"/>. Null:
    /// none.
    /// </summary>
    public string? ListenerPath { get; init; }

    /// <summary>Text that the listener gets with it. Null: none. Needs <see cref="ListenerPath"/>.</summary>
    public string? ListenerMetadata { get; init; }

    /// <summary>Rules for system calls.</summary>
    public ImmutableArray<SeccompRule> Rules { get; init => field = value.IsDefault ? [] : value; } = [];
}
