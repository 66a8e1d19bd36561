using LibContainer.Launch;
using Microsoft.Extensions.Logging;

namespace LibContainer;

/// <summary>How a program is run, in a container of its own or in one that runs.</summary>
public abstract record ProgramOptions
{
    private protected ProgramOptions() { }

    /// <summary>What the program reads. The host's own by default.</summary>
    public StandardStream StandardInput { get; init; } = StandardStream.Inherit;

    /// <summary>Where its output goes.</summary>
    public StandardStream StandardOutput { get; init; } = StandardStream.Inherit;

    /// <summary>Where its errors go.</summary>
    public StandardStream StandardError { get; init; } = StandardStream.Inherit;

    /// <summary>What starts the process. Null: <see cref="Launch.Launcher.Shared"/>.</summary>
    public Launcher? Launcher { get; init; }

    /// <summary>Times the steps of the start, of the launcher's. Null: nobody does.</summary>
    public StepClock? Clock { get; init; }

    /// <summary>Is told of each start and end. Null: nobody is.</summary>
    public ILogger? Logger { get; init; }

    /// <summary>Called once the program runs, on the calling thread. When it throws, the program is killed and the exception passed on.</summary>
    public Action<LaunchedProcess>? Started { get; init; }
}
