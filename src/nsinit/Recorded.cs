using LibContainer;
using LibContainer.Cgroups;
using LibContainer.Configuration;

namespace NsInit;

/// <summary>Containers with a cgroup, which stays when nsinit is killed: so their states are written down, where <c>nsinit gc</c> finds them.</summary>
internal static class Recorded
{
    /// <summary>Runs one as <see cref="Namespaces.Exec"/> does. What has no cgroup leaves nothing, and is written down nowhere.</summary>
    internal static int Exec(ContainerConfiguration container, ProcessConfiguration process, ExecOptions options)
        => ContainerCgroup.IsAskedFor(container) ? ExecAsync(container, process, options).GetAwaiter().GetResult() : Namespaces.Exec(container, process, options).ExitCode;

    private static async Task<int> ExecAsync(ContainerConfiguration container, ProcessConfiguration process, ExecOptions options)
    {
        ContainerRuntime runtime = ContainerRuntime.Create();
        await using (runtime.ConfigureAwait(false))
        {
            OwnContainer record = runtime.Create(ContainerId.NewFor("nsinit"), container, isShortLived: true);
            await using (record.ConfigureAwait(false))
                return Namespaces.Exec(record.Configuration, process, options with
                {
                    Started = launched =>
                    {
                        record.Record(launched.Id, process);
                        options.Started?.Invoke(launched);
                    },
                }).ExitCode;
        }
    }
}
