using System.Diagnostics;

namespace LibContainer;

/// <summary>
/// A program that is not trusted, run to its end on the programs and libraries of this host, which it can read: as nobody, with no capabilities, no network, no homes, no files but an empty <c>/tmp</c> and what it is shown. It dies with
/// this process.
/// </summary>
/// <remarks>
/// It does not hold back yet what a seccomp filter and a user namespace would: every system call reaches the kernel, and the program is a user of the host. What is not limited by <see cref="SandboxOptions"/> is not
/// limited. On any other system than Linux it is a <see cref="PlatformNotSupportedException"/>.
/// </remarks>
public static class Sandbox
{
    private static readonly Lazy<IContainerRuntime> Shared = new(() => ContainerRuntime.Create());

    /// <summary>Runs a program.</summary>
    /// <param name="fileName">A name that is looked up in the usual directories, or a path in the sandbox.</param>
    /// <param name="arguments">Its arguments. Null: none.</param>
    /// <param name="configure">Says what it may use and see. Null: nothing is limited or shown.</param>
    /// <param name="cancellationToken">Kills it, with all that it has started.</param>
    /// <returns>How it ended, what it had used, and what it wrote.</returns>
    /// <inheritdoc cref="IContainerRuntime.RunAsync"/>
    public static Task<ContainerRunResult> RunAsync(string fileName, IEnumerable<string>? arguments = null, Action<SandboxOptions>? configure = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(fileName);
        return RunAsync([fileName, .. arguments ?? []], new SandboxOptions(), configure, cancellationToken);
    }

    /// <summary>Runs a program that was meant for <see cref="System.Diagnostics.Process"/>: its arguments, the variables that it adds to this process's own, its directory, its user. Of this process's environment it gets nothing.</summary>
    /// <param name="info">The program.</param>
    /// <param name="configure">As of <see cref="RunAsync(string, IEnumerable{string}?, Action{SandboxOptions}?, CancellationToken)"/>.</param>
    /// <param name="cancellationToken">Kills it, with all that it has started.</param>
    /// <inheritdoc cref="IContainerRuntime.RunAsync"/>
    public static Task<ContainerRunResult> RunAsync(ProcessStartInfo info, Action<SandboxOptions>? configure = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(info);
        SandboxOptions options = new();
        foreach ((string name, string value) in info.AddedVariables())
            options.Variable(name, value);
        if (info.WorkingDirectory.Length > 0)
            options.RunIn(info.WorkingDirectory);
        if (info.UserName.Length > 0)
            options.Process(process => process with { User = info.UserName });
        return RunAsync([info.FileName, .. info.AllArguments()], options, configure, cancellationToken);
    }

    /// <summary>A program of .NET, which is shown its own directory, and the runtime of this host.</summary>
    /// <param name="assembly">Path of its assembly on the host, with its <c>.runtimeconfig.json</c> beside it.</param>
    public static DotnetSandbox ForDotnet(string assembly)
    {
        ArgumentException.ThrowIfNullOrEmpty(assembly);
        return new DotnetSandbox(Path.GetFullPath(assembly));
    }

    internal static Task<ContainerRunResult> RunAsync(IEnumerable<string> arguments, SandboxOptions options, Action<SandboxOptions>? configure, CancellationToken cancellationToken)
    {
        configure?.Invoke(options);
        return RunAsync(arguments, options, cancellationToken);
    }

    internal static async Task<ContainerRunResult> RunAsync(IEnumerable<string> arguments, SandboxOptions options, CancellationToken cancellationToken)
    {
        if (options.ChosenRuntime is null or ContainerRuntime) // before findings that are the other system's fault; a runtime of the caller's making may well do without Linux
            HostChecks.ThrowIfNotLinux();
        (var container, var process) = options.Build(arguments);
        return await (options.ChosenRuntime ?? Shared.Value).RunAsync(container, process, options.Run, cancellationToken).ConfigureAwait(false);
    }
}
