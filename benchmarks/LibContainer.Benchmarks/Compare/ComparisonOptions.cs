using System.Globalization;

namespace LibContainer.Benchmarks.Compare;

/// <summary>How much is measured.</summary>
internal sealed record ComparisonOptions
{
    /// <summary>Less of everything, under three minutes in all.</summary>
    internal bool IsQuick { get; private init; }

    /// <summary>benchmarks/README.md and its pictures get the results.</summary>
    internal bool Writes { get; private init; }

    /// <summary>Of one start, in turn. The other numbers follow from it.</summary>
    internal int Rounds { get; private init; }

    /// <summary>
    /// Before each start, but in the tight loop. It is part of the measurement: it decides how warm the kernel's locks are.
    /// </summary>
    internal TimeSpan Pause { get; private init; } = TimeSpan.FromMilliseconds(15);

    /// <summary>Blocks of <see cref="TightBlock"/> starts of one candidate, without a pause.</summary>
    internal int TightBlocks => Math.Max(1, Rounds / 10);

    internal static int TightBlock => 10;

    /// <summary>Rounds of the starts with many mounts.</summary>
    internal int MountRounds => Math.Max(1, Rounds / 4);

    /// <summary>How often the numbers of running containers are gone through.</summary>
    internal static int RunningTurns => 3;

    /// <summary>Starts beside each number of running containers, in each turn.</summary>
    internal int RunningStarts => Math.Max(1, IsQuick ? Rounds / 5 : Rounds / 10);

    /// <summary>
    /// Before each of them. The kernel takes the network namespace of the one before apart meanwhile: beside a thousand others 15 ms are not enough for that, and its locks would be
    /// measured instead of a start.
    /// </summary>
    internal static TimeSpan RunningPause => TimeSpan.FromMilliseconds(60);

    /// <summary>Whether a start is split into its parts: of few starts the differences are noise.</summary>
    internal bool SplitsSteps => !IsQuick;

    /// <summary>
    /// Before each start with cgroups, but in the tight loop: what a write to <c>cgroup.procs</c> costs depends on how long nobody has written to one. The contract names it.
    /// </summary>
    internal static TimeSpan CgroupPause => TimeSpan.FromMilliseconds(60);

    /// <summary>Rounds of the starts with cgroups.</summary>
    internal int CgroupRounds => Math.Max(1, IsQuick ? Rounds * 3 / 5 : Rounds * 2 / 5);

    /// <summary>Blocks of the starts with cgroups, as <see cref="TightBlocks"/>.</summary>
    internal int CgroupTightBlocks => Math.Max(1, TightBlocks / 2);

    /// <summary>Rounds of programs that are added to a container.</summary>
    internal int EnterRounds => Math.Max(1, IsQuick ? Rounds / 3 : Rounds / 4);

    /// <summary>Slices of time for each number of callers, taken in turn.</summary>
    internal int ThroughputSlices => IsQuick ? 2 : 5;

    internal static TimeSpan ThroughputSlice => TimeSpan.FromSeconds(1);

    /// <exception cref="ArgumentException">An option is not known, or is no number.</exception>
    internal static ComparisonOptions Parse(ReadOnlySpan<string> arguments)
    {
        bool isQuick = arguments.Contains("--quick");
        ComparisonOptions options = new() { IsQuick = isQuick, Rounds = isQuick ? 60 : 200 };
        for (int i = 0; i < arguments.Length; i++)
        {
            options = arguments[i] switch
            {
                "--quick" => options,
                "--write" => options with { Writes = true },
                "--rounds" => options with { Rounds = Number(arguments, ++i) },
                "--pause" => options with { Pause = TimeSpan.FromMilliseconds(Number(arguments, ++i)) },
                _ => throw new ArgumentException($"{arguments[i]} is not one of --quick, --write, --rounds N, --pause MS"),
            };
        }
        return options;
    }

    private static int Number(ReadOnlySpan<string> arguments, int index)
        => index < arguments.Length && int.TryParse(arguments[index], NumberStyles.None, null, out int number) && number > 0
            ? number
            : throw new ArgumentException($"{arguments[index - 1]} takes a number above 0");
}
