using System.Diagnostics;
using System.Text.Json.Nodes;

namespace LibContainer.Benchmarks.Compare;

/// <summary>A container of 2014 that a published <c>nsinit exec</c> runs from a folder, until this is disposed.</summary>
internal sealed class FolderContainer : IDisposable
{
    private readonly BenchmarkRoot _root;
    private readonly string _folder = Directory.CreateTempSubdirectory("libcontainer-bench-").FullName;
    private readonly Process _running;

    private FolderContainer(BenchmarkRoot root, BenchmarkCgroups cgroups)
    {
        _root = root;
        JsonObject spec = new()
        {
            ["hostname"] = "bench",
            ["environment"] = new JsonArray("PATH=/"),
            ["namespaces"] = new JsonObject(new[] { "NEWNS", "NEWUTS", "NEWIPC", "NEWPID", "NEWNET" }.Select(name => KeyValuePair.Create(name, (JsonNode?)true))),
            ["cgroups"] = new JsonObject { ["name"] = "folder", ["parent"] = cgroups.Parent, ["allow_all_devices"] = true },
        };
        File.WriteAllText(Path.Combine(_folder, "container.json"), spec.ToJsonString());
        ProcessStartInfo start = Command(BenchmarkRoot.Command[0], "wait");
        start.RedirectStandardInput = true;
        _running = Process.Start(start)!;
        if (!SpinWait.SpinUntil(() => _running.HasExited || File.Exists(Path.Combine(_folder, "pid")), TimeSpan.FromSeconds(30)) || _running.HasExited)
            throw new InvalidOperationException("nsinit exec does not run its container");
    }

    /// <returns>Null: nobody has published it.</returns>
    internal static FolderContainer? Start(BenchmarkRoot root, BenchmarkCgroups cgroups) => File.Exists(Repository.NsInit) ? new(root, cgroups) : null;

    /// <summary>The benchmark's program in it, by a program that starts for it alone.</summary>
    internal Candidate Exec => new TimedCandidate("nsinit exec, a program", () => Programs.Run(Command([.. BenchmarkRoot.Command])));

    private ProcessStartInfo Command(params string[] command)
    {
        ProcessStartInfo start = new(Repository.NsInit, ["exec", .. command]) { WorkingDirectory = _root.Directory };
        start.Environment["data_path"] = _folder;
        return start;
    }

    public void Dispose()
    {
        _running.StandardInput.Close();
        _running.WaitForExit();
        _running.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
