namespace LibContainer.Configuration;

/// <summary>Capabilities, by bit. The bit numbers are the kernel's. Source: capabilities(7), include/uapi/linux/capability.h.</summary>
#pragma warning disable CS1591 // the names are the documentation: capabilities(7)
[Flags]
public enum CapabilitySet : ulong
{
    None = 0,
    Chown = 1UL << 0,
    DacOverride = 1UL << 1,
    DacReadSearch = 1UL << 2,
    Fowner = 1UL << 3,
    Fsetid = 1UL << 4,
    Kill = 1UL << 5,
    Setgid = 1UL << 6,
    Setuid = 1UL << 7,
    Setpcap = 1UL << 8,
    LinuxImmutable = 1UL << 9,
    NetBindService = 1UL << 10,
    NetBroadcast = 1UL << 11,
    NetAdmin = 1UL << 12,
    NetRaw = 1UL << 13,
    IpcLock = 1UL << 14,
    IpcOwner = 1UL << 15,
    SysModule = 1UL << 16,
    SysRawio = 1UL << 17,
    SysChroot = 1UL << 18,
    SysPtrace = 1UL << 19,
    SysPacct = 1UL << 20,
    SysAdmin = 1UL << 21,
    SysBoot = 1UL << 22,
    SysNice = 1UL << 23,
    SysResource = 1UL << 24,
    SysTime = 1UL << 25,
    SysTtyConfig = 1UL << 26,
    Mknod = 1UL << 27,
    Lease = 1UL << 28,
    AuditWrite = 1UL << 29,
    AuditControl = 1UL << 30,
    Setfcap = 1UL << 31,
    MacOverride = 1UL << 32,
    MacAdmin = 1UL << 33,
    Syslog = 1UL << 34,
    WakeAlarm = 1UL << 35,
    BlockSuspend = 1UL << 36,
    AuditRead = 1UL << 37,
    Perfmon = 1UL << 38,
    Bpf = 1UL << 39,
    CheckpointRestore = 1UL << 40,
    All = (1UL << 41) - 1,
}
#pragma warning restore CS1591

/// <summary>The five capability sets of a process. Source: capabilities(7), "Thread capability sets".</summary>
/// <param name="Bounding">What any program can have at most.</param>
/// <param name="Effective">What counts now.</param>
/// <param name="Permitted">What may be made effective.</param>
/// <param name="Inheritable">What file capabilities may hand on. Leave it empty unless a program needs it (CVE-2022-24769).</param>
/// <param name="Ambient">What a program that is not root keeps across exec; must be permitted and inheritable too.</param>
public sealed record CapabilityConfiguration(
    CapabilitySet Bounding, CapabilitySet Effective, CapabilitySet Permitted, CapabilitySet Inheritable, CapabilitySet Ambient)
{
    /// <summary>None at all.</summary>
    public static CapabilityConfiguration Empty { get; } = new(0, 0, 0, 0, 0);

    /// <summary>Bounding, effective and permitted alike; nothing inheritable, nothing ambient.</summary>
    public static CapabilityConfiguration Of(CapabilitySet capabilities) => new(capabilities, capabilities, capabilities, 0, 0);
}
