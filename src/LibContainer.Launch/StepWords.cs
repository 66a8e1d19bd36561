using LibContainer.Linux;

namespace LibContainer.Launch;

/// <summary>Lends out the words of the shared memory: one to each start that is under way.</summary>
internal sealed class StepWords : IDisposable
{
    private readonly Stack<int> _free = []; // that have been lent out before
    private int _untouched;
    private SharedWords? _memory;

    /// <summary>Made when the first word is taken: most hosts want launchers of one kind alone.</summary>
    internal SharedWords Memory => _memory ?? throw new InvalidOperationException("no word has been taken yet");

    /// <summary>Waits while all are in use.</summary>
    internal int Take()
    {
        lock (_free)
        {
            while (_free.Count == 0 && _untouched == StepWord.Count)
                Monitor.Wait(_free);
            _memory ??= new SharedWords("libcontainer-steps", StepWord.Count); // before the word, which nobody would return when this fails
            if (!_free.TryPop(out int index))
                index = _untouched++;
            _memory[index] = StepWord.NotStarted;
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

    public void Dispose() => _memory?.Dispose();
}
