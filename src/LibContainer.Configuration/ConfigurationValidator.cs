using System.Collections.Immutable;
using System.Text;

namespace LibContainer.Configuration;

/// <summary>Judges a configuration by itself, without a look at this host. Every finding is reported, not the first.</summary>
public static class ConfigurationValidator
{
    /// <summary>__NEW_UTS_LEN of the kernel.</summary>
    private const int MaxHostnameBytes = 64;

    /// <summary>MAX_ARG_STRLEN of the kernel: 32 pages, of 4 KB at least.</summary>
    private const int PagesPerString = 32;

    /// <summary>Three quarters of _STK_LIM: what execve(2) takes at most, whatever RLIMIT_STACK says.</summary>
    private const int MaxArgumentBytes = 6 * 1024 * 1024;

    /// <summary>All that is wrong; empty when nothing is.</summary>
    public static ImmutableArray<ConfigurationFinding> Validate(ContainerConfiguration container, ProcessConfiguration process)
    {
        ArgumentNullException.ThrowIfNull(container);
        ArgumentNullException.ThrowIfNull(process);
        Findings findings = new();
        ValidateRoot(container, findings);
        ValidateNamespaces(container, findings);
        ValidateMounts(container, findings);
        ValidateProcess(process, findings);
        ValidateTerminal(container, process.Terminal, findings);
        return findings.ToImmutable();
    }

    private static void ValidateRoot(ContainerConfiguration container, Findings findings)
    {
        if (!Enum.IsDefined(container.RootSwitch))
            findings.Add("rootSwitch", $"{container.RootSwitch} is not a way to leave the host's root");
        if (container.MountLabel is { } label)
            findings.CheckLabel("mountLabel", label);
        if (container.Root is not DirectoryRoot(string path))
            return;
        if (path.Length == 0)
            findings.Add("root", "a root directory is needed");
        else if (!Path.IsPathRooted(path))
            findings.Add("root", $"'{path}' is not an absolute path");
        else
            findings.CheckText("root", path);
    }

    private static void ValidateNamespaces(ContainerConfiguration container, Findings findings)
    {
        NamespaceKinds unknown = container.Namespaces & ~NamespaceKinds.Default;
        if (unknown != 0)
            findings.Add("namespaces", $"0x{(ulong)unknown:x} is not a namespace that is supported yet");
        // Without a mount namespace every mount would be one of the host's.
        if ((container.Namespaces & NamespaceKinds.Mount) == 0)
            findings.Add("namespaces", "a container needs a mount namespace of its own");
        if (!container.Networks.IsEmpty && (container.Namespaces & NamespaceKinds.Network) == 0)
            findings.Add("networks", "a network needs a network namespace of the container's own");

        if (container.Hostname is not { } hostname)
            return;
        if ((container.Namespaces & NamespaceKinds.Uts) == 0)
            findings.Add("hostname", "a host name needs a UTS namespace of the container's own");
        if (!IsHostname(hostname))
            findings.Add("hostname", $"'{hostname}' is not a host name: 1 to 64 letters, digits, '-' and '.', with a letter or digit at both ends of each part");
    }

    private static bool IsHostname(string name)
        => name.Length is > 0 and <= MaxHostnameBytes
        && name.Split('.').All(label => label.Length > 0
            && char.IsAsciiLetterOrDigit(label[0]) && char.IsAsciiLetterOrDigit(label[^1])
            && label.All(character => char.IsAsciiLetterOrDigit(character) || character == '-'));

    private static void ValidateMounts(ContainerConfiguration container, Findings findings)
    {
        for (int i = 0; i < container.Mounts.Length; i++)
            ValidateMount(container.Mounts[i], new Where("mounts", i), findings);
        for (int i = 0; i < container.Devices.Length; i++)
        {
            DeviceNode device = container.Devices[i];
            if (findings.CheckContainerPath(new Where("devices", i, "path"), device.Path) == "/")
                findings.Add(new Where("devices", i, "path"), "the root itself cannot be a device");
            if (!Enum.IsDefined(device.Type))
                findings.Add(new Where("devices", i, "type"), $"{device.Type} is not a type of device");
            if (device.UserId < 0 || device.GroupId < 0)
                findings.Add(new Where("devices", i), $"{device.UserId}:{device.GroupId} is not an owner: ids are 0 to {int.MaxValue}");
            if (device.Major is < 0 or > 0xFFF || device.Minor is < 0 or > 0xFFFFF)
                findings.Add(new Where("devices", i), $"{device.Major}:{device.Minor} is not a device number: 0 to 4095, and 0 to 1048575");
            if ((device.Mode & ~0xFFF) != 0)
                findings.Add(new Where("devices", i, "mode"), $"{device.Mode} has more than permission bits");
        }
        for (int i = 0; i < container.MaskedPaths.Length; i++)
            CheckProtected(new Where("maskedPaths", i), container.MaskedPaths[i]);
        for (int i = 0; i < container.ReadOnlyPaths.Length; i++)
            CheckProtected(new Where("readOnlyPaths", i), container.ReadOnlyPaths[i]);

        void CheckProtected(Where where, string path)
        {
            if (findings.CheckContainerPath(where, path) == "/")
                findings.Add(where, "the root itself is not a path to protect; see readOnlyRoot");
        }
    }

    private static void ValidateMount(MountConfiguration mount, Where path, Findings findings)
    {
        if (findings.CheckContainerPath(path.Of("destination"), mount.Destination) is { } destination)
        {
            if (destination == "/")
                findings.Add(path.Of("destination"), "the root itself cannot be mounted onto");
            // What a container believes about itself is in /proc; only the real one may stand there (CVE-2023-27561).
            else if ((destination == "/proc" && mount.Type != "proc") || destination.StartsWith("/proc/", StringComparison.Ordinal))
                findings.Add(path.Of("destination"), $"'{mount.Destination}' lies in /proc, where nothing can be mounted but proc itself");
        }
        if (mount.Type.Length == 0)
            findings.Add(path.Of("type"), "a mount needs a type");
        findings.CheckText(path.Of("type"), mount.Type);
        findings.CheckText(path.Of("source"), mount.Source);
        findings.CheckText(path.Of("data"), mount.Data);
        if ((mount.Options & (MountOptions.NoAtime | MountOptions.StrictAtime)) == (MountOptions.NoAtime | MountOptions.StrictAtime))
            findings.Add(path.Of("options"), "access times are updated either never or always");
        if (mount.Type == MountConfiguration.BindType && !Path.IsPathRooted(mount.Source))
            findings.Add(path.Of("source"), $"'{mount.Source}' is not an absolute path");
        if (mount.Type == MountConfiguration.BindType && mount.Data.Length > 0)
            findings.Add(path.Of("data"), "a bind mount has no options of a file system");
    }

    private static void ValidateProcess(ProcessConfiguration process, Findings findings)
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
            if (entry.IndexOf('=', StringComparison.Ordinal) <= 0)
                findings.Add(new Where("process.environment", i), $"'{entry}' is not NAME=value");
        }
        if (total > MaxArgumentBytes)
            findings.Add("process.arguments", $"arguments and environment are {total} bytes long, and Linux takes {MaxArgumentBytes} at most");

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
            if (process.AdditionalGroupIds[i] < 0)
                findings.Add(new Where("process.additionalGroupIds", i), $"{process.AdditionalGroupIds[i]} is not an id: 0 to {int.MaxValue}");
        if ((process.Umask & ~0x1FF) != 0)
            findings.Add("process.umask", $"{process.Umask} is not a mask of permission bits");

        if (process.AppArmorProfile is { } profile)
            findings.CheckLabel("process.appArmorProfile", profile);
        if (process.SELinuxLabel is { } label)
            findings.CheckLabel("process.selinuxLabel", label);
        ValidateCapabilities(process.Capabilities, findings);
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

    private static void ValidateTerminal(ContainerConfiguration container, TerminalConfiguration? terminal, Findings findings)
    {
        if (terminal is null)
            return;
        if (terminal.Rows is < 0 or > ushort.MaxValue || terminal.Columns is < 0 or > ushort.MaxValue)
            findings.Add("process.terminal", $"{terminal.Rows} rows by {terminal.Columns} columns is not a size: 0 to {ushort.MaxValue}");
        if (terminal.Path is not { } path)
        {
            if (container.Mounts.LastOrDefault(mount => ContainerPath.Normalize(mount.Destination) == "/dev/pts")?.Type != "devpts")
                findings.Add("process.terminal", "a new terminal needs a devpts mounted at /dev/pts");
            return;
        }
        if (!Path.IsPathRooted(path))
            findings.Add("process.terminal.path", $"'{path}' is not an absolute path");
        findings.CheckText("process.terminal.path", path);
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

    /// <summary>A place in the configuration, put together only when there is something to say about it: a start with nothing wrong costs no text.</summary>
    private readonly record struct Where(string Name, int Index = -1, string Member = "")
    {
        public static implicit operator Where(string name) => new(name);

        internal Where Of(string member) => this with { Member = member };

        public override string ToString() => (Index < 0 ? Name : $"{Name}[{Index}]") + (Member.Length == 0 ? "" : $".{Member}");
    }

    private sealed class Findings
    {
        private ImmutableArray<ConfigurationFinding>.Builder? _all;

        internal void Add(Where where, string message) => (_all ??= ImmutableArray.CreateBuilder<ConfigurationFinding>()).Add(new ConfigurationFinding(where.ToString(), message));

        internal ImmutableArray<ConfigurationFinding> ToImmutable() => _all?.ToImmutable() ?? [];

        internal void CheckText(Where where, string text)
        {
            if (text.Contains('\0', StringComparison.Ordinal))
                Add(where, "contains a NUL character, at which the kernel would stop reading");
        }

        /// <summary>A label is one line of the kernel's interface.</summary>
        internal void CheckLabel(Where where, string label)
        {
            if (label.Length == 0)
                Add(where, "a label is not empty; null stands for none");
            else if (label.AsSpan().ContainsAny('\0', '\n', '"'))
                Add(where, $"'{label.Replace("\0", "\\0", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}' is not a label: it contains a NUL, a line break or a quote");
        }

        /// <returns>The path without dots and double slashes, or null when there is a finding.</returns>
        internal string? CheckContainerPath(Where where, string value)
        {
            if (!value.StartsWith('/'))
                Add(where, $"'{value}' is not an absolute path");
            else if (value.Contains('\0', StringComparison.Ordinal))
                CheckText(where, value);
            else if (ContainerPath.Normalize(value) is { } normal)
                return normal;
            else
                Add(where, $"'{value}' climbs out of the root");
            return null;
        }

        /// <returns>What it takes of execve's limit: the string, its NUL and its pointer.</returns>
        internal long CheckArgument(Where where, string text)
        {
            CheckText(where, text);
            int length = Encoding.UTF8.GetByteCount(text) + 1;
            int limit = PagesPerString * Environment.SystemPageSize;
            if (length > limit)
                Add(where, $"is {length - 1} bytes long, and Linux takes {limit - 1} at most");
            return length + sizeof(ulong);
        }
    }
}
