using System.Diagnostics;

namespace LibContainer.Benchmarks.Compare;

/// <summary>Something that is measured: as a rule it starts the program and waits for its end.</summary>
/// <param name="name">For tables.</param>
/// <param name="programs">How many programs it runs, each of which has to have written.</param>
internal abstract class Candidate(string name, int programs = 1)
{
    internal string Name => name;

    /// <summary>One start to its exit status. Whoever calls it looks at the exit code, and at the output.</summary>
    internal abstract Start Start();

    /// <summary>One start, checked.</summary>
    /// <exception cref="InvalidOperationException">The program did not do its work.</exception>
    internal double StartChecked()
    {
        Start start = Start();
        ProgramOutput.Expect(Name, start.ExitCode, programs);
        return start.Milliseconds;
    }

    /// <summary>Starts until what is done only at first is done, on the host and in the kernel.</summary>
    internal void WarmUp()
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < 3 || (i < 50 && Stopwatch.GetElapsedTime(start) < TimeSpan.FromMilliseconds(500)); i++)
            StartChecked();
    }
}

/// <summary>How long a start took, to its exit status, and how its program ended.</summary>
internal readonly record struct Start(double Milliseconds, int ExitCode);

/// <summary>A candidate that this process starts and times. Any number of callers at once.</summary>
/// <param name="name">For tables.</param>
/// <param name="run">Starts, waits, and returns the exit code.</param>
/// <param name="programs">As of <see cref="Candidate"/>.</param>
internal sealed class TimedCandidate(string name, Func<int> run, int programs = 1) : Candidate(name, programs)
{
    internal override Start Start()
    {
        long start = Stopwatch.GetTimestamp();
        int exitCode = run();
        return new Start(Stopwatch.GetElapsedTime(start).TotalMilliseconds, exitCode);
    }
}

/// <summary>A candidate of which only a part counts, which it times itself.</summary>
/// <param name="name">For tables.</param>
/// <param name="run">Does all of it.</param>
/// <param name="programs">As of <see cref="Candidate"/>.</param>
internal sealed class PartlyTimedCandidate(string name, Func<Start> run, int programs = 0) : Candidate(name, programs)
{
    internal override Start Start() => run();
}
