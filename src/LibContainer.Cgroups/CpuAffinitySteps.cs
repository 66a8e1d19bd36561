using LibContainer.Configuration;
using LibContainer.Launch;
using LibContainer.Launch.Steps;

namespace LibContainer.Cgroups;

/// <summary>On which CPUs a program is added to a container, as steps.</summary>
public static class CpuAffinitySteps
{
    private const string OnlineFile = "/sys/devices/system/cpu/online";

    /// <summary>Before the cgroup is joined.</summary>
    /// <param name="plan">Gets the steps.</param>
    /// <param name="process">The program.</param>
    /// <param name="cgroup">What it will join, or is born in. Null: nothing.</param>
    public static void AddInitial(LaunchPlan.Builder plan, ProcessConfiguration process, ContainerCgroup? cgroup)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(process);
        // Where the cpuset is of version 2 there is no "before": a container with CPUs of its own, whose programs shall be set up on others, is no mistake.
        if (process.ExecCpuAffinity?.Initial is { } cpus)
            plan.Add(Step(cpus, mayBeNone: cgroup is { LimitsCpusFromBirth: true }));
    }

    /// <summary>Once it is joined.</summary>
    /// <param name="plan">Gets the steps.</param>
    /// <param name="process">The program.</param>
    public static void AddFinal(LaunchPlan.Builder plan, ProcessConfiguration process)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(process);
        if (process.ExecCpuAffinity?.Final is { } cpus)
            plan.Add(Step(cpus, mayBeNone: false));
    }

    /// <summary>Finds CPUs that this machine does not have: the kernel passes over them, or answers EINVAL where there is no other.</summary>
    public static IEnumerable<ConfigurationFinding> Check(ProcessConfiguration process)
    {
        ArgumentNullException.ThrowIfNull(process);
        return process.ExecCpuAffinity is { } affinity ? Check(affinity, File.Exists(OnlineFile) ? File.ReadAllText(OnlineFile).TrimEnd() : null) : [];
    }

    /// <param name="affinity">What is asked for.</param>
    /// <param name="online">The kernel's list. Null: it cannot be read.</param>
    internal static IEnumerable<ConfigurationFinding> Check(CpuAffinityConfiguration affinity, string? online)
    {
        foreach ((string name, string? list) in new[] { ("initial", affinity.Initial), ("final", affinity.Final) })
        {
            string where = $"process.execCpuAffinity.{name}";
            if (list is null)
                continue;
            if (!CpuList.TryMask(list, out byte[] wanted))
                yield return new(where, $"'{list}' is no list, or names a CPU that no machine has");
            else if (online is not null && CpuList.TryMask(online, out byte[] present) && CpuList.FirstAbsent(wanted, present) is { } absent)
                yield return new(where, $"'{list}' names CPU {absent}, and this machine has {online}");
        }
    }

    private static SetCpuAffinityStep Step(string cpus, bool mayBeNone)
        => CpuList.TryMask(cpus, out byte[] mask) ? new(cpus, [.. mask], mayBeNone) : throw new ArgumentException($"'{cpus}' is not a list of CPUs", nameof(cpus));
}
