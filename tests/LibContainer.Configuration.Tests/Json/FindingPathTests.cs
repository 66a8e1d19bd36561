using System.Text.Json;
using CsCheck;

namespace LibContainer.Configuration.Tests.Json;

/// <summary>Who gets a finding looks for it in the document: its path is there.</summary>
public sealed class FindingPathTests
{
    private static readonly JsonElement Document = JsonDocument.Parse(ConfigurationJson.Write(Full.Container, Full.Process)).RootElement;

    [Fact]
    public void Every_path_of_the_validator_is_a_member_of_the_format()
    {
        HashSet<string> kinds = [];
        Generators.Documents.Sample(
            document =>
            {
                foreach (ConfigurationFinding finding in ConfigurationValidator.Validate(document.Container, document.Process))
                {
                    Places.Exists(Document, finding.Path).Should().BeTrue($"'{finding.Path}' is what a finding names");
                    kinds.Add(Places.Kind(finding.Path));
                }
                return true;
            },
            iter: 2000,
            threads: 1);

        // Random configurations are wrong in nearly every way there is.
        kinds.Should().HaveCountGreaterThan(100);
    }

    [Theory]
    [InlineData("mounts[7].idMap.userIds[3].hostId", true)]
    [InlineData("sysctls[\"net.ipv4.ip_forward\"]", true)]
    [InlineData("process.resourceLimits[2].kind", true)]
    [InlineData("process.resourceLimits[2].sort", false)]
    [InlineData("resourceLimits[2].kind", false)]
    [InlineData("mounts.options", false)]
    [InlineData("hostname[0]", false)]
    public void The_look_up_of_this_test_can_tell(string path, bool exists) => Places.Exists(Document, path).Should().Be(exists);
}
