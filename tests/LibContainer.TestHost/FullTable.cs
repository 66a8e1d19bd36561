using LibContainer;
using LibContainer.Configuration;
using Microsoft.Win32.SafeHandles;

/// <summary>Starts with hardly a descriptor left.</summary>
internal static class FullTable
{
    internal static int Run(string root)
    {
        ContainerConfiguration container = new() { Root = RootFileSystem.Directory(root) };
        List<string> results = new(64);
        // Whatever the runtime loads for a start, a failure or a line of output is loaded while there is room.
        Start(container, "/probe", results);
        Start(container, "/none", results);
        results.Clear();

        List<SafeFileHandle> filler = [];
        try
        {
            while (true)
                filler.Add(File.OpenHandle("/dev/null"));
        }
        catch (IOException)
        {
            // full
        }
        for (int free = 0; free < 12; free++)
        {
            Start(container, "/probe", results);
            filler[^1].Dispose();
            filler.RemoveAt(filler.Count - 1);
        }
        foreach (SafeFileHandle file in filler)
            file.Dispose();
        Start(container, "/probe", results);

        foreach (string result in results)
            Console.WriteLine(result);
        Console.WriteLine($"children {Directory.GetDirectories("/proc/self/task").Sum(thread => File.ReadAllText($"{thread}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries).Length)}");
        return 0;
    }

    private static void Start(ContainerConfiguration container, string command, List<string> results)
    {
        try
        {
            results.Add(Namespaces.Exec(container, new ProcessConfiguration(command)).Success ? "started" : "failed");
        }
        catch (Exception error) when (error is IOException or ConfigurationException)
        {
            results.Add(error.Message);
        }
    }
}
