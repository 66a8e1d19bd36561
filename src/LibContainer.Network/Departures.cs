using System.Collections.Concurrent;

namespace LibContainer.Network;

/// <summary>What containers that have ended still have to give back, while nobody waits for it. This process waits for it when it ends by itself.</summary>
internal static class Departures
{
    /// <summary>A cable goes in 50 ms, or is removed after two seconds; this is for those two.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private static readonly ConcurrentDictionary<Task, bool> Pending = new();

    static Departures() => AppDomain.CurrentDomain.ProcessExit += static (_, _) => Task.WhenAll(Pending.Keys).ContinueWith(static _ => { }, TaskScheduler.Default).Wait(Patience);

    /// <returns>The same task. What becomes of it is its owner's to know.</returns>
    internal static Task Track(Task departure)
    {
        Pending.TryAdd(departure, true);
        departure.ContinueWith(static task => Pending.TryRemove(task, out _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return departure;
    }
}
