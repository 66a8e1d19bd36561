using LibContainer.Linux;

namespace LibContainer.Launch;

/// <summary>A process that does nothing, and ends with this one, however this one does: for what is there only as long as somebody is in it, as a unit of systemd. It is a launcher (30 KB) that nobody asks for anything, and a thread stands for it.</summary>
public sealed class KeeperProcess : IDisposable
{
    private readonly SharedWords _words = new("libcontainer-keeper", StepWord.Count);
    private readonly LauncherThread _thread = new(static _ => { }, hasBoundingSet: true);
    private readonly LauncherProcess _process;

    /// <summary>Starts it.</summary>
    /// <exception cref="LinuxException">It cannot be started.</exception>
    public KeeperProcess()
    {
        try
        {
            _process = _thread.Start(_words);
        }
        catch
        {
            _words.Dispose();
            _thread.Close();
            throw;
        }
    }

    /// <summary>Its process id.</summary>
    public int Id => _process.Id;

    /// <summary>Somebody has killed it.</summary>
    public bool HasEnded => _process.HasExited;

    /// <summary>Ends it.</summary>
    public void Dispose()
    {
        _process.Dispose();
        _thread.Close();
        _words.Dispose();
    }
}
