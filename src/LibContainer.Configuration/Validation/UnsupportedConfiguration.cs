namespace LibContainer.Configuration;

/// <summary>
/// What the model can say and nothing carries out yet: what was asked for is done, or it is an error. Who makes one of these work takes its
/// line away, and adds the
/// rules that only then matter to its validator.
/// </summary>
internal static class UnsupportedConfiguration
{
    private const NamespaceKinds Kinds = NamespaceKinds.User | NamespaceKinds.Time;

    private const MountOptions SupportedMountOptions = MountOptions.ReadOnly | MountOptions.NoSuid | MountOptions.NoDev
        | MountOptions.NoExec | MountOptions.NoAtime | MountOptions.StrictAtime | MountOptions.Recursive;

    internal static void Report(ContainerConfiguration container, ProcessConfiguration process, Findings findings)
    {
        Report(container, findings);
        for (int i = 0; i < container.Mounts.Length; i++)
            Report(new Where("mounts", i), container.Mounts[i], findings);
        Report(process, findings);
    }

    private static void Report(ContainerConfiguration container, Findings findings)
    {
        if ((container.Namespaces & Kinds) != 0)
            findings.Add("namespaces", $"{container.Namespaces & Kinds} is not supported yet");
        Unsupported(findings, "rootPropagation", container.RootPropagation is not null);
        if (!container.JoinedNamespaces.IsEmpty)
            foreach ((NamespaceKinds kind, _) in container.JoinedNamespaces.OrderBy(entry => entry.Key))
                if (kind != NamespaceKinds.Network && NamespaceValidator.IsOneKind(kind))
                    findings.Add(NamespaceValidator.JoinedPlace(kind), "is not supported yet");
        Unsupported(findings, "userIdMappings", !container.UserIdMappings.IsEmpty);
        Unsupported(findings, "groupIdMappings", !container.GroupIdMappings.IsEmpty);
        Unsupported(findings, "monotonicOffset", container.MonotonicOffset is not null);
        Unsupported(findings, "boottimeOffset", container.BoottimeOffset is not null);
        Unsupported(findings, "domainName", container.DomainName is not null);
        Unsupported(findings, "sysctls", !container.Sysctls.IsEmpty);
        Unsupported(findings, "intelRdt", container.IntelRdt is not null);
        Unsupported(findings, "memoryPolicy", container.MemoryPolicy is not null);
        Unsupported(findings, "seccomp", container.Seccomp is not null);
        Unsupported(findings, "personality", container.Personality is not null);
        Unsupported(findings, "annotations", !container.Annotations.IsEmpty);
        Unsupported(findings, "hooks.prestart", container.Hooks is { Prestart.IsEmpty: false });
        Unsupported(findings, "hooks.createRuntime", container.Hooks is { CreateRuntime.IsEmpty: false });
        Unsupported(findings, "hooks.createContainer", container.Hooks is { CreateContainer.IsEmpty: false });
        Unsupported(findings, "hooks.startContainer", container.Hooks is { StartContainer.IsEmpty: false });
        Unsupported(findings, "hooks.poststart", container.Hooks is { Poststart.IsEmpty: false });
        Unsupported(findings, "hooks.poststop", container.Hooks is { Poststop.IsEmpty: false });
    }

    private static void Report(Where where, MountConfiguration mount, Findings findings)
    {
        if ((mount.Options & ~SupportedMountOptions) != 0)
            findings.Add(where.Of("options"), $"{mount.Options & ~SupportedMountOptions} is not supported yet");
        Unsupported(findings, where.Of("clearedOptions"), mount.ClearedOptions != 0);
        Unsupported(findings, where.Of("recursiveOptions"), mount.RecursiveOptions != 0);
        Unsupported(findings, where.Of("clearedRecursiveOptions"), mount.ClearedRecursiveOptions != 0);
        Unsupported(findings, where.Of("propagation"), !mount.Propagation.IsEmpty);
        Unsupported(findings, where.Of("idMap"), mount.IdMap is not null);
    }

    internal static void Report(ProcessConfiguration process, Findings findings)
    {
        Unsupported(findings, "process.oomScoreAdjustment", process.OomScoreAdjustment is not null);
        Unsupported(findings, "process.scheduler", process.Scheduler is not null);
        Unsupported(findings, "process.ioPriority", process.IOPriority is not null);
    }

    private static void Unsupported(Findings findings, Where where, bool isSet)
    {
        if (isSet)
            findings.Add(where, "is not supported yet");
    }
}
