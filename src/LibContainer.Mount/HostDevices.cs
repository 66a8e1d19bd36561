using System.Collections.Immutable;
using LibContainer.Configuration;
using LibContainer.Linux;

namespace LibContainer.Mount;

/// <summary>The devices of this host, for a container that is trusted with all of them.</summary>
public static class HostDevices
{
    /// <summary>Terminals, shared memory, descriptors and message queues belong to whoever opens them, and the console is the container's own.</summary>
    private static readonly string[] Skipped = ["/dev/pts", "/dev/shm", "/dev/fd", "/dev/mqueue", "/dev/console"];

    /// <summary>Every character and block device in /dev and below, with its mode and owner, by path. Links are not followed.</summary>
    /// <exception cref="IOException">/dev cannot be read.</exception>
    public static ImmutableArray<DeviceNode> Discover() => [.. Find("/dev").OrderBy(device => device.Path, StringComparer.Ordinal)];

    private static IEnumerable<DeviceNode> Find(string folder)
    {
        foreach (FileSystemInfo entry in new DirectoryInfo(folder).EnumerateFileSystemInfos())
        {
            if (Skipped.Contains(entry.FullName))
                continue;
            if (entry is DirectoryInfo { LinkTarget: null })
            {
                foreach (DeviceNode device in Find(entry.FullName))
                    yield return device;
            }
            else if (HostPath.DeviceAt(entry.FullName) is { } device)
                yield return new DeviceNode(
                    entry.FullName, device.IsBlock ? DeviceType.Block : DeviceType.Character, device.Major, device.Minor, device.Mode, device.UserId, device.GroupId);
        }
    }
}
