using System.Collections.Immutable;

namespace LibContainer.Configuration;

/// <summary>One thing that is wrong with a configuration.</summary>
/// <param name="Path">
/// Where: <c>mounts[2].destination</c>, <c>sysctls["net.ipv4.ip_forward"]</c>; empty for the whole; of a text that is no JSON <c>line 3,
/// column 5</c>.
/// </param>
/// <param name="Message">What, and what would be right. Without the path.</param>
public sealed record ConfigurationFinding(string Path, string Message)
{
    /// <summary><c>mounts[2].destination: …</c>.</summary>
    public override string ToString() => Path.Length == 0 ? Message : $"{Path}: {Message}";
}

/// <summary>A configuration cannot be used. Thrown with everything that is wrong, before anything is made.</summary>
public sealed class ConfigurationException : ArgumentException
{
    /// <summary>From findings, of which there must be one at least.</summary>
    public ConfigurationException(ImmutableArray<ConfigurationFinding> findings)
        : base(string.Join("; ", findings)) => Findings = findings;

    /// <summary>All that is wrong.</summary>
    public ImmutableArray<ConfigurationFinding> Findings { get; }
}
