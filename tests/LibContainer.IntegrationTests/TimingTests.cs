using LibContainer.Configuration;
using LibContainer.Launch;
using LibContainer.Launch.Steps;
using LibContainer.TestUtilities;

namespace LibContainer.IntegrationTests;

/// <summary>Where the time of a start goes. That the sums are right is tested; how long anything takes is not.</summary>
public sealed class TimingTests : IDisposable
{
    private readonly ProbeRoot _root = new();

    public void Dispose() => _root.Dispose();

    [Theory]
    [InlineData(null)]
    [InlineData("0")] // looked up: the plan comes in two halves
    public void Each_step_of_the_plan_has_its_time_and_together_they_are_the_start(string? user)
    {
        Requires.Root();
        using StepClock clock = new();

        Sandbox.Exec(_root.Container, new ProcessConfiguration("/probe") { User = user }, new ExecOptions { Clock = clock });

        clock.Steps[^1].Step.Should().BeOfType<ExecuteStep>();
        clock.Steps.Select(step => step.Step).OfType<MountStep>().Should().HaveCount(6);
        clock.Steps.Should().OnlyContain(step => step.Duration >= TimeSpan.Zero);
        clock.Total.Should().BeGreaterThan(clock.BeforeFirstStep);
        (clock.BeforeFirstStep + TimeSpan.FromTicks(clock.Steps.Sum(step => step.Duration.Ticks))).Should().BeCloseTo(clock.Total, TimeSpan.FromTicks(clock.Steps.Length + 1), "each is cut to a tenth of a microsecond");
    }

    [Fact]
    public void A_start_that_failed_has_its_times_up_to_there_and_the_clock_can_be_used_again()
    {
        Requires.Root();
        using StepClock clock = new();
        ExecOptions options = new() { Clock = clock };

        FluentActions.Invoking(() => Sandbox.Exec(_root.Container, new ProcessConfiguration("/probe") { WorkingDirectory = "/none" }, options)).Should().Throw<LaunchException>();
        clock.Steps[^1].Step.Should().BeOfType<ChangeDirectoryStep>();

        Sandbox.Exec(_root.Container, new ProcessConfiguration("/probe"), options);
        clock.Steps[^1].Step.Should().BeOfType<ExecuteStep>();
    }

    [Fact]
    public void The_command_prints_a_line_for_each_step_and_the_programs_output_is_its_own()
    {
        Requires.Root();

        Command.Result plan = Command.Run(Repository.NsInit, "plan", "--root", _root.Path, "--", "/probe", "write", "hello");
        Command.Result timed = Command.Run(Repository.NsInit, "run", "--timing", "--root", _root.Path, "--", "/probe", "write", "hello");

        timed.ExitCode.Should().Be(0);
        timed.Output.Should().Be("hello", "the program ran once, and rehearsals did not");
        string[] lines = timed.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines[1].Should().EndWith("the plan, the launcher, clone3");
        lines[^1].Should().EndWith("in all, until the program ran");
        lines[2..^1].Should().HaveCount(plan.Output.Count(character => character == '\n') - 1, "clone3 has no line of its own");
        lines[2..^2].Should().OnlyContain(line => System.Text.RegularExpressions.Regex.IsMatch(line, @"^ *\d+\.\d +\d+\.\d  \S"));
    }
}
