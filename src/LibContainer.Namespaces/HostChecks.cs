using System.Collections.Immutable;
using LibContainer.Capabilities;
using LibContainer.Cgroups;
using LibContainer.Configuration;
using LibContainer.Linux;
using LibContainer.Mount;
using LibContainer.Network;
using LibContainer.Security;

namespace LibContainer;

/// <summary>What a configuration and this host say against a start, all of it, before anything is made.</summary>
internal static class HostChecks
{
    private static readonly (NamespaceKinds Kind, string File, string Name)[] NamespaceFiles =
    [
        (NamespaceKinds.Mount, "mnt", "mount"),
        (NamespaceKinds.Cgroup, "cgroup", "cgroup"),
        (NamespaceKinds.Uts, "uts", "UTS"),
        (NamespaceKinds.Ipc, "ipc", "IPC"),
        (NamespaceKinds.Pid, "pid", "PID"),
        (NamespaceKinds.Network, "net", "network"),
    ];

    /// <summary>Against which there is nothing to say.</summary>
    internal static ProcessConfiguration AnyProgram { get; } = new("true");

    // What the kernel has does not change while we run: looked at once.
    private static readonly Lazy<NamespaceKinds> MissingNamespaces = new(() => FindMissing(File.Exists));

    /// <exception cref="ConfigurationException">There is a finding.</exception>
    internal static void ThrowIfBad(ContainerConfiguration container, ProcessConfiguration process, ExecOptions? options = null)
    {
        options ??= ExecOptions.Default;
        ImmutableArray<ConfigurationFinding> findings = ConfigurationValidator.Validate(container, process);
        bool looks = !options.IsContainerChecked;
        ConfigurationFinding[] ofHost =
        [
            .. looks ? OfKernel(container, KernelVersion.Current, MissingNamespaces.Value) : [],
            .. looks ? MountChecks.Check(container) : [],
            .. looks ? OfCgroups(container, options.CgroupBackend) : [],
            .. looks ? ContainerNetwork.Check(container, options.NetworkStrategies) : [],
            .. HostCapabilities.Check(process.Capabilities),
            .. OfLimits(process),
            .. OfLabels(process, container.MountLabel),
            .. OfDescriptors(options, options.CreateCommand is null),
            .. options.Detached && options.CreateCommand is not null ? new[] { new ConfigurationFinding("detached", "a container that a program in the launcher's place sets up, and that outlives its host, is not supported yet") } : [],
            .. container.InitProcess && options.CreateCommand is not null ? new[] { new ConfigurationFinding("initProcess", "a program that sets the container up in the launcher's place is its first process itself") } : [],
        ];
        ThrowIfAny(findings, ofHost);
    }

    /// <summary>Of a program that is added to a container.</summary>
    /// <exception cref="ConfigurationException">There is a finding.</exception>
    internal static void ThrowIfBad(ProcessConfiguration process, ExecInOptions options)
    {
        ImmutableArray<ConfigurationFinding> findings = ConfigurationValidator.Validate(process);
        ConfigurationFinding[] ofHost =
        [
            .. HostCapabilities.Check(process.Capabilities), .. OfLimits(process), .. OfLabels(process, mountLabel: null), .. OfDescriptors(options, isByLauncher: true),
            .. process.ExecCpuAffinity is null ? [] : CpuAffinitySteps.Check(process),
        ];
        ThrowIfAny(findings, ofHost);
    }

    private static void ThrowIfAny(ImmutableArray<ConfigurationFinding> findings, ConfigurationFinding[] ofHost)
    {
        if (findings.IsEmpty && ofHost.Length == 0)
            return;
        HashSet<string> judged = [.. findings.Select(finding => finding.Path)]; // said once is enough
        throw new ConfigurationException([.. findings, .. ofHost.Where(finding => !judged.Contains(finding.Path))]);
    }

    /// <exception cref="PlatformNotSupportedException">This is not Linux.</exception>
    internal static void ThrowIfNotLinux()
    {
        if (!OperatingSystem.IsLinux())
            throw new PlatformNotSupportedException("LibContainer starts containers on Linux only");
    }

    /// <exception cref="ConfigurationException">This process is not root.</exception>
    /// <exception cref="PlatformNotSupportedException">This is not Linux.</exception>
    internal static void ThrowIfNotAllowed()
    {
        ThrowIfNotLinux();
        if (!Environment.IsPrivilegedProcess)
            throw new ConfigurationException([new ConfigurationFinding("host", "starting a container needs root for now, since user namespaces are not supported yet")]);
    }

    internal static IEnumerable<ConfigurationFinding> OfKernel(ContainerConfiguration container, KernelVersion version, NamespaceKinds missing)
        => version >= KernelVersion.Floor && (container.Namespaces & missing) == 0 ? [] : FindOfKernel(container, version, missing);

    private static IEnumerable<ConfigurationFinding> FindOfKernel(ContainerConfiguration container, KernelVersion version, NamespaceKinds missing)
    {
        if (version < KernelVersion.Floor)
            yield return new ConfigurationFinding("kernel", $"LibContainer needs Linux {KernelVersion.Floor} or later, and this is {version}");
        foreach ((NamespaceKinds kind, string file, string name) in NamespaceFiles)
            if ((container.Namespaces & missing & kind) != 0)
                yield return new ConfigurationFinding("namespaces", $"this kernel has no {name} namespaces (/proc/self/ns/{file} is missing)");
    }

    internal static NamespaceKinds FindMissing(Func<string, bool> exists)
    {
        NamespaceKinds missing = NamespaceKinds.None;
        foreach ((NamespaceKinds kind, string file, _) in NamespaceFiles)
            if (!exists($"/proc/self/ns/{file}"))
                missing |= kind;
        return missing;
    }

    private static IEnumerable<ConfigurationFinding> OfCgroups(ContainerConfiguration container, CgroupBackend backend)
        => (container.CgroupPath ?? (object?)container.Resources) is null ? [] : ContainerCgroup.Check(container, backend);

    private static IEnumerable<ConfigurationFinding> OfLabels(ProcessConfiguration process, string? mountLabel)
        => (process.AppArmorProfile ?? process.SELinuxLabel ?? mountLabel) is null ? [] : SecuritySteps.CheckLabels(process, mountLabel);

    private static IEnumerable<ConfigurationFinding> OfDescriptors(ProgramOptions options, bool isByLauncher)
        => options.Descriptors.IsEmpty && options.ListenDescriptors.IsEmpty ? [] : PassedDescriptors.Check(options, isByLauncher);

    private static IEnumerable<ConfigurationFinding> OfLimits(ProcessConfiguration process)
        => process.ResourceLimits.IsEmpty ? [] : SecuritySteps.Check(process, (HostCapabilities.ReadPermitted() & CapabilitySet.SysResource) != 0);
}
