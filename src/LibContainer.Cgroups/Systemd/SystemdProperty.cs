using LibContainer.Linux;

namespace LibContainer.Cgroups;

/// <summary>A property of a unit. Source: org.freedesktop.systemd1(5), systemd.resource-control(5).</summary>
/// <param name="Name">As on the bus, which is not always as in a unit's file: <c>CPUQuotaPerSecUSec</c>.</param>
/// <param name="Value">Of the type that this property has.</param>
internal sealed record SystemdProperty(string Name, BusValue Value)
{
    /// <summary>What systemd calls infinity: no limit, and of a weight that there is none.</summary>
    internal const ulong Infinity = ulong.MaxValue;

    /// <summary><c>(sv)</c>.</summary>
    internal BusValue ToStructure() => BusValue.Structure(BusValue.String(Name), BusValue.Variant(Value));

    /// <summary><c>MemoryMax=67108864</c>.</summary>
    public override string ToString() => $"{Name}={Value}";
}
