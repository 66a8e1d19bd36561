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
                if (Explain(root, container, i, container.Mounts[i].Destination, isDevice: false) is { } objection)
                    findings.Add(new ConfigurationFinding($"mounts[{i}].destination", objection));
            for (int i = 0; i < container.Devices.Length; i++)
                if (Explain(root, container, container.Mounts.Length, container.Devices[i].Path, isDevice: true) is { } objection)
                    findings.Add(new ConfigurationFinding($"devices[{i}].path", objection));
        }
    }

    /// <param name="root">The root as it is, without mounts.</param>
    /// <param name="container">Its mounts.</param>
    /// <param name="earlier">How many of them are there already.</param>
    /// <param name="destination">The path to judge.</param>
    /// <param name="isDevice">It is made in a directory; that is what counts.</param>
    private static string? Explain(RootDirectory root, ContainerConfiguration container, int earlier, string destination, bool isDevice)
    {
        if (!IsPath(destination) || ContainerPath.Normalize(destination) is not { Length: > 1 } normal)
            return null; // the validator has said so
        // Below a mount it is the mount's own content that decides, and that is not there yet. (Unlike MountSteps, this may meet what the validator refused.)
        for (int i = 0; i < earlier; i++)
            if (ContainerPath.Normalize(container.Mounts[i].Destination) is { } mount && ContainerPath.IsBelow(normal, mount))
                return null;
        string judged = isDevice ? Path.GetDirectoryName(normal)! : normal;
        return root.ExplainBadDestination(judged) is { } objection ? $"'{destination}': {objection}" : null;
    }
}
