using System.Collections.Immutable;

namespace LibContainer.Configuration;

/// <summary>The program that a container runs, and as whom. Immutable.</summary>
public sealed record ProcessConfiguration
{
    /// <summary>Nothing yet: give <see cref="Arguments"/>.</summary>
    public ProcessConfiguration() { }

    /// <summary>A command and its arguments.</summary>
    public ProcessConfiguration(params ReadOnlySpan<string> arguments) => Arguments = [.. arguments];

    /// <summary>The command and its arguments. A command without a slash is looked up in the container's PATH.</summary>
    public ImmutableArray<string> Arguments { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>The whole environment, each entry <c>NAME=value</c>. Nothing of the host's is inherited.</summary>
    public ImmutableArray<string> Environment { get; init => field = value.IsDefault ? [] : value; } = [DefaultPath];

    /// <summary>Absolute path in the container.</summary>
    public string WorkingDirectory { get; init; } = "/";

    /// <summary>
    /// The user as the container's own /etc/passwd and /etc/group have it: <c>name</c>, <c>uid</c>, <c>name:group</c>, <c>uid:gid</c>. A number is always an id. It then also
    /// brings the groups that the user is a member of (when no group is given), and HOME when the environment has none. Null: <see cref="UserId"/> and <see cref="GroupId"/> count.
    /// </summary>
    public string? User { get; init; }

    /// <summary>User id.</summary>
    public int UserId { get; init; }

    /// <summary>Group id.</summary>
    public int GroupId { get; init; }

    /// <summary>Supplementary groups, beside those that <see cref="User"/> brings; none of the host's are kept.</summary>
    public ImmutableArray<int> AdditionalGroupIds { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>The five capability sets.</summary>
    public CapabilityConfiguration Capabilities { get; init; } = CapabilityConfiguration.Empty;

    /// <summary>No program gains rights by being run: set-user-id bits and file capabilities have no effect.</summary>
    public bool NoNewPrivileges { get; init; } = true;

    /// <summary>A terminal of the container's own, as all three streams and as /dev/console. Null: none. Needs a devpts of the container's own at /dev/pts.</summary>
    public TerminalConfiguration? Terminal { get; init; }

    /// <summary>AppArmor profile that the program is confined by; it has to be loaded. Null: none. On a kernel without AppArmor it is an error. Source: apparmor(7).</summary>
    public string? AppArmorProfile { get; init; }

    /// <summary>SELinux context that the program runs in: <c>user:role:type:level</c>. Null: what the policy chooses. On a kernel without SELinux it is an error.</summary>
    public string? SELinuxLabel { get; init; }

    /// <summary>
    /// What the kernel adds to the score by which it chooses whom to kill when memory is short, -1000 (never) to 1000. Null: the host's
    /// own. Source: proc_pid_oom_score_adj(5).
    /// </summary>
    public int? OomScoreAdjustment { get; init; }

    /// <summary>When it gets the CPU. Null: as the host's process does.</summary>
    public SchedulerConfiguration? Scheduler { get; init; }

    /// <summary>When it gets the disk. Null: as its nice value says.</summary>
    public IOPriorityConfiguration? IOPriority { get; init; }

    /// <summary>
    /// On which CPUs a program runs that is added to a running container, by <c>Namespaces.ExecIn</c>. Null: as if both of its lists were.
    /// Without effect on the first program of a container, as the specification has it: <see cref="CpuResources.Cpus"/> is for all.
    /// </summary>
    public CpuAffinityConfiguration? ExecCpuAffinity { get; init; }

    /// <summary>Resource limits. RLIMIT_NOFILE gets a soft limit of 1024 when it is not among them, since the .NET host has raised its own.</summary>
    public ImmutableArray<ResourceLimit> ResourceLimits { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>File mode creation mask.</summary>
    public int Umask { get; init; } = 0x12; // 0022

    /// <summary><c>PATH=…</c> as container engines set it.</summary>
    public const string DefaultPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
}
