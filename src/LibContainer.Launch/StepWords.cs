using LibContainer.Linux;

namespace LibContainer.Launch;

/// <summary>Lends out the words of the shared memory: one to each start that is under way.</summary>
internal sealed class StepWords : IDisposable
{
    private readonly Stack<int> _free = new(Enumerable.Range(0, StepWord.Count).Reverse());

    internal SharedWords Memory { get; } = new("libcontainer-steps", StepWord.Count);

    /// <summary>Waits while all are in use.</summary>
    internal int Take()
    {
        lock (_free)
        {
            while (_free.Count == 0)
                Monitor.Wait(_free);
            int index = _free.Pop();
            Memory[index] = StepWord.NotStarted;
            return index;
        }
    }

    internal void Return(int index)
    {
        lock (_free)
        {
            _free.Push(index);
            Monitor.Pulse(_free);
        }
    }

    public void Dispose() => Memory.Dispose();
}
