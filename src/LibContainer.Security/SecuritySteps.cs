using System.Globalization;
using LibContainer.Configuration;
using LibContainer.Launch;
using LibContainer.Launch.Steps;
using LibContainer.Linux;

namespace LibContainer.Security;

/// <summary>Confinement as steps.</summary>
public static class SecuritySteps
{
    /// <summary>
    /// What the kernel starts its first process with. A .NET runtime raises its own soft limit to the hard one, and a program that gets so much
    /// may loop over a million descriptors, or overrun the 1024 of select(2).
    /// </summary>
    private const ulong DefaultOpenFiles = 1024;

    /// <summary>Resource limits.</summary>
    public static void AddResourceLimits(LaunchPlan.Builder plan, ProcessConfiguration process)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(process);
        if (!process.ResourceLimits.Any(limit => limit.Kind == ResourceKind.OpenFiles))
        {
            (_, ulong hard) = ProcessLimits.Get((int)ResourceKind.OpenFiles);
            plan.Add(Step(ResourceKind.OpenFiles, Math.Min(DefaultOpenFiles, hard), hard));
        }
        foreach (ResourceLimit limit in process.ResourceLimits)
            plan.Add(Step(limit.Kind, limit.Soft ?? ulong.MaxValue, limit.Hard ?? ulong.MaxValue));
    }

    /// <summary>What a security module confines the program by, from the moment that it is executed. Needs the host's /proc.</summary>
    public static void AddLabels(LaunchPlan.Builder plan, ProcessConfiguration process)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(process);
        if (process.AppArmorProfile is { } profile)
            plan.Add(new SetLabelStep($"AppArmor profile {profile}", "apparmor/exec", $"exec {profile}"));
        if (process.SELinuxLabel is { } label)
        {
            plan.Add(new SetLabelStep($"SELinux context {label} of new keyrings", "keycreate", label)); // or the program may not use its own session keyring
            plan.Add(new SetLabelStep($"SELinux context {label}", "exec", label));
        }
    }

    /// <summary>Finds labels that this kernel would pass over.</summary>
    /// <param name="process">The program.</param>
    /// <param name="mountLabel"><see cref="ContainerConfiguration.MountLabel"/>.</param>
    public static IEnumerable<ConfigurationFinding> CheckLabels(ProcessConfiguration process, string? mountLabel)
    {
        ArgumentNullException.ThrowIfNull(process);
        if (process.AppArmorProfile is not null && !SecurityModules.IsAppArmorEnabled)
            yield return new ConfigurationFinding("process.appArmorProfile", "AppArmor is not enabled on this kernel, and the program would run unconfined");
        if ((process.SELinuxLabel ?? mountLabel) is null || SecurityModules.IsSELinuxEnabled)
            yield break;
        if (process.SELinuxLabel is not null)
            yield return new ConfigurationFinding("process.selinuxLabel", "SELinux is not enabled on this kernel, and the program would run unconfined");
        if (mountLabel is not null)
            yield return new ConfigurationFinding("mountLabel", "SELinux is not enabled on this kernel, and files would have no label");
    }

    /// <summary>no_new_privs, right before the program is run.</summary>
    public static void AddNoNewPrivileges(LaunchPlan.Builder plan, ProcessConfiguration process)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(process);
        if (process.NoNewPrivileges)
            plan.Add(new SetNoNewPrivilegesStep());
    }

    /// <summary>Finds limits above those of this host, when it may not raise them.</summary>
    /// <param name="process">The process.</param>
    /// <param name="mayRaise">This host has CAP_SYS_RESOURCE.</param>
    public static IEnumerable<ConfigurationFinding> Check(ProcessConfiguration process, bool mayRaise)
    {
        ArgumentNullException.ThrowIfNull(process);
        for (int i = 0; i < process.ResourceLimits.Length && !mayRaise; i++)
        {
            ResourceLimit limit = process.ResourceLimits[i];
            if (!Enum.IsDefined(limit.Kind))
                continue; // the validator has said so
            (_, ulong hard) = ProcessLimits.Get((int)limit.Kind);
            if ((limit.Hard ?? ulong.MaxValue) > hard)
                yield return new ConfigurationFinding(
                    $"process.resourceLimits[{i}]",
                    $"the hard limit of {Name(limit.Kind)} is above this host's own ({hard.ToString(CultureInfo.InvariantCulture)}), and raising it needs CAP_SYS_RESOURCE");
        }
    }

    private static SetResourceLimitStep Step(ResourceKind kind, ulong soft, ulong hard) => new(Name(kind), (int)kind, soft, hard);

    /// <summary>Name in setrlimit(2).</summary>
    private static string Name(ResourceKind kind) => kind switch
    {
        ResourceKind.Cpu => "RLIMIT_CPU",
        ResourceKind.FileSize => "RLIMIT_FSIZE",
        ResourceKind.Data => "RLIMIT_DATA",
        ResourceKind.Stack => "RLIMIT_STACK",
        ResourceKind.Core => "RLIMIT_CORE",
        ResourceKind.ResidentSet => "RLIMIT_RSS",
        ResourceKind.Processes => "RLIMIT_NPROC",
        ResourceKind.OpenFiles => "RLIMIT_NOFILE",
        ResourceKind.LockedMemory => "RLIMIT_MEMLOCK",
        ResourceKind.AddressSpace => "RLIMIT_AS",
        ResourceKind.Locks => "RLIMIT_LOCKS",
        ResourceKind.PendingSignals => "RLIMIT_SIGPENDING",
        ResourceKind.MessageQueueBytes => "RLIMIT_MSGQUEUE",
        ResourceKind.Nice => "RLIMIT_NICE",
        ResourceKind.RealtimePriority => "RLIMIT_RTPRIO",
        ResourceKind.RealtimeTimeout => "RLIMIT_RTTIME",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "is not a resource of setrlimit(2)"),
    };
}
