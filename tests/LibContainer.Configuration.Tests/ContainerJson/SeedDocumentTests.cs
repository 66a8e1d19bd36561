using LibContainer.Configuration.ContainerJson;

namespace LibContainer.Configuration.Tests.ContainerJson;

/// <summary>The container of the 2014 document: its JSON as docker passed it, and the text that <c>nsinit spec</c> printed of it.</summary>
public sealed class SeedDocumentTests
{
    private static readonly byte[] Json = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "ContainerJson/Data/seed.json"));
    private static readonly string Spec = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "ContainerJson/Data/seed.spec"));

    [Fact]
    public void Its_spec_comes_out_byte_for_byte()
        => $"Spec:\n{ContainerSpecWriter.WriteIndented(ContainerSpecReader.Read(Json))}\n".Should().Be(Spec);

    [Fact]
    public void Its_JSON_comes_out_byte_for_byte()
        => ContainerSpecWriter.Write(ContainerSpecReader.Read(Json)).Should().Be(System.Text.Encoding.UTF8.GetString(Json));

    [Fact]
    public void Its_printed_text_is_read_back()
        => ContainerSpecWriter.Write(ContainerSpecReader.Read(System.Text.Encoding.UTF8.GetBytes(Spec["Spec:\n".Length..]))).Should().Be(System.Text.Encoding.UTF8.GetString(Json));

    [Fact]
    public void Its_members_are_where_they_belong()
    {
        ContainerSpec spec = ContainerSpecReader.Read(Json);

        spec.Hostname.Should().Be("fa6f79b16832");
        spec.Namespaces.Should().HaveCount(5).And.OnlyContain(entry => entry.Value);
        spec.Capabilities.Should().HaveCount(12).And.StartWith("CHOWN");
        spec.Networks.Select(network => network.Type).Should().Equal("loopback", "veth");
        spec.Networks[1].Context["bridge"].Should().Be("docker0");
        spec.Cgroups!.AllowedDevices.Should().HaveCount(14);
        spec.Context["restrictions"].Should().Be("true");
        spec.Mounts.Where(mount => mount.Writable).Should().ContainSingle().Which.Destination.Should().Be("/var/lib/redis");
        spec.DeviceNodes.Should().HaveCount(7).And.Contain(new DeviceSpec { Type = 99, Path = "/dev/tty", MajorNumber = 5, CgroupPermissions = "rwm", FileMode = 438 });
    }
}
