using System.Globalization;
using LibContainer;
using LibContainer.Configuration;
using LibContainer.Launch;
using LibContainer.Launch.Steps;

namespace NsInit.Commands;

/// <summary>
/// Where the time of one start went, and beside it what the same kernel calls take when nothing is new to the kernel: the least of a number of rehearsals, which make every step but
/// the last.
/// </summary>
internal sealed class StartTiming : IDisposable
{
    private const int Rehearsals = 20;

    /// <summary>No program: execve fails, and nothing of the container's command has happened.</summary>
    private const string Nothing = "/proc/self/nothing";

    private TimeSpan[] _least = [];
    private TimeSpan _leastBefore = TimeSpan.MaxValue;

    /// <summary>Times the start itself.</summary>
    internal StepClock Clock { get; } = new();

    /// <exception cref="IOException">A step failed.</exception>
    internal void Rehearse(ContainerConfiguration container, ProcessConfiguration process)
    {
        using StepClock clock = new();
        ExecOptions options = new() { StandardInput = StandardStream.Null, StandardOutput = StandardStream.Null, Clock = clock };
        for (int i = 0; i < Rehearsals; i++)
        {
            try
            {
                Namespaces.Exec(container, process with { Arguments = [Nothing] }, options);
            }
            catch (LaunchException error) when (error.Step is ExecuteStep)
            {
                TimeSpan[] durations = [.. clock.Steps.Select(step => step.Duration)];
                _least = i == 0 ? durations : [.. _least.Zip(durations, (least, other) => other < least ? other : least)];
                _leastBefore = clock.BeforeFirstStep < _leastBefore ? clock.BeforeFirstStep : _leastBefore;
            }
        }
    }

    /// <summary>A line for each step: microseconds of this start, the least of the rehearsals, and the step.</summary>
    internal void Print(TextWriter output)
    {
        output.WriteLine($"{"this",9} {"least",9}  microseconds; least of {Rehearsals} rehearsals");
        Line(Clock.BeforeFirstStep, _leastBefore, "the plan, the launcher, clone3");
        StepDuration[] steps = [.. Clock.Steps];
        for (int i = 0; i < steps.Length; i++)
            Line(steps[i].Duration, i + 1 < steps.Length && i < _least.Length ? _least[i] : null, steps[i].Step.Description); // a rehearsal's last step is another
        Line(Clock.Total, null, "in all, until the program ran");

        void Line(TimeSpan duration, TimeSpan? least, string what)
            => output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMicroseconds,9:0.0} {(least is { } known ? known.TotalMicroseconds.ToString("0.0", CultureInfo.InvariantCulture) : ""),9}  {what}"));
    }

    public void Dispose() => Clock.Dispose();
}
