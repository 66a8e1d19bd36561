namespace PluginHost;

/// <summary>How long to wait before the plug-in is started again: twice as long each time, until it has answered.</summary>
internal sealed class Backoff
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(100), Longest = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private TimeSpan _next = First;

    internal TimeSpan Next()
    {
        lock (_gate)
        {
            TimeSpan wait = _next;
            _next = wait * 2 < Longest ? wait * 2 : Longest;
            return wait;
        }
    }

    internal void Reset()
    {
        lock (_gate)
            _next = First;
    }
}
