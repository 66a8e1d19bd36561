using System.Collections.Immutable;
using LibContainer.Capabilities;
using LibContainer.Configuration;
using LibContainer.Configuration.ContainerJson;
using LibContainer.Security;

namespace NsInit;

/// <summary>The container of 2014 that <c>container.json</c> describes: its root is the current folder.</summary>
internal static class ContainerJson
{
    /// <exception cref="UsageException">The file is missing or malformed.</exception>
    /// <exception cref="ConfigurationException">It asks for what is unknown or not supported yet.</exception>
    internal static ConvertedContainer Read(string[] operands)
    {
        ContainerSpec spec = DataPath.ReadSpec();
        ThrowIfLabelled(spec);
        return ContainerSpecConversion.Convert(
            spec, Environment.CurrentDirectory, [.. operands], static name => CapabilityNames.TryParse(name, out CapabilitySet capability) ? capability : null);
    }

    /// <summary>On a kernel without the module a label was passed over in silence. On one with it, passing it over would leave the container unconfined.</summary>
    private static void ThrowIfLabelled(ContainerSpec spec)
    {
        ImmutableArray<ConfigurationFinding>.Builder findings = ImmutableArray.CreateBuilder<ConfigurationFinding>();
        Check("apparmor_profile", SecurityModules.IsAppArmorEnabled);
        Check("process_label", SecurityModules.IsSELinuxEnabled);
        Check("mount_label", SecurityModules.IsSELinuxEnabled);
        if (findings.Count > 0)
            throw new ConfigurationException(findings.ToImmutable());

        void Check(string key, bool isEnforced)
        {
            if (isEnforced && spec.Context.TryGetValue(key, out string? label) && label.Length > 0)
                findings.Add(new ConfigurationFinding($"context.{key}", "is not supported yet, and this kernel would enforce it"));
        }
    }
}
