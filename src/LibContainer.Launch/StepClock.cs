using System.Collections.Immutable;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using LibContainer.Linux;
using Microsoft.Win32.SafeHandles;

namespace LibContainer.Launch;

/// <summary>How long a step took, from its own beginning to that of the next.</summary>
/// <param name="Step">The step.</param>
/// <param name="Duration">The last one's ends when the host knows that the program runs, or that it failed.</param>
public readonly record struct StepDuration(LaunchStep Step, TimeSpan Duration);

/// <summary>
/// Where the time of a start goes, for one that is asked to: the process that makes the steps writes down when each began. It costs one more system call for each step. One clock times one
/// start at a time, and is read when that is over, however it ended.
/// </summary>
public sealed class StepClock : IDisposable
{
    private readonly StepTime[] _times = new StepTime[StepTime.Count];
    private ImmutableArray<LaunchStep> _steps = [];
    private long _begun, _ended;

    /// <summary>Takes a memory file of 64 KB.</summary>
    /// <exception cref="LinuxException">There is no descriptor left.</exception>
    public StepClock()
    {
        File = MemoryFile.Create("libcontainer-clock");
        RandomAccess.SetLength(File, StepTime.Count * Unsafe.SizeOf<StepTime>());
    }

    /// <summary>Where the process writes.</summary>
    internal SafeFileHandle File { get; }

    /// <summary>From the host's request until the process was at its first step: writing the plan, the launcher's part, clone3.</summary>
    public TimeSpan BeforeFirstStep => _steps.IsEmpty ? TimeSpan.Zero : Between(_begun, At(0));

    /// <summary>From the host's request until it knew how the start had ended.</summary>
    public TimeSpan Total => Between(_begun, _ended);

    /// <summary>Each step that was begun, in order; of the first 4,096.</summary>
    public ImmutableArray<StepDuration> Steps
    {
        get
        {
            ImmutableArray<StepDuration>.Builder durations = ImmutableArray.CreateBuilder<StepDuration>(_steps.Length);
            for (int i = 0; i < _steps.Length && i < StepTime.Count && At(i) != 0; i++)
                durations.Add(new StepDuration(_steps[i], Between(At(i), i + 1 < StepTime.Count && At(i + 1) != 0 ? At(i + 1) : _ended)));
            return durations.ToImmutable();
        }
    }

    /// <summary>How many steps have begun so far: for who watches a start from another thread while it is under way. Those of the first 4,096.</summary>
    public int Begun
    {
        get
        {
            StepTime time = default;
            int low = 0, high = StepTime.Count; // times stand one behind the other
            while (low < high)
            {
                int middle = (low + high) / 2;
                RandomAccess.Read(File, MemoryMarshal.AsBytes(new Span<StepTime>(ref time)), (long)middle * Unsafe.SizeOf<StepTime>());
                if (time.Seconds != 0)
                    low = middle + 1;
                else
                    high = middle;
            }
            return low;
        }
    }

    internal void Begin()
    {
        Array.Clear(_times);
        RandomAccess.Write(File, MemoryMarshal.AsBytes(_times.AsSpan()), 0);
        (_steps, _ended) = ([], 0);
        _begun = Stopwatch.GetTimestamp();
    }

    internal void End(ImmutableArray<LaunchStep> steps)
    {
        _ended = Stopwatch.GetTimestamp(); // CLOCK_MONOTONIC in nanoseconds, as the process has it
        _steps = steps;
        RandomAccess.Read(File, MemoryMarshal.AsBytes(_times.AsSpan()), 0);
    }

    private long At(int step) => _times[step].Seconds * 1_000_000_000 + _times[step].Nanoseconds;

    private static TimeSpan Between(long from, long to) => TimeSpan.FromTicks(Math.Max(0, to - from) / 100);

    /// <summary>Lets go of the memory file.</summary>
    public void Dispose() => File.Dispose();
}
