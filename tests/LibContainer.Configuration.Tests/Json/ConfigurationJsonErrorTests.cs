using System.Text;
using CsCheck;

namespace LibContainer.Configuration.Tests.Json;

/// <summary>Documents that are none: every error with its place, all at once, and never half a container.</summary>
public sealed class ConfigurationJsonErrorTests
{
    private const string HostUserland = """{ "type": "hostUserland" }""";

    /// <summary>All that a document needs but for its end.</summary>
    private const string Start = $$"""{ "version": 1, "root": {{HostUserland}}, "process": {}""";

    private static readonly byte[] FullDocument = ConfigurationJson.Write(Full.Container, Full.Process);

    [Theory]
    [InlineData("""{ "hostnmae": "a" }""", "hostnmae: is not a member that is known")]
    [InlineData("""{ "Hostname": "a" }""", "Hostname: is not a member that is known")]
    [InlineData("""{ "hostname": 7 }""", "hostname: should be a text")]
    [InlineData("""{ "hostname": "a", "hostname": "b" }""", "hostname: is there twice")]
    [InlineData("""{ "readOnlyRoot": "yes" }""", "readOnlyRoot: should be true or false")]
    [InlineData("""{ "readOnlyRoot": null }""", "readOnlyRoot: should be true or false")]
    [InlineData("""{ "rootSwitch": "jump" }""", "rootSwitch: should be one of pivot, move")]
    [InlineData("""{ "rootSwitch": "Pivot" }""", "rootSwitch: should be one of pivot, move")]
    [InlineData("""{ "rootSwitch": 0 }""", "rootSwitch: should be one of pivot, move")]
    [InlineData("""{ "mounts": {} }""", "mounts: should be a list")]
    [InlineData("""{ "mounts": null }""", "mounts: should be a list")]
    [InlineData("""{ "mounts": [7] }""", "mounts[0]: should be an object")]
    [InlineData("""{ "mounts": [{ "destination": "/a", "type": "tmpfs" }] }""", "mounts[0].source: is missing")]
    [InlineData("""{ "namespaces": "mount" }""", "namespaces: should be a list")]
    [InlineData("""{ "namespaces": ["mount", "mount"] }""", "namespaces[1]: mount is there twice")]
    [InlineData(
        """{ "devices": [{ "path": "/dev/a", "type": "fifo", "major": 0.5, "minor": 0 }] }""",
        "devices[0].major: should be a whole number from -2147483648 to 2147483647")]
    [InlineData(
        """{ "devices": [{ "path": "/dev/a", "type": "fifo", "major": 1e2, "minor": 0 }] }""",
        "devices[0].major: should be a whole number from -2147483648 to 2147483647")]
    [InlineData(
        """{ "devices": [{ "path": "/dev/a", "type": "fifo", "major": 4294967296, "minor": 0 }] }""",
        "devices[0].major: should be a whole number from -2147483648 to 2147483647")]
    [InlineData(
        """{ "userIdMappings": [{ "containerId": 0, "hostId": -1, "size": 1 }] }""",
        "userIdMappings[0].hostId: should be a whole number from 0 to 4294967295")]
    [InlineData("""{ "sysctls": { "net.ipv4.ip_forward": 1 } }""", """sysctls["net.ipv4.ip_forward"]: should be a text""")]
    [InlineData("""{ "sysctls": { "a": "1", "a": "2" } }""", """sysctls["a"]: is there twice""")]
    [InlineData("""{ "sysctls": [] }""", "sysctls: should be an object")]
    [InlineData(
        """{ "joinedNamespaces": { "net": "/a" } }""",
        """joinedNamespaces["net"]: 'net' is not one of time, mount, cgroup, uts, ipc, user, pid, network""")]
    [InlineData(
        """{ "resources": { "rdma": { "mlx": { "handles": 1 } } } }""",
        """resources.rdma["mlx"].handles: is not a member that is known""")]
    [InlineData("""{ "seccomp": {} }""", "seccomp.defaultAction: is missing")]
    [InlineData("""{ "networks": [{ "type": "switch" }] }""", "networks[0].type: should be one of loopback, veth, bridge, macvlan, ipvlan, custom")]
    [InlineData("""{ "networks": [{}] }""", "networks[0].type: is missing")]
    [InlineData("""{ "networks": [{ "type": "loopback", "name": "lo" }] }""", "networks[0].name: is not a member that is known")]
    [InlineData("""{ "networks": [{ "type": "macvlan" }] }""", "networks[0].parent: is missing")]
    [InlineData("""{ "networks": [{ "type": "custom" }] }""", "networks[0].strategy: is missing")]
    [InlineData(
        """{ "networks": [{ "type": "veth", "addresses": ["10.88.0.2"] }] }""",
        "networks[0].addresses[0]: should be an address with a prefix length: 10.88.0.2/24")]
    [InlineData(
        """{ "networks": [{ "type": "veth", "addresses": [7] }] }""",
        "networks[0].addresses[0]: should be an address with a prefix length: 10.88.0.2/24")]
    [InlineData(
        """{ "networks": [{ "type": "veth", "gateways": ["10.88.0.1/24"] }] }""",
        "networks[0].gateways[0]: should be an address of IPv4 or IPv6: 10.88.0.1")]
    [InlineData(
        """{ "networks": [{ "type": "veth", "gateways": ["fe80::1%eth0"] }] }""",
        "networks[0].gateways[0]: should be an address of IPv4 or IPv6: 10.88.0.1")]
    [InlineData("""{ "routes": [{ "gateway": "10.88.0.1" }] }""", "routes[0].interface: is missing")]
    [InlineData(
        """{ "routes": [{ "interface": "eth0", "gateway": "1" }] }""",
        "routes[0].gateway: should be an address of IPv4 or IPv6: 10.88.0.1")]
    [InlineData("""{ "networks": [{ "type": "loopback", "type": "loopback" }] }""", "networks[0].type: is there twice")]
    [InlineData("""{ "hostname": "\ud800" }""", "hostname: should be valid Unicode text")]
    [InlineData("""{ "rootSwitch": "\ud800" }""", "rootSwitch: should be one of pivot, move")]
    [InlineData("""{ "\ud800": 1 }""", "has a member whose name is no valid Unicode text")]
    [InlineData(
        """{ "networks": [{ "\ud800": 1, "type": "loopback" }] }""",
        "networks[0]: has a member whose name is no valid Unicode text")]
    [InlineData("""{ "annotations": { "\ud800": "" } }""", "annotations: has a member whose name is no valid Unicode text")]
    public void What_is_wrong_with_a_container_is_said_with_its_place(string members, string finding)
        => Findings($"{Start}, {members.TrimStart('{', ' ')}")
            .Should().Equal(finding);

    [Theory]
    [InlineData(
        """{ "resourceLimits": [{ "kind": "core", "soft": 1, "hard": 1 }, { "kind": "cores", "soft": 1, "hard": 1 }] }""",
        "process.resourceLimits[1].kind: should be one of cpu, *")]
    [InlineData("""{ "resourceLimits": [{ "kind": "core", "soft": 1 }] }""", "process.resourceLimits[0].hard: is missing")]
    [InlineData(
        """{ "resourceLimits": [{ "kind": "core", "soft": 1, "hard": -1 }] }""",
        "process.resourceLimits[0].hard: should be a whole number from 0 to 18446744073709551615")]
    [InlineData("""{ "arguments": ["a", null] }""", "process.arguments[1]: should be a text")]
    [InlineData("""{ "capabilities": { "bounding": ["CAP_KILL"] } }""", "process.capabilities.bounding[0]: should be one of chown, *")]
    [InlineData("""{ "capabilities": null }""", "process.capabilities: should be an object")]
    public void What_is_wrong_with_a_process_is_said_with_its_place(string process, string finding)
        => Findings($$"""{ "version": 1, "root": {{HostUserland}}, "process": {{process}} }""")
            .Should().ContainSingle().Which.Should().Match(finding);

    [Theory]
    [InlineData("7", "a document is an object")]
    [InlineData("null", "a document is an object")]
    [InlineData("[]", "a document is an object")]
    [InlineData("""{ "version": 2, "unheard": "of" }""", "version: 2 is not known; this library knows 1")]
    [InlineData("""{ "version": 1.5 }""", "version: 1.5 is not known; this library knows 1")]
    public void A_document_of_another_kind_is_judged_by_that_alone(string text, string finding) => Findings(text).Should().Equal(finding);

    [Fact]
    public void What_a_document_needs_is_asked_for()
        => Findings("{}").Should().Equal("version: is missing", "root: is missing", "process: is missing");

    [Fact]
    public void Everything_that_is_wrong_is_said_at_once()
        => Findings(
            """
            {
              "version": "1",
              "root": { "type": "directory" },
              "mounts": [
                { "destination": 7, "type": "tmpfs", "source": "a", "options": ["ro", "readOnly"], "opts": [] },
                { "destination": "/b", "type": "tmpfs", "source": "b" },
                "c"
              ],
              "hooks": { "prestart": [{ "path": "/bin/a", "timeoutSeconds": "5" }, {}] },
              "process": { "umask": "022", "user": 7, "UserId": 0 }
            }
            """).Select(finding => finding.Split(':')[0]).Should().Equal(
                "version", "root.path", "mounts[0].destination", "mounts[0].options[0]", "mounts[0].opts", "mounts[2]",
                "hooks.prestart[0].timeoutSeconds", "hooks.prestart[1].path", "process.umask", "process.user", "process.UserId");

    [Theory]
    [InlineData("", "line 1, column 1: the document ends too early")]
    [InlineData("{", "line 1, column 2: the document ends too early")]
    [InlineData("{ \"version\": 1,\n", "line 2, column 1: the document ends too early")]
    [InlineData("{\n  \"version\": 1,\n}", "line 3, column 1: '}' is not what JSON has there")]
    [InlineData("{\n  version: 1 }", "line 2, column 3: 'v' is not what JSON has there")]
    [InlineData("{ } { }", "line 1, column 5: '{' is not what JSON has there")]
    [InlineData("{ /* */ }", "line 1, column 3: '/' is not what JSON has there")]
    [InlineData("\uFEFF{}", "line 1, column 1: byte 239 is not what JSON has there")]
    [InlineData("\u0001", "line 1, column 1: byte 1 is not what JSON has there")]
    public void A_text_that_is_no_json_is_one_finding_with_line_and_column(string text, string finding) => Findings(text)
        .Should().Equal(finding);

    [Theory]
    [InlineData(63, "x: is not a member that is known")]
    [InlineData(64, "line 2, column 64: the document is nested more than 64 deep")]
    [InlineData(1_000_000, "line 2, column 64: the document is nested more than 64 deep")]
    public void Deep_nesting_is_refused_where_it_begins(int depth, string finding)
        => Findings(Start + ", \"x\":\n" + new string('[', depth) + new string(']', depth) + " }")
            .Should().Equal(finding);

    [Fact]
    public void What_is_no_json_deep_down_is_not_taken_for_deep_nesting()
        => Findings("{ \"x\":\n" + new string('[', 63) + "}").Should().Equal("line 2, column 64: '}' is not what JSON has there");

    [Fact]
    public void A_document_that_was_damaged_is_refused_with_places_or_is_another_document()
        => Gen.Int[0, FullDocument.Length - 1].Select(Gen.Byte).Array[1, 3].Sample(
            damages =>
            {
                byte[] document = [.. FullDocument];
                foreach ((int place, byte value) in damages)
                    document[place] = value;
                try
                {
                    (ContainerConfiguration container, ProcessConfiguration process) = ConfigurationJson.Read(document);
                    return container is not null && process is not null;
                }
                catch (ConfigurationException error)
                {
                    return !error.Findings.IsEmpty;
                }
            },
            iter: 3000);

    [Fact]
    public void A_document_that_is_cut_off_is_refused()
    {
        for (int length = 0; length < FullDocument.Length - 2; length += 7)
            FluentActions.Invoking(() => ConfigurationJson.Read(FullDocument.AsSpan(0, length))).Should().Throw<ConfigurationException>()
                .Which.Findings.Should().ContainSingle().Which.ToString().Should().MatchRegex("^line [0-9]+, column [0-9]+: ");
    }

    [Fact]
    public void Bytes_that_are_no_text_are_said_by_place()
        => Findings([.. Encoding.UTF8.GetBytes(Start + ", \"hostname\": \""), 0xFF, .. "\" }"u8])
            .Should().Equal("hostname: should be valid Unicode text");

    private static IEnumerable<string> Findings(string text) => Findings(Encoding.UTF8.GetBytes(text));

    private static IEnumerable<string> Findings(byte[] document)
        => FluentActions.Invoking(() => ConfigurationJson.Read(document)).Should().Throw<ConfigurationException>()
            .Which.Findings.Select(finding => finding.ToString());
}
