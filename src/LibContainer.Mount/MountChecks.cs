using LibContainer.Configuration;
using LibContainer.Linux;

namespace LibContainer.Mount;

/// <summary>Looks at this host: what a configuration names has to be there. Explains; the kernel decides when the paths are opened for use.</summary>
public static class MountChecks
{
    /// <summary>Everything that is missing or in the way.</summary>
    public static IEnumerable<ConfigurationFinding> Check(ContainerConfiguration container)
    {
        ArgumentNullException.ThrowIfNull(container);
        List<ConfigurationFinding> findings = [];
        for (int i = 0; i < container.Mounts.Length; i++)
        {
            MountConfiguration mount = container.Mounts[i];
            if (mount.Type == MountConfiguration.BindType && IsPath(mount.Source) && HostPath.KindOf(mount.Source) == HostPathKind.Missing)
                findings.Add(new ConfigurationFinding($"mounts[{i}].source", $"'{mount.Source}' does not exist on this host"));
        }
        if (container.Root is DirectoryRoot(string path) && IsPath(path))
            CheckRoot(path, container, findings);
        return findings;
    }

    /// <summary>Whether the kernel can be asked about it; the validator has said so when not.</summary>
    private static bool IsPath(string path) => path.StartsWith('/') && !path.Contains('\0', StringComparison.Ordinal);

    private static void CheckRoot(string path, ContainerConfiguration container, List<ConfigurationFinding> findings)
    {
        RootDirectory root;
        try
        {
            root = RootDirectory.Open(path);
        }
        catch (LinuxException error)
        {
            findings.Add(new ConfigurationFinding("root", error.Error switch
            {
                Errno.ENOENT => $"'{path}' does not exist",
                Errno.ENOTDIR => $"'{path}' is not a directory",
                _ => $"'{path}' cannot be opened: {LinuxException.Name(error.Error)}",
            }));
            return;
        }

        using (root)
        {
            for (int i = 0; i < container.Mounts.Length; i++)
                Check($"mounts[{i}].destination", container.Mounts[i].Destination);
            for (int i = 0; i < container.Devices.Length; i++)
                Check($"devices[{i}].path", container.Devices[i].Path, parent: true);
        }

        void Check(string where, string destination, bool parent = false)
        {
            if (!IsPath(destination) || ContainerPath.Normalize(destination) is not { Length: > 1 } normal)
                return; // the validator has said so
            normal = parent ? Path.GetDirectoryName(normal)! : normal;
            if (root.ExplainBadDestination(normal) is { } objection)
                findings.Add(new ConfigurationFinding(where, $"'{destination}': {objection}"));
        }
    }
}
