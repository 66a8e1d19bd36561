using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using LibContainer.Cgroups;
using LibContainer.Launch;

namespace LibContainer;

/// <summary>What a runtime tells of itself: a <see cref="Meter"/> and an <see cref="ActivitySource"/>, both called <c>LibContainer</c>. Names and units: OpenTelemetry's conventions.</summary>
internal sealed class Telemetry : IDisposable
{
    internal const string Name = "LibContainer";

    internal const string IdTag = "container.id", StepTag = "libcontainer.step", ErrorTag = "error.type";

    private static readonly ActivitySource Activities = new(Name);

    private readonly ConcurrentDictionary<string, LiveContainer> _running = new(StringComparer.Ordinal);
    private readonly Meter _meter;
    private readonly bool _ownsMeter;
    private readonly Counter<long> _starts, _failures, _outOfMemoryKills;
    private readonly UpDownCounter<long> _count;
    private readonly Histogram<double> _duration;

    /// <param name="meters">Makes the meter. Null: nobody does, and it is this object's own.</param>
    internal Telemetry(IMeterFactory? meters)
    {
        _ownsMeter = meters is null;
        _meter = meters?.Create(new MeterOptions(Name)) ?? new Meter(Name);
        _starts = _meter.CreateCounter<long>("libcontainer.starts", "{container}", "Containers whose program ran.");
        _failures = _meter.CreateCounter<long>("libcontainer.start.failures", "{container}", "Containers that could not be started, by step.");
        _duration = _meter.CreateHistogram<double>("libcontainer.start.duration", "s", "From the call until the program ran.");
        _count = _meter.CreateUpDownCounter<long>("libcontainer.running", "{container}", "Containers that run.");
        _outOfMemoryKills = _meter.CreateCounter<long>("libcontainer.oom_kills", "{process}", "Processes that were killed for lack of memory.");
        _meter.CreateObservableCounter("libcontainer.container.cpu.time", () => Measure(CgroupStatistics.Cpu, stats => stats.Cpu?.Usage?.TotalSeconds), "s", "CPU time of each container that runs.");
        _meter.CreateObservableUpDownCounter("libcontainer.container.memory.usage", () => Measure(CgroupStatistics.Memory, stats => (double?)stats.Memory?.UsageBytes), "By", "Memory of each container that runs.");
    }

    /// <summary>A start begins.</summary>
    internal static Activity? BeginStart(string id)
    {
        Activity? activity = Activities.StartActivity("container.start");
        activity?.SetTag(IdTag, id);
        return activity;
    }

    /// <summary>The clock of a start whose steps somebody wants to see. Null: nobody does.</summary>
    internal static StepClock? ClockFor(Activity? activity) => activity is { IsAllDataRequested: true } ? new StepClock() : null;

    /// <summary>One span for each step, inside that of the start.</summary>
    /// <param name="activity">The span of the start.</param>
    /// <param name="clock">Its clock.</param>
    /// <param name="failed">The step that failed. Null: none did.</param>
    internal static void AddSteps(Activity? activity, StepClock? clock, LaunchStep? failed)
    {
        if (activity is null || clock is null)
            return;
        DateTimeOffset at = DateTimeOffset.UtcNow - clock.Total + clock.BeforeFirstStep;
        foreach (StepDuration step in clock.Steps)
        {
            using Activity? span = Activities.StartActivity(step.Step.Description, ActivityKind.Internal, activity.Context, startTime: at);
            at += step.Duration;
            span?.SetEndTime(at.UtcDateTime);
            if (ReferenceEquals(step.Step, failed))
                span?.SetStatus(ActivityStatusCode.Error);
        }
    }

    internal void Started(string id, LiveContainer live, TimeSpan duration)
    {
        _running[id] = live;
        _starts.Add(1);
        _count.Add(1);
        _duration.Record(duration.TotalSeconds);
    }

    internal void Failed(Activity? activity, Exception error)
    {
        string step = error is ContainerStartException { FailedStep: { } failed } ? failed.GetType().Name : (error as ContainerException)?.Step ?? "";
        string code = error is IContainerError { Code: var known } ? known.ToText() : error.GetType().Name;
        _failures.Add(1, new(StepTag, step), new(ErrorTag, code));
        activity?.SetTag(ErrorTag, code);
        activity?.SetStatus(ActivityStatusCode.Error, error.Message);
    }

    internal void Ended(string id, CgroupUsage usage)
    {
        if (_running.TryRemove(id, out _))
            _count.Add(-1);
        if (usage.OutOfMemoryKills is > 0 and long kills)
            _outOfMemoryKills.Add(kills);
    }

    private IEnumerable<Measurement<double>> Measure(CgroupStatistics what, Func<CgroupStats, double?> value)
    {
        foreach ((string id, LiveContainer live) in _running)
            if (live.TryGetStats(what) is { } stats && value(stats) is { } measured)
                yield return new Measurement<double>(measured, new KeyValuePair<string, object?>(IdTag, id));
    }

    public void Dispose()
    {
        if (_ownsMeter)
            _meter.Dispose();
    }
}
