using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using LibContainer.Configuration;

namespace LibContainer;

/// <summary>A program of .NET that is run in sandboxes: any number of times, and at once.</summary>
public sealed class DotnetSandbox
{
    /// <summary>Where it finds itself.</summary>
    private const string Folder = "/app";

    /// <summary>What the garbage collector may have of the memory; the rest is for code, stacks and libraries. The runtime's own choice in a container is the same.</summary>
    private const double HeapShare = 0.75;

    private const string Program = "dotnet";

    private readonly string _assembly;

    internal DotnetSandbox(string assembly) => _assembly = assembly;

    /// <summary>Runs it.</summary>
    /// <param name="arguments">Its arguments. Null: none.</param>
    /// <param name="configure">Says what it may use and see. Limits of memory and CPUs are told to the runtime in it, too. Null: nothing is limited.</param>
    /// <param name="cancellationToken">Kills it, with all that it has started.</param>
    /// <inheritdoc cref="IContainerRuntime.RunAsync"/>
    public async Task<ContainerRunResult> RunAsync(IEnumerable<string>? arguments = null, Action<SandboxOptions>? configure = null, CancellationToken cancellationToken = default)
    {
        SandboxOptions options = new();
        string root = Prepare(options);
        configure?.Invoke(options);
        Tell(options);
        return await Sandbox.RunAsync([Path.Combine(root, Program), "exec", $"{Folder}/{Path.GetFileName(_assembly)}", .. arguments ?? []], options, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The container and the program that <see cref="RunAsync"/> would run: for one that is to be started and not run to its end.</summary>
    /// <param name="arguments">Its arguments. Null: none.</param>
    /// <param name="configure">As of <see cref="RunAsync"/>; what it says of streams and time is without effect here.</param>
    /// <exception cref="ContainerConfigurationException">All that is wrong.</exception>
    public (ContainerConfiguration Container, ProcessConfiguration Process) ToConfiguration(IEnumerable<string>? arguments = null, Action<SandboxOptions>? configure = null)
    {
        SandboxOptions options = new();
        string root = Prepare(options);
        configure?.Invoke(options);
        Tell(options);
        return options.Build([Path.Combine(root, Program), "exec", $"{Folder}/{Path.GetFileName(_assembly)}", .. arguments ?? []]);
    }

    /// <returns>Where the runtime is.</returns>
    /// <exception cref="PlatformNotSupportedException">This is not Linux.</exception>
    private string Prepare(SandboxOptions options)
    {
        HostChecks.ThrowIfNotLinux();
        List<ConfigurationFinding> findings = [];
        if (!File.Exists(_assembly))
            findings.Add(new("assembly", $"{_assembly} is not there"));
        else if (!File.Exists(Path.ChangeExtension(_assembly, ".runtimeconfig.json")))
            findings.Add(new("assembly", $"{_assembly} is no program: there is no {Path.ChangeExtension(Path.GetFileName(_assembly), ".runtimeconfig.json")} beside it"));
        if (FindRoot() is not { } root)
            throw new ContainerConfigurationException(ContainerErrorCode.InvalidConfiguration, [.. findings, new("dotnet", $"no runtime of .NET is found on this host: not by DOTNET_ROOT, nor in {string.Join(", ", UsualRoots)}")]);
        if (findings.Count > 0)
            throw new ContainerConfigurationException(ContainerErrorCode.InvalidConfiguration, [.. findings]);

        options.Show(Path.GetDirectoryName(_assembly)!, Folder);
        if (!root.StartsWith("/usr/", StringComparison.Ordinal) && !root.StartsWith("/opt/", StringComparison.Ordinal))
            options.Show(root); // else it is part of the host's userland
        options.WorkingDirectory(Folder)
            .Variable("DOTNET_ROOT", root)
            .Variable("DOTNET_EnableDiagnostics", "0") // a socket in /tmp by which others could read its memory, and a thread
            .Variable("DOTNET_gcServer", "0")
            .Variable("HOME", "/tmp")
            .Variable("TMPDIR", "/tmp");
        return root;
    }

    /// <summary>The runtime looks at its cgroup, and takes all CPUs of the host for its own where that says nothing of CPUs it understands.</summary>
    private static void Tell(SandboxOptions options)
    {
        if (options.MemoryBytes is > 0 and long bytes)
            options.VariableUnlessSet("DOTNET_GCHeapHardLimit", ((long)(bytes * HeapShare)).ToString("X", CultureInfo.InvariantCulture));
        if (options.CpuCount is { } cpus and > 0)
            options.VariableUnlessSet("DOTNET_PROCESSOR_COUNT", Math.Max(1, (int)Math.Ceiling(Math.Min(cpus, Environment.ProcessorCount))).ToString(CultureInfo.InvariantCulture));
    }

    private static ImmutableArray<string> UsualRoots { get; } = ["/usr/share/dotnet", "/usr/lib/dotnet", "/usr/lib64/dotnet", "/opt/dotnet"];

    /// <summary>That which this process runs by, if it is one that has its own program; else what is installed.</summary>
    private static string? FindRoot()
        => UsualRoots.Prepend(Environment.GetEnvironmentVariable("DOTNET_ROOT") ?? "").Prepend(Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../..")))
            .FirstOrDefault(root => root.Length > 0 && File.Exists(Path.Combine(root, Program)));
}
