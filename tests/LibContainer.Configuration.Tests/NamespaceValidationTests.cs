using System.Collections.Immutable;

namespace LibContainer.Configuration.Tests;

/// <summary>The rules about what is one container's own because of its namespaces.</summary>
public sealed class NamespaceValidationTests
{
    [Fact]
    public void A_namespace_can_be_joined_in_the_place_of_a_new_one()
    {
        ContainerConfiguration container = Joined(NamespaceKinds.Network, "/run/netns/a") with
        {
            Namespaces = NamespaceKinds.Default & ~NamespaceKinds.Network,
            Networks = [],
        };

        Valid.Rules(container).Should().BeEmpty();
        Valid.Rules(container with { Namespaces = NamespaceKinds.Default }).Should().Equal(
            """joinedNamespaces["network"]: a namespace is either joined or new""");
    }

    [Theory]
    [InlineData(NamespaceKinds.User, "run/a", """joinedNamespaces["user"]: 'run/a' is not an absolute path""")]
    [InlineData(
        NamespaceKinds.Time, "/a\0",
        """joinedNamespaces["time"]: contains a NUL character, at which the kernel would stop reading""")]
    [InlineData(NamespaceKinds.None, "/a", "joinedNamespaces: 0x0 is not one kind of namespace")]
    [InlineData(NamespaceKinds.User | NamespaceKinds.Time, "/a", "joinedNamespaces: 0x10000080 is not one kind of namespace")]
    [InlineData((NamespaceKinds)0x100, "/a", "joinedNamespaces: 0x100 is not one kind of namespace")]
    public void A_namespace_that_is_joined_has_one_kind_and_a_path(NamespaceKinds kind, string path, string finding)
        => Valid.Rules(Joined(kind, path)).Should().Equal(finding);

    [Fact]
    public void Ids_are_mapped_one_to_one()
    {
        Mappings(new(0, 1000, 10), new(10, 2000, 10), new(4294967294, 0, 1)).Should().BeEmpty();
        Mappings(new IdMapping(0, 0, uint.MaxValue)).Should().BeEmpty("that is the map of a host");
        Mappings(new(0, 1000, 10), new(9, 2000, 10)).Should().Equal("[1].containerId: has ids in common with range 0");
        Mappings(new(0, 1000, 10), new(20, 991, 10)).Should().Equal("[1].hostId: has ids in common with range 0");
        Mappings(new IdMapping(0, 0, 0)).Should().Equal("[0].size: a range has one id at least");
        Mappings(new IdMapping(1, 0, uint.MaxValue)).Should().Equal("[0]: reaches beyond the last id, 4294967294");
        Mappings(new IdMapping(0, 1, uint.MaxValue)).Should().Equal("[0]: reaches beyond the last id, 4294967294");
    }

    [Theory]
    [InlineData(340, true)]
    [InlineData(341, false)]
    public void A_map_has_340_ranges_at_most(int count, bool good)
        => Valid.Rules(Valid.Container with
        {
            UserIdMappings = [.. Enumerable.Range(0, count).Select(i => new IdMapping((uint)i, (uint)i, 1))],
        })
            .Should().Equal(good ? [] : new[] { "userIdMappings: 341 ranges are more than the 340 that Linux takes" });

    [Fact]
    public void A_map_of_a_mount_is_judged_as_one_of_a_container()
        => Valid.Rules(Valid.Container with
        {
            Mounts =
            [
                MountConfiguration.Bind("/a", "/b") with
                {
                    IdMap = new() { UserIds = [new(0, 0, 0)], GroupIds = [new(0, 0, 2), new(1, 9, 1)] },
                },
            ],
        }).Should().Equal(
            "mounts[0].idMap.userIds[0].size: a range has one id at least",
            "mounts[0].idMap.groupIds[1].containerId: has ids in common with range 0");

    [Theory]
    [InlineData(0, true)]
    [InlineData(999_999_999, true)]
    [InlineData(1_000_000_000, false)]
    [InlineData(-1, false)]
    public void Nanoseconds_are_a_part_of_a_second(int nanoseconds, bool good)
        => Valid.Rules(Valid.Container with { MonotonicOffset = new(-5, nanoseconds), BoottimeOffset = new(5, nanoseconds) })
            .Should().Equal(good ? [] : new[]
        {
            $"monotonicOffset.nanoseconds: {nanoseconds} is not from 0 to 999999999",
            $"boottimeOffset.nanoseconds: {nanoseconds} is not from 0 to 999999999",
        });

    [Fact]
    public void A_domain_name_is_64_bytes_in_a_uts_namespace()
    {
        Valid.Rules(Valid.Container with { DomainName = new('a', 64) }).Should().BeEmpty();
        Valid.Rules(Valid.Container with { DomainName = new('ü', 33) })
            .Should().ContainSingle().Which.Should().EndWith("is not a domain name: 1 to 64 bytes");
        Valid.Rules(Valid.Container with { DomainName = "" }).Should().Equal("domainName: '' is not a domain name: 1 to 64 bytes");
        Valid.Rules(Valid.Container with { DomainName = "a", Namespaces = NamespaceKinds.Default & ~NamespaceKinds.Uts })
            .Should().Equal("domainName: a domain name needs a UTS namespace of the container's own");
    }

    [Theory]
    [InlineData("eth0", "net0", null)]
    [InlineData("eth0", "123456789012345", null)]
    [InlineData("eth0", "1234567890123456", "eth0")]
    [InlineData("eth0", "", "eth0")]
    [InlineData("eth0", "a/b", "eth0")]
    [InlineData("eth0", "a:b", "eth0")]
    [InlineData("eth0", "a b", "eth0")]
    [InlineData("..", "eth0", "..")]
    public void A_network_device_has_a_name_that_the_kernel_takes(string host, string inside, string? device)
        => Valid.Rules(Valid.Container with { NetworkDevices = Map((host, inside)) }).Select(finding => finding.Split(": ")[0])
            .Should().Equal(device is null ? [] : new[] { $"networkDevices[\"{device}\"]" });

    [Fact]
    public void Two_network_devices_have_two_names()
        => Valid.Rules(Valid.Container with { NetworkDevices = Map(("a", "x"), ("b", "x"), ("c", "c")) })
            .Should().Equal("""networkDevices["b"]: 'x' is the name of two devices""");

    [Theory]
    [InlineData("net.ipv4.ip_forward", "1", true)]
    [InlineData("net/ipv4/conf/eth0.1/forwarding", "1", true)]
    [InlineData("kernel.domainname", "", true)]
    [InlineData("", "1", false)]
    [InlineData("net..ipv4", "1", false)]
    [InlineData("net.ipv4.", "1", false)]
    [InlineData("net.../.", "1", false)]
    [InlineData("net.ipv4.a", "\0", false)]
    public void A_kernel_parameter_has_a_name_of_parts(string name, string value, bool good)
        => Valid.Rules(Valid.Container with { Sysctls = Map((name, value)) }).Select(finding => finding.Split(": ")[0])
            .Should().Equal(good ? [] : new[] { $"sysctls[\"{name}\"]" });

    private static ContainerConfiguration Joined(NamespaceKinds kind, string path)
        => Valid.Container with { JoinedNamespaces = ImmutableDictionary<NamespaceKinds, string>.Empty.Add(kind, path) };

    /// <summary>The same for users and groups.</summary>
    private static string[] Mappings(params ImmutableArray<IdMapping> mappings)
    {
        string[] users = [.. Valid.Rules(Valid.Container with { UserIdMappings = mappings })
            .Select(finding => finding.Replace("userIdMappings", ""))];
        Valid.Rules(Valid.Container with { GroupIdMappings = mappings }).Select(finding => finding.Replace("groupIdMappings", ""))
            .Should().Equal(users);
        return users;
    }

    private static ImmutableDictionary<string, string> Map(params (string Key, string Value)[] entries)
        => entries.ToImmutableDictionary(entry => entry.Key, entry => entry.Value);
}
