// What the plug-in's container does not hold back yet: there is no seccomp filter and no user namespace, so every system call reaches the kernel, and the plug-in is a user of the host (nobody).
// A host with a plug-in that it does not trust: the plug-in runs in a container, is asked over its standard input, answers over its standard output, and is started again when it dies. Needs root.
//   PluginHost [PLUGIN.dll]
// Each line of input is a request, METHOD [TEXT]; each line of output is its answer. The line "pid" is answered by the host: the process id of the plug-in. What is told of the plug-in goes to standard error.
using System.Reflection;
using LibContainer;
using PluginHost;

string assembly = args is [{ } path] ? path : typeof(Plugin).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "Plugin").Value!;
try
{
    await using ContainerRuntime runtime = ContainerRuntime.Create();
    await runtime.CollectLeftoversAsync(); // of a host that was killed
    await using Plugin plugin = Plugin.Start(runtime, assembly, Console.Error.WriteLine);
    while (Console.ReadLine() is { } line)
    {
        string[] words = line.Split(' ', 2);
        try
        {
            Console.WriteLine(words[0] == "pid" ? $"{await plugin.GetProcessIdAsync()}" : await plugin.AskAsync(words[0], words.ElementAtOrDefault(1) ?? ""));
        }
        catch (PluginException error)
        {
            Console.WriteLine($"failed: {error.Message}");
        }
    }
    return 0;
}
catch (Exception error) when (error is IContainerError)
{
    Console.Error.WriteLine($"PluginHost: {error.Message}");
    return 1;
}
