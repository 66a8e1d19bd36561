using System.Collections.Immutable;

namespace LibContainer.Configuration;

/// <summary>Judges a configuration by itself, without a look at this host. Every finding is reported, not the first.</summary>
public static class ConfigurationValidator
{
    /// <summary>All that is wrong; empty when nothing is.</summary>
    public static ImmutableArray<ConfigurationFinding> Validate(ContainerConfiguration container, ProcessConfiguration process)
    {
        ArgumentNullException.ThrowIfNull(container);
        ArgumentNullException.ThrowIfNull(process);
        Findings findings = new();
        ValidateContainer(container, findings);
        NamespaceValidator.Validate(container, findings);
        NetworkValidator.Validate(container, findings);
        NameResolutionValidator.Validate(container.NameResolution, findings);
        MountValidator.Validate(container, findings);
        ResourceValidator.Validate(container, findings);
        SeccompValidator.Validate(container.Seccomp, findings);
        HookValidator.Validate(container.Hooks, findings);
        ProcessValidator.Validate(process, findings);
        if (process.Terminal is { } terminal)
            ValidateTerminal(container, terminal, findings);
        UnsupportedConfiguration.Report(container, process, findings);
        return findings.ToImmutable();
    }

    /// <summary>The same of a program that is added to a container which runs already.</summary>
    public static ImmutableArray<ConfigurationFinding> Validate(ProcessConfiguration process)
    {
        ArgumentNullException.ThrowIfNull(process);
        Findings findings = new();
        ProcessValidator.Validate(process, findings);
        if (process.Terminal is { } terminal)
            ValidateTerminal(terminal, findings);
        UnsupportedConfiguration.Report(process, findings);
        return findings.ToImmutable();
    }

    private static void ValidateTerminal(ContainerConfiguration container, TerminalConfiguration terminal, Findings findings)
    {
        ValidateTerminal(terminal, findings);
        if (terminal.Path is null && container.Mounts.LastOrDefault(mount => ContainerPath.Normalize(mount.Destination) == "/dev/pts")?.Type != "devpts")
            findings.Add("process.terminal", "a new terminal needs a devpts mounted at /dev/pts");
    }

    private static void ValidateTerminal(TerminalConfiguration terminal, Findings findings)
    {
        if (terminal.Rows is < 0 or > ushort.MaxValue || terminal.Columns is < 0 or > ushort.MaxValue)
            findings.Add("process.terminal", $"{terminal.Rows} rows by {terminal.Columns} columns is not a size: 0 to {ushort.MaxValue}");
        if (terminal.Path is { } path)
            findings.CheckHostPath("process.terminal.path", path);
    }

    private static void ValidateContainer(ContainerConfiguration container, Findings findings)
    {
        if (!Enum.IsDefined(container.RootSwitch))
            findings.Add("rootSwitch", $"{container.RootSwitch} is not a way to leave the host's root");
        if (container.MountLabel is { } label)
            findings.CheckLabel("mountLabel", label);
        if (container.RootPropagation is { } propagation)
            findings.CheckDefined("rootPropagation", propagation, "a way for mounts to travel");
        if (container.Personality is { } personality)
            findings.CheckDefined("personality", personality, "a personality that is known");
        if (!container.Annotations.IsEmpty && container.Annotations.ContainsKey(""))
            findings.Add("annotations", "an annotation needs a name");
        if (container.Root is not DirectoryRoot(string path))
            return;
        if (path.Length == 0)
            findings.Add("root", "a root directory is needed");
        else if (!Path.IsPathRooted(path))
            findings.Add("root", $"'{path}' is not an absolute path");
        else
            findings.CheckText("root", path);
    }
}
