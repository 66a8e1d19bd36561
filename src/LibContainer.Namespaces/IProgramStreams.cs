using System.Runtime.InteropServices;
using LibContainer.Launch;
using LibContainer.Linux;

namespace LibContainer;

/// <summary>What is at the host's side of a program's streams. Disposal closes it all.</summary>
internal interface IProgramStreams : IDisposable
{
    /// <summary>Descriptor that the process is born with as 0. Null: the host's own.</summary>
    SafeHandle? ChildInput { get; }

    /// <summary>As 1.</summary>
    SafeHandle? ChildOutput { get; }

    /// <summary>As 2.</summary>
    SafeHandle? ChildError { get; }

    /// <summary>The other end of what is a <see cref="StandardStream.Pipe"/>. Null: it is something else.</summary>
    Stream? Input { get; }

    /// <inheritdoc cref="Input"/>
    Stream? Output { get; }

    /// <inheritdoc cref="Input"/>
    Stream? Error { get; }

    /// <summary>The program's terminal, for who has started it.</summary>
    TerminalStream? Terminal { get; }

    /// <summary>The program runs, and has its ends.</summary>
    void Started(LaunchedProcess process);

    /// <summary>Copies in both directions until the program has ended, and all that it wrote is where it was sent.</summary>
    ExitStatus CopyUntilExit(LaunchedProcess process);

    /// <summary>The same without a thread that waits.</summary>
    Task<ExitStatus> CopyUntilExitAsync(LaunchedProcess process);
}
