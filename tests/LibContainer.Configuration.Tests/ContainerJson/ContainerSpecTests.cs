using System.Collections.Immutable;
using System.Text;
using CsCheck;
using LibContainer.Configuration.ContainerJson;

namespace LibContainer.Configuration.Tests.ContainerJson;

public sealed class ContainerSpecTests
{
    private static ContainerSpec Read(string json) => ContainerSpecReader.Read(Encoding.UTF8.GetBytes(json));

    private static string Rewritten(string json) => ContainerSpecWriter.Write(Read(json));

    /// <summary>What Go's encoder of 2014 made of it.</summary>
    [Theory]
    [InlineData("{}", "{}")]
    [InlineData("""{"hostname":"a<b>&c"}""", """{"hostname":"a\u003cb\u003e\u0026c"}""")]
    [InlineData("""{"hostname":"tab\tnewline\nreturn\rbell\u0007back\bform\f"}""", """{"hostname":"tab\u0009newline\nreturn\rbell\u0007back\u0008form\u000c"}""")]
    [InlineData("""{"hostname":"\u2028\u2029\u007f\u00e9\u4e2d"}""", "{\"hostname\":\"\\u2028\\u2029\u007fé中\"}")]
    [InlineData("""{"hostname":"quote\" back\\ slash\/ plus+ apos'"}""", """{"hostname":"quote\" back\\ slash/ plus+ apos'"}""")]
    [InlineData("""{"hostname":"\ud83d\ude00"}""", "{\"hostname\":\"😀\"}")]
    [InlineData("""{"tty":false,"readonly_fs":true,"hostname":"","capabilities":[],"namespaces":{},"cgroups":null}""", """{"readonly_fs":true}""")]
    [InlineData("""{"cgroups":{}}""", """{"cgroups":{}}""")]
    [InlineData("""{"networks":[{}]}""", """{"networks":[{}]}""")]
    [InlineData("""{"namespaces":{"NEWPID":false,"NEWNS":true,"A":true}}""", """{"namespaces":{"A":true,"NEWNS":true,"NEWPID":false}}""")]
    [InlineData("""{"context":{"mount_label":"","a":"1"}}""", """{"context":{"a":"1","mount_label":""}}""")]
    [InlineData("""{"context":{"\ud83d\ude00":"1","\uff5e":"2"}}""", "{\"context\":{\"～\":\"2\",\"😀\":\"1\"}}")]
    [InlineData("""{"cgroups":{"memory":9223372036854775807,"memory_swap":-1}}""", """{"cgroups":{"memory":9223372036854775807,"memory_swap":-1}}""")]
    [InlineData("""{"device_nodes":[{"type":99,"major_number":5,"minor_number":0,"file_mode":4294967295}]}""", """{"device_nodes":[{"type":99,"major_number":5,"file_mode":4294967295}]}""")]
    public void It_is_rewritten_as_Go_wrote_it(string json, string expected) => Rewritten(json).Should().Be(expected);

    [Fact]
    public void The_order_of_members_is_fixed()
    {
        string all = """{"hostname":"h","readonly_fs":true,"no_pivot_root":true,"user":"u","working_dir":"/w","environment":["A=1"],"tty":true,"namespaces":{"NEWNS":true},"capabilities":["KILL"],"networks":[{"type":"veth","context":{"bridge":"b"},"address":"1.2.3.4/5","gateway":"g","mtu":1500}],"routes":[{"destination":"d","source":"s","gateway":"g","interface_name":"i"}],"cgroups":{"name":"n","parent":"p","allow_all_devices":true,"allowed_devices":[{"type":98}],"memory":1,"memory_reservation":2,"memory_swap":3,"cpu_shares":4,"cpu_quota":5,"cpu_period":6,"cpuset_cpus":"0","freezer":"FROZEN","slice":"s"},"context":{"c":"x"},"mounts":[{"type":"bind","source":"/s","destination":"/d","writable":true,"private":true}],"device_nodes":[{"type":99,"path":"/p","major_number":1,"minor_number":2,"cgroup_permissions":"r","file_mode":438}]}""";

        Rewritten(all).Should().Be(all);
        Rewritten(Reversed(all)).Should().Be(all);
    }

    [Theory]
    [InlineData("""{"HOSTNAME":"x"}""")]
    [InlineData("""{"HostName":"y","hostname":"x"}""")]
    [InlineData("""{"hostname":"x","unknown":{"a":[1,{"b":null}]},"more":[[]]}""")]
    [InlineData("""{"hostname":"x","user":null,"tty":null,"capabilities":null,"cgroups":null,"namespaces":null}""")]
    [InlineData("""   {"hostname":"x"} and what follows is not looked at""")]
    public void Reading_is_as_lenient_as_then(string json) => Read(json).Hostname.Should().Be("x");

    [Fact]
    public void The_form_of_July_is_read_into_that_of_June() => Rewritten("""
        {"mount_config":{"no_pivot_root":true,"readonly_fs":true,"mounts":[{"type":"bind","source":"/s"}],"device_nodes":[{"type":99}],"mount_label":"m"},
         "networks":[{"type":"veth","bridge":"docker0","veth_prefix":"veth"},{"type":"netns","ns_path":"/n"}],
         "apparmor_profile":"a","process_label":"p","restrict_sys":true}
        """).Should().Be("""{"readonly_fs":true,"no_pivot_root":true,"networks":[{"type":"veth","context":{"bridge":"docker0","prefix":"veth"}},{"type":"netns","context":{"nspath":"/n"}}],"context":{"apparmor_profile":"a","mount_label":"m","process_label":"p","restrictions":"true"},"mounts":[{"type":"bind","source":"/s"}],"device_nodes":[{"type":99}]}""");

    [Fact]
    public void Restrictions_that_July_switched_off_are_off() => Rewritten("""{"restrict_sys":false}""").Should().Be("{}");

    [Theory]
    [InlineData("", "line 1, column 1: it ends too early")]
    [InlineData("{\n  \"hostname\": \"x\"", "line 2, column 18: it ends too early")]
    [InlineData("{\n  \"hostname\": x}", "line 2, column 15: 'x' is not what JSON has there")]
    [InlineData("{\"a\":1,}", "line 1, column 8: '}' is not what JSON has there")]
    [InlineData("{\"a\":1 \u0001}", "line 1, column 8: byte 1 is not what JSON has there")]
    [InlineData("[]", "line 1, column 1: it should be an object")]
    [InlineData("{\"hostname\":\n 5}", "line 2, column 2: hostname should be a text")]
    [InlineData("""{"tty":"true"}""", "line 1, column 8: tty should be true or false")]
    [InlineData("""{"environment":["A=1",2]}""", "line 1, column 23: environment[1] should be a text")]
    [InlineData("""{"environment":"A=1"}""", "line 1, column 16: environment should be a list")]
    [InlineData("""{"networks":[{"mtu":1.5}]}""", "line 1, column 21: networks[0].mtu should be a whole number from -9223372036854775808 to 9223372036854775807")]
    [InlineData("""{"networks":[{"mtu":9223372036854775808}]}""", "line 1, column 21: networks[0].mtu should be a whole number from -9223372036854775808 to 9223372036854775807")]
    [InlineData("""{"device_nodes":[{"file_mode":-1}]}""", "line 1, column 31: device_nodes[0].file_mode should be a whole number from 0 to 4294967295")]
    [InlineData("""{"device_nodes":[{"type":"c"}]}""", "line 1, column 26: device_nodes[0].type should be a number")]
    [InlineData("""{"namespaces":{"NEWNS":1}}""", "line 1, column 24: namespaces.NEWNS should be true or false")]
    [InlineData("""{"cgroups":[]}""", "line 1, column 12: cgroups should be an object")]
    [InlineData("""{"hostname":"\ud800"}""", "line 1, column 13: hostname is no valid Unicode text")]
    public void What_cannot_be_read_is_told_with_its_place(string json, string sentence)
        => FluentActions.Invoking(() => Read(json)).Should().Throw<ContainerJsonException>().Which.Message.Should().StartWith(sentence);

    /// <summary>Ten thousand containers, each read back from what was written of it.</summary>
    [Fact]
    public void What_was_written_is_read_back()
        => Specs.Sample(spec => ContainerSpecWriter.Write(Read(ContainerSpecWriter.Write(spec))) == ContainerSpecWriter.Write(spec)
            && ContainerSpecWriter.Write(Read(ContainerSpecWriter.WriteIndented(spec))) == ContainerSpecWriter.Write(spec)
            && Same(Read(ContainerSpecWriter.Write(spec)), spec), iter: 10_000);

    private static bool Same(ContainerSpec one, ContainerSpec other)
        => one.Hostname == other.Hostname && one.Tty == other.Tty && one.User == other.User
        && one.Environment.SequenceEqual(other.Environment) && one.Capabilities.SequenceEqual(other.Capabilities)
        && one.Namespaces.SequenceEqual(other.Namespaces) && one.Context.SequenceEqual(other.Context)
        && one.Mounts.SequenceEqual(other.Mounts) && one.DeviceNodes.SequenceEqual(other.DeviceNodes) && one.Routes.SequenceEqual(other.Routes)
        && one.Networks.Length == other.Networks.Length
        && (one.Cgroups is null) == (other.Cgroups is null) && one.Cgroups?.Memory == other.Cgroups?.Memory && one.Cgroups?.Slice == other.Cgroups?.Slice;

    private static Gen<string> Strings { get; } = Gen.String[Gen.OneOf(Gen.Char['\0', '\ud7ff'], Gen.Char[' ', '~'], Gen.Int[0, 9].Select(i => "<>&\"\\\n\r\t\u2028\u2029"[i])), 0, 12];

    private static Gen<ImmutableSortedDictionary<string, T>> MapOf<T>(Gen<T> values)
        => Gen.Select(Strings, values).Array[0, 4].Select(entries => entries.Aggregate(EmptyMap<T>(), (map, entry) => map.SetItem(entry.Item1, entry.Item2)));

    private static ImmutableSortedDictionary<string, T> EmptyMap<T>()
        => typeof(T) == typeof(bool) ? (ImmutableSortedDictionary<string, T>)(object)new ContainerSpec().Namespaces : (ImmutableSortedDictionary<string, T>)(object)new ContainerSpec().Context;

    private static Gen<DeviceSpec> Devices { get; } = Gen.Select(Gen.Int, Strings, Gen.Long, Gen.Long, Strings, Gen.UInt, (type, path, major, minor, permissions, mode)
        => new DeviceSpec { Type = type, Path = path, MajorNumber = major, MinorNumber = minor, CgroupPermissions = permissions, FileMode = mode });

    private static Gen<MountSpec> Mounts { get; } = Gen.Select(Strings, Strings, Strings, Gen.Bool, Gen.Bool, (type, source, destination, writable, isPrivate)
        => new MountSpec { Type = type, Source = source, Destination = destination, Writable = writable, Private = isPrivate });

    private static Gen<NetworkSpec> Networks { get; } = Gen.Select(Strings, MapOf(Strings), Strings, Strings, Gen.Long, (type, context, address, gateway, mtu)
        => new NetworkSpec { Type = type, Context = context, Address = address, Gateway = gateway, Mtu = mtu });

    private static Gen<RouteSpec> Routes { get; } = Gen.Select(Strings, Strings, Strings, Strings, (destination, source, gateway, name)
        => new RouteSpec { Destination = destination, Source = source, Gateway = gateway, InterfaceName = name });

    private static Gen<CgroupSpec?> Cgroups { get; } = Gen.Select(Gen.Bool, Strings, Gen.Long, Gen.Bool, Devices.Array[0, 3], Strings, (present, name, number, flag, devices, slice)
        => present ? new CgroupSpec { Name = name, Memory = number, CpuQuota = -number, AllowAllDevices = flag, AllowedDevices = [.. devices], Slice = slice } : null);

    private static Gen<ContainerSpec> Specs { get; } = Gen.Select(
        Gen.Select(Strings, Gen.Bool, Gen.Bool, Strings, Strings, Gen.Bool),
        Gen.Select(Strings.Array[0, 4], Strings.Array[0, 4], MapOf(Gen.Bool), MapOf(Strings)),
        Gen.Select(Networks.Array[0, 3], Routes.Array[0, 3], Cgroups, Mounts.Array[0, 3], Devices.Array[0, 3]),
        (plain, lists, objects) => new ContainerSpec
        {
            Hostname = plain.Item1,
            ReadOnlyFileSystem = plain.Item2,
            NoPivotRoot = plain.Item3,
            User = plain.Item4,
            WorkingDirectory = plain.Item5,
            Tty = plain.Item6,
            Environment = [.. lists.Item1],
            Capabilities = [.. lists.Item2],
            Namespaces = lists.Item3,
            Context = lists.Item4,
            Networks = [.. objects.Item1],
            Routes = [.. objects.Item2],
            Cgroups = objects.Item3,
            Mounts = [.. objects.Item4],
            DeviceNodes = [.. objects.Item5],
        });

    /// <summary>The members of the outermost object, last first.</summary>
    private static string Reversed(string json)
    {
        using System.Text.Json.JsonDocument document = System.Text.Json.JsonDocument.Parse(json);
        return "{" + string.Join(',', document.RootElement.EnumerateObject().Reverse().Select(member => $"\"{member.Name}\":{member.Value.GetRawText()}")) + "}";
    }
}
