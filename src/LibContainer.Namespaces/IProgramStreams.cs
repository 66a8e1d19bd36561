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

    /// <summary>The program runs, and has its ends.</summary>
    void Started(LaunchedProcess process);

    /// <summary>Copies in both directions until the program has ended, and all that it wrote is where it was sent.</summary>
    ExitStatus CopyUntilExit(LaunchedProcess process);
}
