using System.Collections.Immutable;
using System.Text.Json.Nodes;
using LibContainer.Configuration;

namespace LibContainer.Benchmarks;

/// <summary>The same container for runtimes that read an OCI bundle: same namespaces, mounts, masks and rights.</summary>
internal sealed class OciBundle : IDisposable
{
    internal OciBundle(ContainerConfiguration container, ImmutableArray<string> command = default)
    {
        Directory = System.IO.Directory.CreateTempSubdirectory("libcontainer-bundle-").FullName;
        JsonObject config = new()
        {
            ["ociVersion"] = "1.0.2",
            ["root"] = new JsonObject { ["path"] = ((DirectoryRoot)container.Root).Path, ["readonly"] = true },
            ["hostname"] = container.Hostname,
            ["process"] = new JsonObject
            {
                ["terminal"] = false,
                ["user"] = new JsonObject { ["uid"] = 0, ["gid"] = 0 },
                ["args"] = Texts(command.IsDefault ? BenchmarkRoot.Command : command),
                ["env"] = Texts([ProcessConfiguration.DefaultPath]),
                ["cwd"] = "/",
                ["capabilities"] = new JsonObject(),
                ["noNewPrivileges"] = true,
                ["rlimits"] = new JsonArray(new JsonObject { ["type"] = "RLIMIT_NOFILE", ["soft"] = 1024, ["hard"] = 1024 }),
            },
            ["mounts"] = new JsonArray([.. container.Mounts.Select(Mount)]),
            ["linux"] = new JsonObject
            {
                ["namespaces"] = new JsonArray(
                    [.. new[] { "pid", "network", "ipc", "uts", "mount", "cgroup" }.Select(type => new JsonObject { ["type"] = type })]),
                ["maskedPaths"] = Texts(container.MaskedPaths),
                ["readonlyPaths"] = Texts(container.ReadOnlyPaths),
            },
        };
        if (container.CgroupPath is { } cgroup)
        {
            config["linux"]!["cgroupsPath"] = cgroup;
            config["linux"]!["resources"] = Resources(container.Resources!);
        }
        File.WriteAllText(Path.Combine(Directory, "config.json"), config.ToJsonString());
    }

    internal string Directory { get; }

    private static JsonObject Mount(MountConfiguration mount)
    {
        List<string> options = [];
        foreach ((MountOptions option, string name) in new[]
        {
            (MountOptions.ReadOnly, "ro"), (MountOptions.NoSuid, "nosuid"), (MountOptions.NoDev, "nodev"), (MountOptions.NoExec, "noexec"),
            (MountOptions.StrictAtime, "strictatime"),
        })
            if ((mount.Options & option) != 0)
                options.Add(name);
        if (mount.Data.Length > 0)
            options.AddRange(mount.Data.Split(','));
        return new JsonObject
        {
            ["destination"] = mount.Destination,
            ["type"] = mount.Type,
            ["source"] = mount.Source,
            ["options"] = Texts(options),
        };
    }

    private static JsonObject Resources(ResourceConfiguration resources) => new()
    {
        ["memory"] = new JsonObject { ["limit"] = resources.Memory!.LimitBytes },
        ["cpu"] = new JsonObject { ["shares"] = resources.Cpu!.Shares, ["quota"] = resources.Cpu.QuotaMicroseconds, ["period"] = resources.Cpu.PeriodMicroseconds },
        ["pids"] = new JsonObject { ["limit"] = resources.PidsLimit },
        // Nothing, to which a runtime adds what every container has: what Exec allows.
        ["devices"] = new JsonArray(new JsonObject { ["allow"] = false, ["access"] = "rwm" }),
    };

    private static JsonArray Texts(IEnumerable<string> texts) => [.. texts.Select(text => (JsonNode)text)];

    public void Dispose() => System.IO.Directory.Delete(Directory, recursive: true);
}
