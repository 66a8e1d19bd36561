using System.Diagnostics;
using System.Text.Json.Nodes;
using LibContainer.TestUtilities;

namespace LibContainer.IntegrationTests;

/// <summary>A busybox root and the <c>container.json</c> of the 2014 document, less its veth and host binds, with its cgroup below one of this test's own.</summary>
internal sealed class JsonContainer : IDisposable
{
    private readonly TestCgroups _cgroups = new();

    internal TemporaryDirectory Root { get; } = new();

    internal TemporaryDirectory Data { get; } = new();

    /// <summary>Of the container's cgroup, relative.</summary>
    internal string CgroupPath { get; private set; } = "";

    internal void Prepare(Action<JsonObject>? change = null)
    {
        Requires.Root();
        Requires.Program("busybox");
        File.SetUnixFileMode(Root.Path, (UnixFileMode)0b111_101_101);
        Directory.CreateDirectory(Root["bin"]);
        Directory.CreateDirectory(Root["etc"]);
        File.Copy("/bin/busybox", Root["bin/busybox"]);
        foreach (string applet in new[] { "sh", "ps", "hostname", "id", "cat", "ls", "sleep", "kill", "echo", "true", "tty", "stty", "cut", "head", "tail" })
            File.CreateSymbolicLink(Root[$"bin/{applet}"], "busybox");
        File.WriteAllText(Root["etc/passwd"], "root:x:0:0:root:/root:/bin/sh\ndaemon:x:1:1:daemon:/usr/sbin:/bin/false\n");
        File.WriteAllText(Root["etc/group"], "root:x:0:\ndaemon:x:1:\naudio:x:29:daemon\n");

        JsonObject spec = JsonNode.Parse(File.ReadAllText(Path.Combine(Repository.Root, "tests/LibContainer.Configuration.Tests/ContainerJson/Data/seed.json")))!.AsObject();
        string parent = _cgroups.NewPath();
        spec["cgroups"]!["parent"] = parent;
        CgroupPath = $"{parent}/{spec["cgroups"]!["name"]}";
        spec.Remove("mounts");
        spec["networks"]!.AsArray().RemoveAt(1);
        change?.Invoke(spec);
        File.WriteAllText(Data["container.json"], spec.ToJsonString());
    }

    internal Command.Result Run(params string[] arguments)
    {
        using Process process = Start(arguments);
        process.StandardInput.Close();
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new Command.Result(process.ExitCode, output, error.GetAwaiter().GetResult());
    }

    internal Process Start(params string[] arguments)
    {
        ProcessStartInfo start = new(Repository.NsInit, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Root.Path,
        };
        start.Environment["data_path"] = Data.Path;
        return Process.Start(start)!;
    }

    public void Dispose()
    {
        _cgroups.Dispose();
        Root.Dispose();
        Data.Dispose();
    }
}
