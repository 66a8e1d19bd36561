using System.Collections.Concurrent;
using LibContainer.Linux;

namespace LibContainer.Launch;

/// <summary>
/// The thread that starts launchers, and never ends. The kernel sends a parent-death signal when the *thread* that started the parent
/// ends (prctl(2)), and CLONE_PARENT makes this thread the parent of every container: on a pool thread they would die at random.
/// </summary>
internal sealed class LauncherThread
{
    private readonly BlockingCollection<Request> _requests = [];
    private readonly Action<LauncherProcess> _exited;
    private readonly Thread _thread;
    private readonly bool _hasBoundingSet;
    private bool _isStarted;

    private sealed record Request(SharedWords Words, TaskCompletionSource<LauncherProcess> Result);

    /// <param name="exited">Called on this thread when a launcher has ended and is reaped. Must not wait for this thread.</param>
    /// <param name="hasBoundingSet">Its launchers have one.</param>
    internal LauncherThread(Action<LauncherProcess> exited, bool hasBoundingSet)
    {
        (_exited, _hasBoundingSet) = (exited, hasBoundingSet);
        _thread = new Thread(Run) { Name = "LibContainer launcher", IsBackground = true };
    }

    /// <summary>Its id, as in /proc/self/task: where the kernel keeps the list of its children.</summary>
    internal int Id { get; private set; }

    /// <summary>Starts a launcher. The one before must have ended or be about to: this thread waits for it first. For one caller at a time.</summary>
    internal LauncherProcess Start(SharedWords words)
    {
        if (!_isStarted)
            _thread.Start(); // not before: most hosts want launchers of one kind alone
        _isStarted = true;
        Request request = new(words, new TaskCompletionSource<LauncherProcess>(TaskCreationOptions.RunContinuationsAsynchronously));
        _requests.Add(request);
        return request.Result.Task.GetAwaiter().GetResult();
    }

    /// <summary>Waits until the launcher has left. Containers that were detached lose their parent.</summary>
    internal void Close()
    {
        _requests.CompleteAdding();
        if (_isStarted)
            _thread.Join();
        _requests.Dispose();
    }

    private void Run()
    {
        Id = (int)SystemCall.Invoke(SystemCallNumber.gettid);
        foreach (Request request in _requests.GetConsumingEnumerable())
        {
            LauncherProcess launcher;
            try
            {
                launcher = LauncherProcess.Start(request.Words, _hasBoundingSet);
            }
            catch (Exception error)
            {
                request.Result.SetException(error); // rethrown by Start, on the thread that asked
                continue;
            }
            request.Result.SetResult(launcher);
            launcher.WaitForExit();
            _exited(launcher);
        }
    }
}
