using static LibContainer.Configuration.Json.Shapes;

namespace LibContainer.Configuration.Json;

/// <summary>The program that a container runs.</summary>
internal static class ProcessShapes
{
    internal static ObjectShape<CapabilityConfiguration> Capabilities { get; } = Record(CapabilityConfiguration.Empty)
        .Member("bounding", Flags<CapabilitySet>(), it => it.Bounding, (it, value) => it with { Bounding = value })
        .Member("effective", Flags<CapabilitySet>(), it => it.Effective, (it, value) => it with { Effective = value })
        .Member("permitted", Flags<CapabilitySet>(), it => it.Permitted, (it, value) => it with { Permitted = value })
        .Member("inheritable", Flags<CapabilitySet>(), it => it.Inheritable, (it, value) => it with { Inheritable = value })
        .Member("ambient", Flags<CapabilitySet>(), it => it.Ambient, (it, value) => it with { Ambient = value });

    internal static ObjectShape<TerminalConfiguration> Terminal { get; } = Record(new TerminalConfiguration())
        .Member("rows", Int, it => it.Rows, (it, value) => it with { Rows = value })
        .Member("columns", Int, it => it.Columns, (it, value) => it with { Columns = value })
        .Member("path", TextOrNull, it => it.Path, (it, value) => it with { Path = value });

    internal static ObjectShape<ResourceLimit> ResourceLimit { get; } = Record(new ResourceLimit(default, null, null))
        .Required("kind", Name<ResourceKind>(), it => it.Kind, (it, value) => it with { Kind = value })
        .Required("soft", ULongOrNull, it => it.Soft, (it, value) => it with { Soft = value })
        .Required("hard", ULongOrNull, it => it.Hard, (it, value) => it with { Hard = value });

    internal static ObjectShape<SchedulerConfiguration> Scheduler { get; } = Record(new SchedulerConfiguration { Policy = default })
        .Required("policy", Name<SchedulingPolicy>(), it => it.Policy, (it, value) => it with { Policy = value })
        .Member("nice", Int, it => it.Nice, (it, value) => it with { Nice = value })
        .Member("priority", Int, it => it.Priority, (it, value) => it with { Priority = value })
        .Member("flags", Flags<SchedulingFlags>(), it => it.Flags, (it, value) => it with { Flags = value })
        .Member("runtimeNanoseconds", ULong, it => it.RuntimeNanoseconds, (it, value) => it with { RuntimeNanoseconds = value })
        .Member("deadlineNanoseconds", ULong, it => it.DeadlineNanoseconds, (it, value) => it with { DeadlineNanoseconds = value })
        .Member("periodNanoseconds", ULong, it => it.PeriodNanoseconds, (it, value) => it with { PeriodNanoseconds = value });

    internal static ObjectShape<IOPriorityConfiguration> IOPriority { get; } = Record(new IOPriorityConfiguration(default, 0))
        .Required("class", Name<IOPriorityClass>(), it => it.Class, (it, value) => it with { Class = value })
        .Required("level", Int, it => it.Level, (it, value) => it with { Level = value });

    internal static ObjectShape<CpuAffinityConfiguration> CpuAffinity { get; } = Record(new CpuAffinityConfiguration())
        .Member("initial", TextOrNull, it => it.Initial, (it, value) => it with { Initial = value })
        .Member("final", TextOrNull, it => it.Final, (it, value) => it with { Final = value });

    internal static ObjectShape<ProcessConfiguration> Process { get; } = Record(new ProcessConfiguration())
        .Member("arguments", Texts, it => it.Arguments, (it, value) => it with { Arguments = value })
        .Member("environment", Texts, it => it.Environment, (it, value) => it with { Environment = value })
        .Member("workingDirectory", Text, it => it.WorkingDirectory, (it, value) => it with { WorkingDirectory = value })
        .Member("user", TextOrNull, it => it.User, (it, value) => it with { User = value })
        .Member("userId", Int, it => it.UserId, (it, value) => it with { UserId = value })
        .Member("groupId", Int, it => it.GroupId, (it, value) => it with { GroupId = value })
        .Member("additionalGroupIds", List(Int), it => it.AdditionalGroupIds, (it, value) => it with { AdditionalGroupIds = value })
        .Member("capabilities", Capabilities, it => it.Capabilities, (it, value) => it with { Capabilities = value })
        .Member("noNewPrivileges", Bool, it => it.NoNewPrivileges, (it, value) => it with { NoNewPrivileges = value })
        .Member("terminal", OrNull(Terminal), it => it.Terminal, (it, value) => it with { Terminal = value })
        .Member("appArmorProfile", TextOrNull, it => it.AppArmorProfile, (it, value) => it with { AppArmorProfile = value })
        .Member("selinuxLabel", TextOrNull, it => it.SELinuxLabel, (it, value) => it with { SELinuxLabel = value })
        .Member("oomScoreAdjustment", IntOrNull, it => it.OomScoreAdjustment, (it, value) => it with { OomScoreAdjustment = value })
        .Member("scheduler", OrNull(Scheduler), it => it.Scheduler, (it, value) => it with { Scheduler = value })
        .Member("ioPriority", OrNull(IOPriority), it => it.IOPriority, (it, value) => it with { IOPriority = value })
        .Member("execCpuAffinity", OrNull(CpuAffinity), it => it.ExecCpuAffinity, (it, value) => it with { ExecCpuAffinity = value })
        .Member("resourceLimits", List(ResourceLimit), it => it.ResourceLimits, (it, value) => it with { ResourceLimits = value })
        .Member("umask", Int, it => it.Umask, (it, value) => it with { Umask = value });
}
