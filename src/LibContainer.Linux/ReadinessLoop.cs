using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace LibContainer.Linux;

/// <summary>The thread that waits for every descriptor that somebody awaits. It is there from the first time on.</summary>
internal static class ReadinessLoop
{
    private static readonly ConcurrentDictionary<ulong, AsyncReadiness> s_all = new();
    private static readonly Lazy<EventPoll> s_poll = new(Start);
    private static ulong s_lastKey;

    /// <summary>Tells it whatever happens to a descriptor.</summary>
    /// <returns>For <see cref="Remove"/>.</returns>
    /// <exception cref="LinuxException">EPERM: a file or a directory is always ready. ENOSPC: more than <c>fs.epoll.max_user_watches</c>.</exception>
    internal static ulong Add(SafeHandle handle, AsyncReadiness readiness)
    {
        ulong key = Interlocked.Increment(ref s_lastKey);
        s_all[key] = readiness;
        try
        {
            s_poll.Value.AddEdges(handle, key);
            return key;
        }
        catch
        {
            s_all.TryRemove(key, out _);
            throw;
        }
    }

    internal static void Remove(ulong key, SafeHandle handle)
    {
        if (s_all.TryRemove(key, out _))
            s_poll.Value.Remove(handle);
    }

    private static EventPoll Start()
    {
        EventPoll poll = new();
        new Thread(() => Run(poll)) { Name = "LibContainer streams", IsBackground = true }.UnsafeStart(); // without the context of whoever comes first
        return poll;
    }

    private static void Run(EventPoll poll)
    {
        ReadyDescriptor[] ready = new ReadyDescriptor[64];
        while (true)
            foreach (ReadyDescriptor descriptor in ready.AsSpan(0, poll.Wait(ready)))
                if (s_all.TryGetValue(descriptor.Key, out AsyncReadiness? readiness)) // else it was removed meanwhile
                    readiness.Tell(descriptor);
    }
}
