using System.CommandLine;
using NsInit.Commands;

namespace NsInit.Tests;

/// <summary>Where a command line is cut: in front of the container's command.</summary>
public sealed class CutArgumentsTests
{
    [Theory]
    // With a separator.
    [InlineData("run -- a -- b", "run", "a -- b")]
    [InlineData("run -- --help", "run", "--help")]
    [InlineData("run -- -- a", "run", "-- a")]
    [InlineData("run --", "run", "")]
    [InlineData("run --rw -- ls", "run --rw", "ls")]
    [InlineData("run --bind a:b --env X=1 -- c", "run --bind a:b --env X=1", "c")]
    // Without one: the first operand ends what is ours.
    [InlineData("run ls", "run", "ls")]
    [InlineData("run ls --help", "run", "ls --help")]
    [InlineData("run ls -- --rw", "run", "ls -- --rw")]
    [InlineData("run run run", "run", "run run")]
    [InlineData("plan ls", "plan", "ls")]
    [InlineData("plan --rw ls --rw", "plan --rw", "ls --rw")]
    [InlineData("run - x", "run", "- x")]
    // A flag is one argument, an option with a value is two, unless it has its value with it.
    [InlineData("run --rw ls -la", "run --rw", "ls -la")]
    [InlineData("run --rw=false ls", "run --rw=false", "ls")]
    [InlineData("run --rw false ls", "run --rw", "false ls")]
    [InlineData("run --root DIR ls", "run --root DIR", "ls")]
    [InlineData("run --root=DIR ls", "run --root=DIR", "ls")]
    [InlineData("run --root --rw ls", "run --root --rw", "ls")]
    [InlineData("run --bind a:b c:d", "run --bind a:b", "c:d")]
    [InlineData("run --bind a:b --bind c:d ls", "run --bind a:b --bind c:d", "ls")]
    [InlineData("run --env X=1 Y=2 ls", "run --env X=1", "Y=2 ls")]
    [InlineData("run --hostname h --workdir /w --env K=V ls", "run --hostname h --workdir /w --env K=V", "ls")]
    // An option that nobody knows is ours to refuse.
    [InlineData("run -x ls", "run -x", "ls")]
    [InlineData("run --unknown ls", "run --unknown", "ls")]
    [InlineData("run --help", "run --help", "")]
    [InlineData("run --help ls", "run --help", "ls")]
    // An option without its value is ours too.
    [InlineData("run --root", "run --root", "")]
    [InlineData("run", "run", "")]
    // What a parser would make something else of.
    [InlineData("run -- echo @f", "run", "echo @f")]
    [InlineData("run @f", "run", "@f")]
    [InlineData("run [parse] ls", "run", "[parse] ls")]
    public void A_command_line_is_cut_in_front_of_the_first_operand(string line, string own, string operands)
    {
        CutArguments cut = Cut(Split(line));

        cut.Own.Should().Equal(Split(own));
        cut.Operands.Should().Equal(Split(operands));
    }

    [Theory]
    [InlineData("")]
    [InlineData("--help")]
    [InlineData("--version")]
    [InlineData("unknown run ls")]
    [InlineData("-- run ls")]
    [InlineData("RUN ls")]
    public void Without_a_command_everything_is_ours(string line)
    {
        CutArguments cut = Cut(Split(line));

        cut.Own.Should().Equal(Split(line));
        cut.Operands.Should().BeEmpty();
    }

    [Fact]
    public void An_empty_argument_and_one_with_spaces_are_operands_like_others()
    {
        Cut(["run", "", "--rw"]).Operands.Should().Equal("", "--rw");
        Cut(["run", "--root", "", "a b"]).Should().BeEquivalentTo(new CutArguments(["run", "--root", ""], ["a b"]));
    }

    [Fact]
    public void Nothing_is_lost_and_nothing_is_added()
    {
        string[] line = ["run", "--rw", "--env", "A=1", "sh", "-c", "echo $A", "--", ""];
        CutArguments cut = Cut(line);

        cut.Own.Concat(cut.Operands).Should().Equal(line);
    }

    private static CutArguments Cut(string[] arguments) => CutArguments.AtFirstOperand(new RootCommand { new RunCommand(), new PlanCommand() }, arguments);

    private static string[] Split(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
