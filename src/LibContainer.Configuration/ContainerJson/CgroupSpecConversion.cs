using System.Collections.Immutable;

namespace LibContainer.Configuration.ContainerJson;

/// <summary>The cgroup of a container of 2014 as one of today. 0 and empty texts were how nothing was asked for.</summary>
internal static class CgroupSpecConversion
{
    /// <summary>Relative to where this library puts its own. In 2014: to the cgroup of process 1.</summary>
    internal static string? Path(CgroupSpec cgroup)
        => string.Join('/', new[] { cgroup.Parent.Trim('/'), cgroup.Name }.Where(part => part.Length > 0)) is { Length: > 0 } path ? path : null;

    internal static ResourceConfiguration Resources(CgroupSpec cgroup, List<ConfigurationFinding> findings)
    {
        CheckNumbers(cgroup, findings);
        return new ResourceConfiguration
        {
            Devices = Devices(cgroup, findings),
            Memory = (cgroup.Memory, cgroup.MemoryReservation, cgroup.MemorySwap) == (0, 0, 0) ? null : new MemoryResources
            {
                LimitBytes = Given(cgroup.Memory),
                ReservationBytes = Given(cgroup.MemoryReservation),
                // 2014 meant "memory twice", and -1 as "leave it"; it wrote twice the memory also where a number was given.
                MemoryAndSwapBytes = cgroup.MemorySwap > 0 ? cgroup.MemorySwap : cgroup is { MemorySwap: 0, Memory: > 0 } ? Twice(cgroup.Memory) : null,
            },
            Cpu = (cgroup.CpuShares, cgroup.CpuQuota, cgroup.CpuPeriod, cgroup.CpusetCpus) == (0, 0, 0, "") ? null : new CpuResources
            {
                Shares = cgroup.CpuShares > 0 ? (ulong)cgroup.CpuShares : null,
                QuotaMicroseconds = Given(cgroup.CpuQuota),
                PeriodMicroseconds = cgroup.CpuPeriod > 0 ? (ulong)cgroup.CpuPeriod : null,
                Cpus = cgroup.CpusetCpus.Length == 0 ? null : cgroup.CpusetCpus,
            },
        };
    }

    private static void CheckNumbers(CgroupSpec cgroup, List<ConfigurationFinding> findings)
    {
        Check("memory", cgroup.Memory);
        Check("memory_reservation", cgroup.MemoryReservation);
        Check("cpu_shares", cgroup.CpuShares);
        Check("cpu_period", cgroup.CpuPeriod);
        if (cgroup.MemorySwap < -1)
            findings.Add(new("cgroups.memory_swap", $"{cgroup.MemorySwap} is not a number of bytes, nor -1 for no limit"));
        if (cgroup.CpuQuota < -1)
            findings.Add(new("cgroups.cpu_quota", $"{cgroup.CpuQuota} is not a number of microseconds, nor -1 for no limit"));
        if (cgroup.Freezer is not ("" or "FROZEN" or "THAWED"))
            findings.Add(new("cgroups.freezer", $"'{cgroup.Freezer}' is not FROZEN or THAWED"));
        if (cgroup.Freezer == "FROZEN")
            findings.Add(new("cgroups.freezer", "a container that is FROZEN from the start would never run its command; nsinit pause stops one that runs"));

        void Check(string name, long number)
        {
            if (number < 0)
                findings.Add(new($"cgroups.{name}", $"{number} is negative"));
        }
    }

    /// <summary>The list as it is, and nothing else; behind it goes what every container has.</summary>
    private static ImmutableArray<DeviceRule> Devices(CgroupSpec cgroup, List<ConfigurationFinding> findings)
    {
        if (cgroup.AllowAllDevices)
            return [new DeviceRule(IsAllowed: true)];
        ImmutableArray<DeviceRule>.Builder rules = ImmutableArray.CreateBuilder<DeviceRule>();
        rules.Add(new DeviceRule(IsAllowed: false));
        for (int i = 0; i < cgroup.AllowedDevices.Length; i++)
        {
            DeviceSpec device = cgroup.AllowedDevices[i];
            DeviceAccess access = DeviceAccess.None;
            foreach (char letter in device.CgroupPermissions)
                access |= letter switch { 'r' => DeviceAccess.Read, 'w' => DeviceAccess.Write, 'm' => DeviceAccess.MakeNode, _ => (DeviceAccess)0x80 };
            if (device.Type is not ('c' or 'b'))
                findings.Add(new($"cgroups.allowed_devices[{i}].type", $"{device.Type} is not a type of device: 99 (c) or 98 (b)"));
            else if (device.MajorNumber is < -1 or > int.MaxValue || device.MinorNumber is < -1 or > int.MaxValue)
                findings.Add(new($"cgroups.allowed_devices[{i}]", $"{device.MajorNumber}:{device.MinorNumber} is not a device number, nor -1 for any"));
            else if (access is DeviceAccess.None || (access & ~DeviceAccess.All) != 0)
                findings.Add(new($"cgroups.allowed_devices[{i}].cgroup_permissions", $"'{device.CgroupPermissions}' is not of r, w, m"));
            else
                rules.Add(new DeviceRule(true, device.Type == 'c' ? DeviceType.Character : DeviceType.Block, Number(device.MajorNumber), Number(device.MinorNumber), access));
        }
        return rules.ToImmutable();
    }

    private static int? Number(long number) => number < 0 ? null : (int)number;

    private static long? Given(long number) => number == 0 ? null : number;

    private static long Twice(long bytes) => bytes > long.MaxValue / 2 ? long.MaxValue : bytes * 2;
}
