using System.Diagnostics;
using LibContainer.Linux;

namespace LibContainer.Cgroups;

/// <summary>What systemd does for a unit is a job, whose end it tells with a signal. Source: org.freedesktop.systemd1(5), "JobRemoved".</summary>
internal static class SystemdJob
{
    /// <summary>The result of a job that did what it was for.</summary>
    internal const string Done = "done";

    private const string Interface = "org.freedesktop.systemd1.Manager";

    /// <summary>Has a job queued and waits for its end.</summary>
    /// <param name="bus">The connection.</param>
    /// <param name="unit">The unit that it is for.</param>
    /// <param name="timeout">How long for all of it.</param>
    /// <param name="ask">Calls the method, of which the answer is the job. Gets the time that is left.</param>
    /// <param name="cancellationToken">Ends the wait, and not the job.</param>
    /// <returns>The result: <see cref="Done"/>, <c>failed</c>. Null: the time was up.</returns>
    /// <exception cref="BusException">systemd refuses the job, or the connection is lost.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    internal static string? Run(SystemdBus bus, string unit, TimeSpan timeout, Func<TimeSpan, BusMessage> ask, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        // Before the job, which can be over before the answer is read; and for this unit alone, so that nothing piles up in an idle connection.
        string rule = $"type='signal',sender='org.freedesktop.systemd1',interface='{Interface}',member='JobRemoved',arg2='{unit}'";
        bus.AddMatch(rule, timeout);
        string? result;
        try
        {
            string job;
            using (BusMessage answer = ask(Left()))
                job = answer.ReadString('o');
            do
            {
                using BusMessage? signal = bus.WaitForSignal(Interface, "JobRemoved", Left(), cancellationToken);
                result = signal is null ? null : ResultOf(signal, job);
            }
            while (result is "");
        }
        catch (BusException error) when (!error.IsDisconnected)
        {
            bus.RemoveMatch(rule, timeout);
            throw;
        }
        bus.RemoveMatch(rule, timeout);
        return result;

        TimeSpan Left() => timeout - Stopwatch.GetElapsedTime(start);
    }

    /// <summary>What a result means, for a person. Source: systemctl(1), job results.</summary>
    internal static string Sentence(string? result, TimeSpan timeout) => result switch
    {
        null => $"systemd did not end the job within {timeout.TotalSeconds:0.###} s",
        "canceled" => "the job was canceled: somebody else asked for the contrary meanwhile",
        "timeout" => "the job took longer than the unit allows",
        "failed" => "the job failed; journalctl knows why",
        "dependency" => "a unit that it needs could not be started",
        _ => $"the job ended as '{result}'",
    };

    /// <returns>Empty: it is about another job.</returns>
    private static string ResultOf(BusMessage signal, string job)
    {
        signal.ReadUInt32();
        bool isOurs = signal.ReadString('o') == job;
        signal.ReadString(); // the unit
        string result = signal.ReadString();
        return isOurs ? result : "";
    }
}
