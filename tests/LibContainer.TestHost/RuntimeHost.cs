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
}
