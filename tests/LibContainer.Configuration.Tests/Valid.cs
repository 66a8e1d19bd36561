namespace LibContainer.Configuration.Tests;

/// <summary>A configuration with nothing wrong in it, of which a test spoils one thing.</summary>
internal static class Valid
{
    internal static ContainerConfiguration Container { get; } = new() { Root = RootFileSystem.Directory("/srv/root") };

    internal static ProcessConfiguration Process { get; } = new("/bin/true");

    internal static IEnumerable<ConfigurationFinding> Findings(ContainerConfiguration container) => ConfigurationValidator.Validate(container, Process);

    internal static IEnumerable<ConfigurationFinding> Findings(ProcessConfiguration process) => ConfigurationValidator.Validate(Container, process);

    /// <summary>Where something is wrong.</summary>
    internal static IEnumerable<string> Paths(ContainerConfiguration container) => Findings(container).Select(finding => finding.Path);

    /// <inheritdoc cref="Paths(ContainerConfiguration)"/>
    internal static IEnumerable<string> Paths(ProcessConfiguration process) => Findings(process).Select(finding => finding.Path);

    /// <summary>Findings but for those about what is not supported yet: what a member says, and not that it says something.</summary>
    internal static IEnumerable<string> Rules(ContainerConfiguration container) => Rules(Findings(container));

    /// <inheritdoc cref="Rules(ContainerConfiguration)"/>
    internal static IEnumerable<string> Rules(ProcessConfiguration process) => Rules(Findings(process));

    private static IEnumerable<string> Rules(IEnumerable<ConfigurationFinding> findings)
        => findings.Where(finding => !finding.Message.EndsWith("is not supported yet", StringComparison.Ordinal))
            .Select(finding => finding.ToString());
}
