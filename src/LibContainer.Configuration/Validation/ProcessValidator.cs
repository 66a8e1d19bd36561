namespace LibContainer.Configuration;

/// <summary>The rules about the program, its environment, and as whom it runs.</summary>
internal static class ProcessValidator
{
    /// <summary>Three quarters of _STK_LIM: what execve(2) takes at most, whatever RLIMIT_STACK says.</summary>
    private const int MaxArgumentBytes = 6 * 1024 * 1024;

    /// <summary>OOM_SCORE_ADJ_MAX of the kernel.</summary>
    private const int MaxOomScore = 1000;

    private const int MaxRealtimePriority = 99;

    private const int MinNice = -20;

    private const int MaxNice = 19;

    private const int MaxIOPriority = 7;

    private const SchedulingFlags KnownSchedulingFlags = (SchedulingFlags)0x7F;

    internal static void Validate(ProcessConfiguration process, Findings findings)
    {
        if (process.Arguments.IsEmpty || process.Arguments[0].Length == 0)
            findings.Add("process.arguments", "a command is needed");
        long total = 0;
        for (int i = 0; i < process.Arguments.Length; i++)
            total += findings.CheckArgument(new Where("process.arguments", i), process.Arguments[i]);
        for (int i = 0; i < process.Environment.Length; i++)
        {
            string entry = process.Environment[i];
            total += findings.CheckArgument(new Where("process.environment", i), entry);
            findings.CheckVariable(new Where("process.environment", i), entry);
        }
        if (total > MaxArgumentBytes)
            findings.Add(
                "process.arguments",
                $"arguments and environment are {total} bytes long, and Linux takes {MaxArgumentBytes} at most");

        findings.CheckContainerPath("process.workingDirectory", process.WorkingDirectory);
        if (process.User is { } user)
        {
            findings.CheckText("process.user", user);
            if (user.Length == 0 || user.Split(':').Length > 2 || user.Split(':').Any(part => part.Length == 0))
                findings.Add("process.user", $"'{user}' is not USER or USER:GROUP");
            if (process.UserId != 0 || process.GroupId != 0)
                findings.Add("process.user", "a user is given by name or by ids, not both");
        }
        if (process.UserId < 0)
            findings.Add("process.userId", $"{process.UserId} is not an id: 0 to {int.MaxValue}");
        if (process.GroupId < 0)
            findings.Add("process.groupId", $"{process.GroupId} is not an id: 0 to {int.MaxValue}");
        for (int i = 0; i < process.AdditionalGroupIds.Length; i++)
        {
            int id = process.AdditionalGroupIds[i];
            if (id < 0)
                findings.Add(new Where("process.additionalGroupIds", i), $"{id} is not an id: 0 to {int.MaxValue}");
        }
        if ((process.Umask & ~0x1FF) != 0)
            findings.Add("process.umask", $"{process.Umask} is not a mask of permission bits");

        if (process.AppArmorProfile is { } profile)
            findings.CheckLabel("process.appArmorProfile", profile);
        if (process.SELinuxLabel is { } label)
            findings.CheckLabel("process.selinuxLabel", label);
        ValidateCapabilities(process.Capabilities, findings);
        ValidateScheduling(process, findings);
        for (int i = 0; i < process.ResourceLimits.Length; i++)
        {
            ResourceLimit limit = process.ResourceLimits[i];
            if (!Enum.IsDefined(limit.Kind))
                findings.Add(new Where("process.resourceLimits", i), $"{limit.Kind} is not a resource that setrlimit(2) knows");
            if ((limit.Soft ?? ulong.MaxValue) > (limit.Hard ?? ulong.MaxValue))
                findings.Add(new Where("process.resourceLimits", i), $"the soft limit of {limit.Kind} is above the hard one");
            if (process.ResourceLimits.Take(i).Any(other => other.Kind == limit.Kind))
                findings.Add(new Where("process.resourceLimits", i), $"{limit.Kind} is limited twice");
        }
    }

    /// <summary>The kernel's own rules (capabilities(7)), told by name and not by EPERM.</summary>
    private static void ValidateCapabilities(CapabilityConfiguration sets, Findings findings)
    {
        CapabilitySet unknown = (sets.Bounding | sets.Effective | sets.Permitted | sets.Inheritable | sets.Ambient) & ~CapabilitySet.All;
        if (unknown != 0)
            findings.Add("process.capabilities", $"0x{(ulong)unknown:x} is not a capability that is known");
        Within("effective", sets.Effective, "permitted", sets.Permitted);
        Within("ambient", sets.Ambient, "permitted", sets.Permitted);
        Within("ambient", sets.Ambient, "inheritable", sets.Inheritable);
        Within("inheritable", sets.Inheritable, "bounding", sets.Bounding);

        void Within(string inner, CapabilitySet set, string outer, CapabilitySet limit)
        {
            if ((set & ~limit) != 0)
                findings.Add($"process.capabilities.{inner}", $"{set & ~limit} is not in the {outer} set");
        }
    }

    private static void ValidateScheduling(ProcessConfiguration process, Findings findings)
    {
        if (process.OomScoreAdjustment is { } score)
            findings.CheckRange("process.oomScoreAdjustment", score, -MaxOomScore, MaxOomScore);
        if (process.Scheduler is { } scheduler)
            ValidateScheduler(scheduler, findings);
        if (process.IOPriority is { } priority)
        {
            findings.CheckDefined("process.ioPriority.class", priority.Class, "a class of I/O");
            findings.CheckRange("process.ioPriority.level", priority.Level, 0, MaxIOPriority);
        }
        if (process.ExecCpuAffinity is not { } affinity)
            return;
        if (affinity.Initial is { } initial)
            findings.CheckNumberList("process.execCpuAffinity.initial", initial);
        if (affinity.Final is { } final)
            findings.CheckNumberList("process.execCpuAffinity.final", final);
    }

    /// <summary>What sched_setattr(2) answers EINVAL to.</summary>
    private static void ValidateScheduler(SchedulerConfiguration scheduler, Findings findings)
    {
        findings.CheckDefined("process.scheduler.policy", scheduler.Policy, "a scheduling policy");
        findings.CheckNoFlags("process.scheduler.flags", (uint)(scheduler.Flags & ~KnownSchedulingFlags));
        bool isRealtime = scheduler.Policy is SchedulingPolicy.Fifo or SchedulingPolicy.RoundRobin;
        findings.CheckRange("process.scheduler.priority", scheduler.Priority, isRealtime ? 1 : 0, isRealtime ? MaxRealtimePriority : 0);
        if (scheduler.Policy is SchedulingPolicy.Other or SchedulingPolicy.Batch)
            findings.CheckRange("process.scheduler.nice", scheduler.Nice, MinNice, MaxNice);
        else if (scheduler.Nice != 0)
            findings.Add("process.scheduler.nice", $"{scheduler.Policy} has no nice value");

        if (scheduler.Policy != SchedulingPolicy.Deadline)
        {
            if ((scheduler.RuntimeNanoseconds | scheduler.DeadlineNanoseconds | scheduler.PeriodNanoseconds) != 0)
                findings.Add("process.scheduler", $"{scheduler.Policy} has no runtime, deadline and period");
            return;
        }
        if (scheduler.RuntimeNanoseconds == 0 || scheduler.RuntimeNanoseconds > scheduler.DeadlineNanoseconds)
            findings.Add(
                "process.scheduler.runtimeNanoseconds",
                $"{scheduler.RuntimeNanoseconds} is not from 1 to the deadline, {scheduler.DeadlineNanoseconds}");
        if (scheduler.PeriodNanoseconds != 0 && scheduler.DeadlineNanoseconds > scheduler.PeriodNanoseconds)
            findings.Add(
                "process.scheduler.deadlineNanoseconds",
                $"{scheduler.DeadlineNanoseconds} is beyond the period, {scheduler.PeriodNanoseconds}");
    }
}
