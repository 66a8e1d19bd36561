using System.Net;
using System.Text;
using System.Text.Json;
using CsCheck;

namespace LibContainer.Configuration.Tests.Json;

/// <summary>Our own format: what is written is read as the same, and what is not written is what it is by itself.</summary>
public sealed class ConfigurationJsonTests
{
    private static string Text(ContainerConfiguration container, ProcessConfiguration process)
        => Encoding.UTF8.GetString(ConfigurationJson.Write(container, process));

    [Fact]
    public void What_is_written_is_read_as_the_same()
        => Generators.Documents.Sample(
            document =>
            {
                byte[] written = ConfigurationJson.Write(document.Container, document.Process);
                (ContainerConfiguration container, ProcessConfiguration process) = ConfigurationJson.Read(written);
                return ModelWalk.AreEqual(document.Container, container)
                    && ModelWalk.AreEqual(document.Process, process)
                    && ConfigurationJson.Write(container, process).AsSpan().SequenceEqual(written);
            },
            iter: 2000,
            threads: 1,
            print: document => Text(document.Container, document.Process));

    [Fact]
    public void A_member_says_what_the_property_of_its_name_has()
        => Generators.Documents.Sample(
            document =>
            {
                using JsonDocument json = JsonDocument.Parse(ConfigurationJson.Write(document.Container, document.Process));
                return Mirror.Shows(json.RootElement, document.Container)
                    && Mirror.Shows(json.RootElement.GetProperty("process"), document.Process);
            },
            iter: 500,
            threads: 1,
            print: document => Text(document.Container, document.Process));

    [Fact]
    public void A_default_document_says_next_to_nothing()
        => Text(new() { Root = RootFileSystem.HostUserland() }, new("/bin/sh", "-c", "exit 7")).Should().Be(
            """
            {
              "version": 1,
              "root": {
                "type": "hostUserland"
              },
              "process": {
                "arguments": [
                  "/bin/sh",
                  "-c",
                  "exit 7"
                ]
              }
            }

            """);

    [Fact]
    public void What_is_missing_is_what_the_model_has_by_itself()
    {
        (ContainerConfiguration container, ProcessConfiguration process) = Read(
            """{ "version": 1, "root": { "type": "directory", "path": "/srv" }, "process": {} }""");

        ModelWalk.AreEqual(container, new ContainerConfiguration { Root = RootFileSystem.Directory("/srv") }).Should().BeTrue();
        ModelWalk.AreEqual(process, new ProcessConfiguration()).Should().BeTrue();
        process.NoNewPrivileges.Should().BeTrue();
        process.Umask.Should().Be(Convert.ToInt32("022", 8));
    }

    [Fact]
    public void What_is_not_the_default_is_written_also_when_it_is_nothing()
    {
        string text = Text(
            new() { Root = RootFileSystem.HostUserland(), Namespaces = NamespaceKinds.Mount, Mounts = [] },
            new("/bin/true") { NoNewPrivileges = false, Umask = 0, Environment = [] });

        JsonElement document = JsonDocument.Parse(text).RootElement;
        document.GetProperty("namespaces").GetRawText().Should().MatchRegex("""^\[\s*"mount"\s*\]$""");
        document.GetProperty("mounts").GetArrayLength().Should().Be(0);
        document.GetProperty("process").GetProperty("noNewPrivileges").GetBoolean().Should().BeFalse();
        document.GetProperty("process").GetProperty("umask").GetInt32().Should().Be(0);
        document.GetProperty("process").GetProperty("environment").GetArrayLength().Should().Be(0);
    }

    [Fact]
    public void A_document_says_things_as_people_do()
        => Text(
            new()
            {
                Root = RootFileSystem.Directory("/srv/<büro>"),
                Mounts = [MountConfiguration.Bind("/data", "/data", readOnly: true)],
                JoinedNamespaces = Valid.Container.JoinedNamespaces.Add(NamespaceKinds.User, "/proc/7/ns/user"),
                Resources = new() { Memory = new() { LimitBytes = 1 << 20 } },
            },
            new("/bin/true") { ResourceLimits = [new(ResourceKind.OpenFiles, 1024, null)] }).Should().Be(
            """
            {
              "version": 1,
              "root": {
                "type": "directory",
                "path": "/srv/<büro>"
              },
              "joinedNamespaces": {
                "user": "/proc/7/ns/user"
              },
              "mounts": [
                {
                  "destination": "/data",
                  "type": "bind",
                  "source": "/data",
                  "options": [
                    "readOnly",
                    "noSuid",
                    "noDev",
                    "recursive"
                  ]
                }
              ],
              "resources": {
                "memory": {
                  "limitBytes": 1048576
                }
              },
              "process": {
                "arguments": [
                  "/bin/true"
                ],
                "resourceLimits": [
                  {
                    "kind": "openFiles",
                    "soft": 1024,
                    "hard": null
                  }
                ]
              }
            }

            """);

    [Fact]
    public void A_network_says_its_addresses_as_people_do()
    {
        string text = Text(
            Valid.Container with
            {
                Networks = [new VethNetwork { Bridge = "br0", Addresses = [InterfaceAddress.Parse("10.88.0.2/24")], Gateways = [IPAddress.Parse("10.88.0.1")] }],
                Routes = [new RouteConfiguration { Destination = InterfaceAddress.Parse("fd00::/8"), Interface = "eth0" }],
            },
            Valid.Process);

        JsonElement document = JsonDocument.Parse(text).RootElement;
        JsonSerializer.Serialize(document.GetProperty("networks")).Should().Be(
            """[{"type":"veth","addresses":["10.88.0.2/24"],"gateways":["10.88.0.1"],"bridge":"br0"}]""");
        JsonSerializer.Serialize(document.GetProperty("routes")).Should().Be("""[{"destination":"fd00::/8","interface":"eth0"}]""");
    }

    [Fact]
    public void An_address_with_a_scope_cannot_be_written()
        => FluentActions.Invoking(() => Text(Valid.Container with { Networks = [new VethNetwork { Gateways = [IPAddress.Parse("fe80::1%3")] }] }, Valid.Process))
            .Should().Throw<ArgumentException>().WithMessage("fe80::1%3 has a scope*");

    [Fact]
    public void Keys_of_a_map_are_written_in_their_order()
    {
        ContainerConfiguration container = new() { Root = RootFileSystem.HostUserland() };
        string[] keys = [.. Enumerable.Range(0, 50).Select(number => $"key.{number:00}")];

        string text = Text(
            container with { Sysctls = container.Sysctls.AddRange(keys.Reverse().Select(key => KeyValuePair.Create(key, "1"))) }, new("x"));

        JsonDocument.Parse(text).RootElement.GetProperty("sysctls").EnumerateObject().Select(member => member.Name).Should().Equal(keys);
    }

    [Theory]
    [InlineData("hostname")]
    [InlineData("resources")]
    [InlineData("personality")]
    public void What_may_be_absent_may_be_null(string member)
        => Read($$"""{ "version": 1, "root": { "type": "hostUserland" }, "{{member}}": null, "process": { "user": null } }""")
            .Container
                .Should().Match<ContainerConfiguration>(
                container => container.Hostname == null && container.Resources == null && container.Personality == null);

    [Fact]
    public void A_value_without_a_name_cannot_be_written()
    {
        FluentActions.Invoking(() => Text(Valid.Container with { RootSwitch = (RootSwitch)7 }, Valid.Process))
            .Should().Throw<ArgumentException>().WithMessage("RootSwitch 7 has no name*");
        FluentActions.Invoking(() => Text(Valid.Container with { Namespaces = (NamespaceKinds)0x8000_0000_0000_0100 }, Valid.Process))
            .Should().Throw<ArgumentException>().WithMessage("NamespaceKinds 0x8000000000000100 has no name*");
    }

    [Fact]
    public void A_text_that_is_none_cannot_be_written()
    {
        FluentActions.Invoking(() => Text(Valid.Container with { Hostname = "a\ud800" }, Valid.Process)).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => Text(Valid.Container with { Sysctls = Valid.Container.Sysctls.Add("a\udc00", "") }, Valid.Process))
            .Should().Throw<ArgumentException>();
    }

    [Fact]
    public void Every_member_of_the_model_is_a_member_of_the_format()
    {
        JsonElement document = JsonDocument.Parse(ConfigurationJson.Write(Full.Container, Full.Process)).RootElement;

        ModelWalk.All(typeof(ContainerConfiguration)).Concat(ModelWalk.All(typeof(ProcessConfiguration), "process."))
            .Select(member => member.Path).Where(path => !Places.Exists(document, path)).Should().BeEmpty();
    }

    private static (ContainerConfiguration Container, ProcessConfiguration Process) Read(string text)
        => ConfigurationJson.Read(Encoding.UTF8.GetBytes(text));
}
