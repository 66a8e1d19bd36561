using LibContainer.Linux;
using Microsoft.Win32.SafeHandles;

namespace LibContainer.Cgroups;

/// <summary>A cgroup of version 2: its files say that they are modified. Source: Documentation/admin-guide/cgroup-v2.rst, psi.rst.</summary>
/// <remarks>
/// That is EPOLLPRI, as well as IN_MODIFY. With the first there is no table of watches beside that of the descriptors, which are needed to read the files,
/// and no queue that overflows.
/// </remarks>
internal sealed class WatchedCgroupV2(CgroupEventStream stream, CgroupEventLoop loop, CgroupDirectory directory) : WatchedCgroup(stream, loop, directory)
{
    private readonly int _populatedPlace = stream.AddPlace();
    private readonly Counter _outOfMemory = new(stream.AddPlace()), _kills = new(stream.AddPlace()), _high = new(stream.AddPlace()), _max = new(stream.AddPlace());
    private CgroupEventOptions _options = new();
    private OpenCgroupFile? _cgroupEvents;
    private OpenCgroupFile? _memoryEvents;
    private bool _isPopulated;

    internal static bool IsFor(CgroupDirectory directory, CgroupEventOptions options)
        => options.Populated || !options.PressureTriggers.IsEmpty || WatchesMemory(directory, options);

    internal override void Start(CgroupEventOptions options)
    {
        _options = options;
        _cgroupEvents = Hold(new OpenCgroupFile(Directory, CgroupEventsFile.Name));
        WaitForRemoval(ReadCgroupEvents);
        // What is modified is read after the wait for it has begun: what happens in between is told, and not missed.
        if (options.Populated)
            Wait(_cgroupEvents.Handle, _ => ReadCgroupEvents(), isModification: true);
        if (WatchesMemory(Directory, options))
        {
            _memoryEvents = Hold(new OpenCgroupFile(Directory, "memory.events"));
            Wait(_memoryEvents.Handle, _ => Flush(), isModification: true);
            if (_memoryEvents.TryRead(out CgroupText text) && MemoryReader.Events(text) is { } events)
                (_outOfMemory.Total, _kills.Total, _high.Total, _max.Total) = (events.OutOfMemory ?? 0, events.OutOfMemoryKills ?? 0, events.High ?? 0, events.Max ?? 0);
        }
        foreach (PressureTrigger trigger in options.PressureTriggers)
            Start(trigger);
        if (!_cgroupEvents.TryRead(out CgroupText populated))
            throw Directory.Failed("read", CgroupEventsFile.Name, null, Errno.ENODEV); // removed before its removal was waited for, perhaps
        _isPopulated = IsPopulated(populated);
    }

    /// <summary>memory.events, which counts what happens in cgroups below as well.</summary>
    internal override void Flush()
    {
        if (_memoryEvents is null)
            return;
        if (!_memoryEvents.TryRead(out CgroupText text))
        {
            RemoveOr("memory.events", "its controller is not enabled any more");
            return;
        }
        if (MemoryReader.Events(text) is not { } events)
            return;
        if (_options.MemoryLimits)
        {
            TellIncrease(_high, CgroupEventKind.MemoryHigh, events.High);
            TellIncrease(_max, CgroupEventKind.MemoryMax, events.Max);
        }
        if (_options.OutOfMemory)
        {
            TellIncrease(_outOfMemory, CgroupEventKind.OutOfMemory, events.OutOfMemory);
            TellIncrease(_kills, CgroupEventKind.OutOfMemoryKill, events.OutOfMemoryKills);
        }
    }

    private static bool WatchesMemory(CgroupDirectory directory, CgroupEventOptions options) => directory.HasMemory() && (options.OutOfMemory || options.MemoryLimits);

    private static bool IsPopulated(CgroupText text)
    {
        foreach (ReadOnlySpan<byte> line in text.Lines)
        {
            ulong value = text.Pair(line, out ReadOnlySpan<byte> name);
            if (name.SequenceEqual("populated"u8))
                return value != 0;
        }
        throw text.Malformed(text.Content, "a line of populated");
    }

    private void ReadCgroupEvents()
    {
        if (_cgroupEvents!.TryRead(out CgroupText text))
            TellPopulated(IsPopulated(text));
        else
            Remove();
    }

    private void TellPopulated(bool isPopulated)
    {
        if (isPopulated != _isPopulated && _options.Populated)
            Stream.Tell(_populatedPlace, new CgroupEvent(isPopulated ? CgroupEventKind.Populated : CgroupEventKind.Empty, 1));
        _isPopulated = isPopulated;
    }

    /// <summary>Whoever removes it may be faster than the thread that was told that it is empty: only an empty one can be removed.</summary>
    private void Remove()
    {
        TellPopulated(false);
        Stream.Remove(this);
    }

    /// <summary>A trigger is a descriptor of its own, which is told what for: one for each.</summary>
    private void Start(PressureTrigger trigger)
    {
        SafeFileHandle file = Hold(Directory.Open(trigger.File, KernelFile.ReadWrite));
        using (Borrowed descriptor = new(file))
        {
            int written = KernelFile.Write(descriptor.Number, System.Text.Encoding.UTF8.GetBytes(trigger.Value));
            if (written < 0)
                throw Refused(trigger, (Errno)(-written));
        }
        int place = Stream.AddPlace();
        Wait(file, isGone =>
        {
            if (isGone)
                RemoveOr(trigger.File, "it was switched off with cgroup.pressure");
            else
                Stream.Tell(place, new CgroupEvent(CgroupEventKind.Pressure, 1) { Trigger = trigger });
        }, isModification: true);
    }

    /// <summary>Without CAP_SYS_RESOURCE the averages of the cgroup are looked at, which are taken every two seconds, and not with a thread of the kernel's.</summary>
    private CgroupException Refused(PressureTrigger trigger, Errno error)
    {
        CgroupException refused = Directory.Failed("write", trigger.File, trigger.Value, error);
        bool isForPrivileged = error is Errno.EPERM or Errno.EINVAL && trigger.Window.Ticks % TimeSpan.FromSeconds(2).Ticks != 0;
        return isForPrivileged ? new($"{refused.Message}: without CAP_SYS_RESOURCE a window has to be a multiple of 2 s", error, refused) : refused;
    }

    /// <summary>A file is gone: with the cgroup, or for a reason of its own, which is an error.</summary>
    private void RemoveOr(string file, string reason)
    {
        if (_cgroupEvents!.TryRead(out _))
            throw new CgroupException($"watch {file} of {Directory.Path}: {reason}", Errno.ENODEV);
        Remove();
    }
}
