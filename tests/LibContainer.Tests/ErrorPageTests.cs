using LibContainer.TestUtilities;

namespace LibContainer.Tests;

public sealed class ErrorPageTests
{
    [Fact]
    public void The_page_is_made_from_the_codes()
        => File.ReadAllText(Path.Combine(Repository.Root, "docs/errors.md")).Should().Be(ContainerErrorHints.ToMarkdown(), "it is written by ContainerErrorHints.ToMarkdown(), and by nobody else");

    [Fact]
    public void Every_code_has_its_entry_and_none_has_two()
        => ContainerErrorHints.All.Select(entry => entry.Code).Should().Equal(Enum.GetValues<ContainerErrorCode>().Where(code => code != ContainerErrorCode.None));
}
