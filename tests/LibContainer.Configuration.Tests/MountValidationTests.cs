namespace LibContainer.Configuration.Tests;

/// <summary>The rules about what is mounted, made and hidden in a container.</summary>
public sealed class MountValidationTests
{
    [Theory]
    [InlineData("/data")]
    [InlineData("/data/")]
    [InlineData("//data//x")]
    [InlineData("/a/../data")]
    [InlineData("/proc2")]
    [InlineData("/a/proc/x")]
    [InlineData("/...")]
    [InlineData("/..data")]
    public void A_destination_inside_the_root_is_good(string destination)
        => Of(MountConfiguration.Memory(destination)).Should().BeEmpty();

    [Theory]
    [InlineData("/")]
    [InlineData("//")]
    [InlineData("/.")]
    [InlineData("/a/..")]
    public void The_root_is_no_destination(string destination)
        => Of(MountConfiguration.Memory(destination)).Should().Equal("mounts[0].destination: the root itself cannot be mounted onto");

    [Theory]
    [InlineData("/proc")]
    [InlineData("/proc/")]
    [InlineData("/x/../proc")]
    [InlineData("/proc/x")]
    [InlineData("/proc/self/attr")]
    [InlineData("//proc/./sys")]
    public void Nothing_but_proc_lies_in_proc(string destination)
        => Of(MountConfiguration.Memory(destination)).Should().ContainSingle()
            .Which.Should().StartWith($"mounts[0].destination: '{destination}' lies in /proc");

    [Fact]
    public void Proc_itself_is_mounted_on_proc_and_not_below_it()
    {
        Of(new MountConfiguration("/proc", "proc", "proc")).Should().BeEmpty();
        Of(new MountConfiguration("/proc/x", "proc", "proc")).Should().ContainSingle();
    }

    [Fact]
    public void A_bind_on_proc_is_refused()
        => Of(MountConfiguration.Bind("/proc", "/proc")).Should().ContainSingle().Which.Should().StartWith("mounts[0].destination");

    public static TheoryData<string, string> BadPaths => new()
    {
        { "", "'' is not an absolute path" },
        { "data", "'data' is not an absolute path" },
        { "../data", "'../data' is not an absolute path" },
        { "/..", "'/..' climbs out of the root" },
        { "/../data", "'/../data' climbs out of the root" },
        { "/a/../../a", "'/a/../../a' climbs out of the root" },
        { "/./..", "'/./..' climbs out of the root" },
        { "/a\0b", "contains a NUL character, at which the kernel would stop reading" },
    };

    [Theory]
    [MemberData(nameof(BadPaths))]
    public void A_destination_is_absolute_and_stays_in_the_root(string path, string message)
        => Of(MountConfiguration.Memory(path)).Should().Equal($"mounts[0].destination: {message}");

    [Theory]
    [MemberData(nameof(BadPaths))]
    public void A_device_is_absolute_and_stays_in_the_root(string path, string message)
        => Of(Valid.Container with { Devices = [new DeviceNode(path, DeviceType.Character, 1, 3)] }).Should().Equal($"devices[0].path: {message}");

    [Theory]
    [MemberData(nameof(BadPaths))]
    public void A_masked_path_is_absolute_and_stays_in_the_root(string path, string message)
        => Of(Valid.Container with { MaskedPaths = [path] }).Should().Equal($"maskedPaths[0]: {message}");

    [Theory]
    [MemberData(nameof(BadPaths))]
    public void A_read_only_path_is_absolute_and_stays_in_the_root(string path, string message)
        => Of(Valid.Container with { ReadOnlyPaths = [path] }).Should().Equal($"readOnlyPaths[0]: {message}");

    [Theory]
    [InlineData("")]
    [InlineData("data")]
    [InlineData("./data")]
    [InlineData("../data")]
    public void The_source_of_a_bind_is_absolute(string source)
        => Of(MountConfiguration.Bind(source, "/data")).Should().Equal($"mounts[0].source: '{source}' is not an absolute path");

    [Fact]
    public void The_source_of_another_mount_is_only_a_name()
        => Of(new MountConfiguration("/data", "tmpfs", "anything")).Should().BeEmpty();

    [Fact]
    public void A_bind_has_no_options_of_a_file_system()
        => Of(MountConfiguration.Bind("/data", "/data") with { Data = "size=1m" }).Should().Equal("mounts[0].data: a bind mount has no options of a file system");

    [Fact]
    public void A_mount_needs_a_type()
        => Of(new MountConfiguration("/data", "", "data")).Should().Equal("mounts[0].type: a mount needs a type");

    [Theory]
    [InlineData("t\0", "s", "d", "mounts[0].type")]
    [InlineData("t", "s\0", "d", "mounts[0].source")]
    [InlineData("t", "s", "d\0", "mounts[0].data")]
    public void No_text_of_a_mount_has_a_nul_in_it(string type, string source, string data, string path)
        => Of(new MountConfiguration("/data", type, source, MountOptions.None, data)).Should().ContainSingle()
            .Which.Should().StartWith($"{path}: contains a NUL character");

    [Fact]
    public void A_finding_counts_mounts_from_zero()
        => Valid.Paths(Valid.Container with { Mounts = [.. MountConfiguration.Defaults, MountConfiguration.Memory("x")] })
            .Should().Equal($"mounts[{MountConfiguration.Defaults.Length}].destination");

    [Theory]
    [InlineData(0, 0, true)]
    [InlineData(4095, 1048575, true)]
    [InlineData(-1, 0, false)]
    [InlineData(0, -1, false)]
    [InlineData(4096, 0, false)]
    [InlineData(0, 1048576, false)]
    public void A_device_number_has_twelve_bits_and_twenty(int major, int minor, bool good)
        => Valid.Paths(Valid.Container with { Devices = [new DeviceNode("/dev/x", DeviceType.Block, major, minor)] })
            .Should().Equal(good ? [] : new[] { "devices[0]" });

    [Theory]
    [InlineData(0, true)]
    [InlineData(0xFFF, true)]
    [InlineData(0x1000, false)]
    [InlineData(-1, false)]
    public void The_mode_of_a_device_is_permission_bits(int mode, bool good)
        => Valid.Paths(Valid.Container with { Devices = [new DeviceNode("/dev/x", DeviceType.Fifo, 0, 0, mode)] })
            .Should().Equal(good ? [] : new[] { "devices[0].mode" });

    private static IEnumerable<string> Of(MountConfiguration mount) => Of(Valid.Container with { Mounts = [mount] });

    private static IEnumerable<string> Of(ContainerConfiguration container) => Valid.Findings(container).Select(finding => finding.ToString());

    [Theory]
    [InlineData("/")]
    [InlineData("/dev/..")]
    public void The_root_is_no_device_and_no_path_to_protect(string path) => Valid.Paths(Valid.Container with
    {
        Devices = [new DeviceNode(path, DeviceType.Character, 1, 3)],
        MaskedPaths = [path],
        ReadOnlyPaths = [path],
    }).Should().Equal("devices[0].path", "maskedPaths[0]", "readOnlyPaths[0]");

    [Fact]
    public void A_device_has_a_known_type_and_an_owner() => Valid.Paths(Valid.Container with
    {
        Devices = [new DeviceNode("/dev/a", (DeviceType)9, 1, 3), new DeviceNode("/dev/b", DeviceType.Block, 1, 3, UserId: -1)],
    }).Should().Equal("devices[0].type", "devices[1]");

    [Fact]
    public void Access_times_are_updated_either_never_or_always()
        => Valid.Paths(Valid.Container with { Mounts = [new MountConfiguration("/x", "tmpfs", "x", MountOptions.NoAtime | MountOptions.StrictAtime)] })
            .Should().Equal("mounts[0].options");
}
