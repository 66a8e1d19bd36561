using LibContainer;
using LibContainer.Configuration;

/// <summary>Many containers whose streams and ends are awaited, all at once.</summary>
internal static class IdleContainers
{
    internal static int Run(int count, string root)
    {
        ExecOptions options = new() { StandardInput = StandardStream.Pipe, StandardOutput = StandardStream.Pipe, StandardError = StandardStream.Pipe };
        ContainerProcess[] processes = [.. Enumerable.Range(0, count).Select(_ => Namespaces.Start(new() { Root = RootFileSystem.Directory(root) }, new ProcessConfiguration("/probe", "wait"), options))];
        Task[] awaited = [.. processes.SelectMany(process => new Task[]
        {
            process.StandardOutput.ReadAsync(new byte[1]).AsTask(), process.StandardError.ReadAsync(new byte[1]).AsTask(), process.WaitForExitAsync(),
        })];
        Console.WriteLine($"{awaited.Count(task => !task.IsCompleted)} awaited");
        foreach (string thread in Directory.GetDirectories("/proc/self/task"))
            Console.WriteLine(File.ReadAllText($"{thread}/comm").TrimEnd());
        foreach (ContainerProcess process in processes)
            process.Kill();
        Task.WaitAll(awaited);
        foreach (ContainerProcess process in processes)
            process.Dispose();
        return 0;
    }
}
