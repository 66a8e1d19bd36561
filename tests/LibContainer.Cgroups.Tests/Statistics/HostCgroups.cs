using System.Globalization;

namespace LibContainer.Cgroups.Tests.Statistics;

/// <summary>A cgroup of the kernel's in each hierarchy of this host, where those of containers are. It has no process, and goes with the test.</summary>
internal sealed class HostCgroups : IDisposable
{
    internal HostCgroups()
    {
        Directories = [.. CgroupDirectories.At(CgroupLayout.Host, $"{TestCgroup.NewName()}/x")];
        try
        {
            foreach (CgroupDirectory directory in Directories)
                CgroupTree.Make(directory);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    internal List<CgroupDirectory> Directories { get; }

    internal CgroupDirectory? With(string controller) => Directories.FirstOrDefault(directory => directory.Hierarchy.Controllers.Contains(controller));

    internal CgroupDirectory? V2 => Directories.FirstOrDefault(directory => directory.Hierarchy.Version == CgroupVersion.V2);

    /// <summary>The number in a file; null when it is not there.</summary>
    internal static ulong? Number(CgroupDirectory directory, string file)
        => directory.TryRead(file) is { } text ? ulong.Parse(text, CultureInfo.InvariantCulture) : null;

    public void Dispose()
    {
        foreach (CgroupDirectory directory in Directories)
            CgroupTree.Remove(directory);
    }
}
