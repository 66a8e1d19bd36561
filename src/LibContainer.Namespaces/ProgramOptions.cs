using System.Collections.Immutable;
using System.Runtime.InteropServices;
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

    /// <summary>
    /// Sockets that the program shall listen on: descriptors from 3 on, as <c>LISTEN_FDS</c>, <c>LISTEN_PID</c> and, where one has a name, <c>LISTEN_FDNAMES</c> tell it. They stay the caller's.
    /// Source: sd_listen_fds(3).
    /// </summary>
    public ImmutableArray<ListenDescriptor> ListenDescriptors { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>What else the program gets: descriptors from 3 on, or behind those, 10 at most in all. They stay the caller's. Not for a container that another program than the launcher sets up.</summary>
    public ImmutableArray<SafeHandle> Descriptors { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>What starts the process. Null: <see cref="Launch.Launcher.Shared"/>.</summary>
    public Launcher? Launcher { get; init; }

    /// <summary>Times the steps of the start, of the launcher's. Null: nobody does.</summary>
    public StepClock? Clock { get; init; }

    /// <summary>Is told of each start and end. Null: nobody is.</summary>
    public ILogger? Logger { get; init; }

    /// <summary>Called once the program runs, on the calling thread. When it throws, the program is killed and the exception passed on.</summary>
    public Action<LaunchedProcess>? Started { get; init; }
}
