using System.Globalization;
using LibContainer.Configuration;

namespace LibContainer.Capabilities;

/// <summary>What this kernel knows and this process has.</summary>
public static class HostCapabilities
{
    /// <summary>Number of the kernel's last capability. Source: /proc/sys/kernel/cap_last_cap.</summary>
    public static int Last { get; } = int.Parse(File.ReadAllText("/proc/sys/kernel/cap_last_cap"), CultureInfo.InvariantCulture);

    /// <summary>The permitted set of this process: nothing else can be given to a container.</summary>
    public static CapabilitySet ReadPermitted() => ParsePermitted(File.ReadLines("/proc/self/status"));

    internal static CapabilitySet ParsePermitted(IEnumerable<string> status)
    {
        const string Prefix = "CapPrm:";
        string line = status.First(line => line.StartsWith(Prefix, StringComparison.Ordinal));
        return (CapabilitySet)ulong.Parse(line.AsSpan(Prefix.Length).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }

    /// <summary>Finds what is asked for and this host cannot give: an error by name, where the kernel would only say EPERM.</summary>
    public static IEnumerable<ConfigurationFinding> Check(CapabilityConfiguration capabilities)
    {
        ArgumentNullException.ThrowIfNull(capabilities);
        CapabilitySet wanted = capabilities.Effective | capabilities.Permitted | capabilities.Ambient;
        if (wanted == CapabilitySet.None)
            return [];
        CapabilitySet missing = wanted & ~ReadPermitted();
        return missing == CapabilitySet.None ? []
            : [new ConfigurationFinding("process.capabilities", $"this host does not have {string.Join(", ", CapabilityNames.Of(missing))} itself and cannot give it away")];
    }
}
