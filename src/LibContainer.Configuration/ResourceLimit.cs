namespace LibContainer.Configuration;

/// <summary>Resources that setrlimit(2) limits. The values are the kernel's, for x86 and arm64.</summary>
#pragma warning disable CS1591 // the names are the documentation: setrlimit(2)
public enum ResourceKind
{
    Cpu = 0,
    FileSize = 1,
    Data = 2,
    Stack = 3,
    Core = 4,
    ResidentSet = 5,
    Processes = 6,
    OpenFiles = 7,
    LockedMemory = 8,
    AddressSpace = 9,
    Locks = 10,
    PendingSignals = 11,
    MessageQueueBytes = 12,
    Nice = 13,
    RealtimePriority = 14,
    RealtimeTimeout = 15,
}
#pragma warning restore CS1591

/// <summary>A resource limit, in the unit that setrlimit(2) gives for the resource.</summary>
/// <param name="Kind">Which resource.</param>
/// <param name="Soft">What holds. Null: no limit.</param>
/// <param name="Hard">Up to where the process may raise it. Null: no limit. Above the host's own it needs CAP_SYS_RESOURCE.</param>
public sealed record ResourceLimit(ResourceKind Kind, ulong? Soft, ulong? Hard);
