using LibContainer;
using LibContainer.Cgroups;

namespace NsInit;

/// <summary>The container of 2014 that runs from the present folder, as another process than its host sees it.</summary>
internal static class ContainerOfFolder
{
    /// <summary>Its process id. Null: none runs.</summary>
    /// <exception cref="UsageException">The file <c>pid</c> holds something else.</exception>
    internal static int? FindProcess() => Read(PidFiles.FindRunning);

    /// <summary>The container itself. Null: none runs. To be disposed.</summary>
    /// <exception cref="UsageException">As of <see cref="FindProcess"/>.</exception>
    internal static RunningContainer? Open() => Read(PidFiles.OpenRunning);

    private static T Read<T>(Func<string, T> find)
    {
        try
        {
            return find(DataPath.Folder);
        }
        catch (FormatException error)
        {
            throw new UsageException($"unable to read pid: {error.Message}");
        }
    }

    internal static string NotRunning => $"the container does not run: there is no process for {Path.Combine(DataPath.Folder, "pid")}";

    /// <summary>Its cgroup, which is where its process is: <c>container.json</c> names it, and where that is depends on who started it.</summary>
    /// <param name="what">What cannot be done otherwise: <c>Failed to get stats</c>.</param>
    /// <exception cref="UsageException">It does not run, or has no cgroup.</exception>
    internal static ContainerCgroup FindCgroup(string what)
    {
        if (DataPath.ReadSpec().Cgroups is null)
            throw new UsageException($"{what} - container.json has no cgroups");
        return FindProcess() is { } id && ContainerCgroup.OfProcess(id) is { } cgroup
            ? cgroup
            : throw new UsageException($"{what} - {NotRunning}");
    }
}
