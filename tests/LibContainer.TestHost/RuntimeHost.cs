using System.Diagnostics;
using LibContainer;
using LibContainer.Configuration;

/// <summary>Hosts of the facade's.</summary>
internal static class RuntimeHost
{
    private const int AtOnce = 3;

    private static ContainerConfiguration Userland { get; } = new() { Root = RootFileSystem.HostUserland(), ReadOnlyRoot = true, Hostname = "churn" };

    private static ContainerRuntime Runtime(string states, string cgroups) => ContainerRuntime.Create(new LibContainerOptions { StateDirectory = states, CgroupParent = cgroups });

    internal static async Task<int> ChurnAsync(string states, string cgroups, string mark)
    {
        ContainerRuntime runtime = Runtime(states, cgroups);
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => RoundAsync(runtime, mark)));
        Console.WriteLine("ready");
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => ForeverAsync(runtime, mark)));
        return 0;
    }

    private static async Task ForeverAsync(ContainerRuntime runtime, string mark)
    {
        while (true)
            await RoundAsync(runtime, mark);
    }

    /// <summary>Children that fork twice, and begin sessions of their own: nobody could find them by their parents.</summary>
    private static async Task RoundAsync(ContainerRuntime runtime, string mark)
    {
        string orphans = $"(setsid sh -c 'sleep {mark} & exec sleep {mark}' &); ";
        await using IContainer container = await runtime.CreateAsync($"churn-{Guid.NewGuid():N}", Userland);
        Console.WriteLine("created");
        await container.StartAsync(new ProcessConfiguration("sh", "-c", $"{orphans} exec sleep {mark}"), new ContainerStartOptions { StandardInput = StandardStream.Null });
        Console.WriteLine("started");
        using ContainerProcess more = await container.ExecAsync(new ProcessConfiguration("sh", "-c", orphans), new ExecInOptions { StandardInput = StandardStream.Null });
        Console.WriteLine("entered");
        await more.WaitForExitAsync();
        await container.KillAsync();
        Console.WriteLine("killed");
        await container.DeleteAsync();
        Console.WriteLine("deleted");
    }

    internal static async Task<int> DetachAsync(string states, string cgroups, string id)
    {
        await using ContainerRuntime runtime = Runtime(states, cgroups);
        await using IContainer container = await runtime.CreateAsync(id, Userland);
        await container.StartAsync(new ProcessConfiguration("sleep", "1000"), new ContainerStartOptions { Detached = true, StandardInput = StandardStream.Null, StandardOutput = StandardStream.Null, StandardError = StandardStream.Null });
        return 0;
    }

    internal static async Task<int> HoldAsync(string states, string cgroups, int count, string root)
    {
        await using ContainerRuntime runtime = Runtime(states, cgroups);
        ContainerConfiguration configuration = new() { Root = RootFileSystem.Directory(root) };
        ContainerStartOptions options = new() { StandardInput = StandardStream.Inherit };
        long before = 0;
        for (int i = -1; i < count; i++)
        {
            IContainer container = await runtime.CreateAsync($"held-{i}", configuration);
            await container.StartAsync(new ProcessConfiguration("/probe", "wait"), options);
            if (i < 0)
                before = GC.GetTotalMemory(forceFullCollection: true); // what is made once is made
        }
        long each = (GC.GetTotalMemory(forceFullCollection: true) - before) / Math.Max(1, count);
        int found = 0;
        long[] ticks = new long[3];
        for (int i = 0; i < ticks.Length; i++)
        {
            long begun = Stopwatch.GetTimestamp();
            await foreach (ContainerInformation information in runtime.ListAsync())
                found += information.Status == ContainerStatus.Running ? 1 : 0;
            ticks[i] = (long)Stopwatch.GetElapsedTime(begun).TotalMicroseconds;
        }
        Console.WriteLine($"{Directory.GetDirectories("/proc/self/task").Length} threads, {each} bytes each, {found / ticks.Length} listed in {ticks.Min()} us");
        return 0;
    }
}
