using System.Text;
using LibContainer.Linux;
using Microsoft.Win32.SafeHandles;

namespace LibContainer.Cgroups;

/// <summary>A cgroup of version 1 with the controller memory: eventfds that its cgroup.event_control gets. Source: Documentation/admin-guide/cgroup-v1/memory.rst.</summary>
/// <remarks>
/// When the cgroup is removed the kernel adds 1 to every one of them, as if what it is for had happened, and does so a while after the directory is gone: no
/// look at the directory tells one from the other. So there is one for something that never happens. What it gets is the removal, and it gets it last:
/// it is registered first, the kernel begins with the last (mem_cgroup_css_offline), and a threshold takes it longer (synchronize_rcu).
/// </remarks>
internal sealed class WatchedMemoryV1(CgroupEventStream stream, CgroupEventLoop loop, CgroupDirectory directory) : WatchedCgroup(stream, loop, directory)
{
    private const string NeverReached = "-1"; // the largest number of pages, as of a limit

    /// <summary>How long a kill is looked for after its out of memory: 1 ms, 2 ms and so on, 8 s in all. With a slow console the kernel takes that long to report it first.</summary>
    private static readonly TimeSpan LastPause = TimeSpan.FromMilliseconds(4096);

    private readonly int _outOfMemoryPlace = stream.AddPlace();
    private readonly Counter _kills = new(stream.AddPlace());
    private OpenCgroupFile? _control;
    private EventCounter? _outOfMemory;
    private Timer? _timer;
    private TimeSpan _pause;
    private ulong _withoutKill;
    private ulong _afterRemoval;

    internal static bool IsFor(CgroupDirectory directory, CgroupEventOptions options)
        => directory.HasMemory() && (options.OutOfMemory || !options.MemoryThresholds.IsEmpty || options.MemoryPressure is not null);

    internal override void Start(CgroupEventOptions options)
    {
        _control = Hold(new OpenCgroupFile(Directory, "memory.oom_control"));
        Register("memory.usage_in_bytes", NeverReached, _ => Remove());
        foreach (ulong threshold in options.MemoryThresholds)
            StartThreshold(threshold);
        if (options.MemoryPressure is { } level)
            StartPressure(level);
        if (options.OutOfMemory)
        {
            _timer = Hold(new Timer(_ => Do(ReadKills), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan));
            _outOfMemory = Register("memory.oom_control", "", TakeOutOfMemory);
            if (_control.TryRead(out CgroupText text))
                _kills.Total = MemoryReader.Events(text)?.OutOfMemoryKills ?? 0;
        }
    }

    internal override void Flush()
    {
        if (_outOfMemory is not null)
            TakeOutOfMemory(_outOfMemory.Take());
    }

    private void StartThreshold(ulong threshold)
    {
        OpenCgroupFile usage = Hold(new OpenCgroupFile(Directory, "memory.usage_in_bytes"));
        int place = Stream.AddPlace();
        Register("memory.usage_in_bytes", FormattableString.Invariant($"{threshold}"), count =>
        {
            // Removed: it is only that.
            if (usage.TryRead(out CgroupText text))
                Stream.Tell(place, new CgroupEvent(CgroupEventKind.MemoryThreshold, count) { ThresholdBytes = threshold, UsageBytes = text.Number() });
        });
    }

    private void StartPressure(MemoryPressureLevel level)
    {
        int place = Stream.AddPlace();
        string name = level switch
        {
            MemoryPressureLevel.Low => "low",
            MemoryPressureLevel.Medium => "medium",
            MemoryPressureLevel.Critical => "critical",
            _ => throw new ArgumentOutOfRangeException(nameof(level), level, "there is no such level"),
        };
        Register("memory.pressure_level", name, count =>
        {
            // Removed: it is only that.
            if (_control!.TryRead(out _))
                Stream.Tell(place, new CgroupEvent(CgroupEventKind.MemoryPressure, count) { Level = level });
        });
    }

    /// <param name="file">What is to be told of.</param>
    /// <param name="argument">From which value on.</param>
    /// <param name="happened">Gets how often; 0 when somebody else has taken that.</param>
    private EventCounter Register(string file, string argument, Action<ulong> happened)
    {
        EventCounter counter = Hold(new EventCounter());
        using (SafeFileHandle opened = Directory.Open(file, KernelFile.ReadOnly), control = Directory.Open("cgroup.event_control", KernelFile.WriteOnly))
        using (Borrowed controlled = new(control), told = new(counter), of = new(opened))
        {
            int written = KernelFile.Write(controlled.Number, Encoding.UTF8.GetBytes(FormattableString.Invariant($"{told.Number} {of.Number} {argument}")));
            if (written < 0)
                throw Directory.Failed("write", "cgroup.event_control", $"eventfd {file} {argument}".TrimEnd(), (Errno)(-written));
        }
        Wait(counter, _ => happened(counter.Take()));
        return counter;
    }

    /// <param name="count">As taken a moment ago: while the file can be read after that, no removal is in it.</param>
    private void TakeOutOfMemory(ulong count)
    {
        if (!_control!.TryRead(out CgroupText text))
        {
            _afterRemoval += count;
            return;
        }
        TellOutOfMemory(count);
        TellKills(text);
        if (count > 0 && _withoutKill > 0)
            LookAgain(TimeSpan.FromMilliseconds(1));
    }

    private void TellOutOfMemory(ulong count)
    {
        if (count > 0)
            Stream.Tell(_outOfMemoryPlace, new CgroupEvent(CgroupEventKind.OutOfMemory, count));
        _withoutKill += count;
    }

    private void TellKills(CgroupText text)
    {
        ulong before = _kills.Total;
        TellIncrease(_kills, CgroupEventKind.OutOfMemoryKill, MemoryReader.Events(text)?.OutOfMemoryKills);
        _withoutKill -= Math.Min(_withoutKill, _kills.Total - before);
    }

    /// <summary>The kernel tells of an out of memory before it kills, and of the kill not at all: its count is looked at again.</summary>
    private void LookAgain(TimeSpan pause)
    {
        _pause = pause;
        _timer!.Change(pause, Timeout.InfiniteTimeSpan);
    }

    private void ReadKills()
    {
        if (!_control!.TryRead(out CgroupText text))
            return;
        TellKills(text);
        if (_withoutKill == 0)
            return;
        if (_pause < LastPause)
            LookAgain(_pause * 2);
        else
            _withoutKill = 0; // killing is switched off, or the victim was about to end already
    }

    private void Remove()
    {
        if (_outOfMemory is not null)
            _afterRemoval += _outOfMemory.Take();
        if (_afterRemoval > 1)
            TellOutOfMemory(_afterRemoval - 1); // the last one was the removal
        Stream.Remove(this);
    }
}
