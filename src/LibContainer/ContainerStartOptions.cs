using System.Collections.Immutable;
using System.Runtime.InteropServices;
using LibContainer.Launch;

namespace LibContainer;

/// <summary>How a container's program is started.</summary>
public sealed record ContainerStartOptions
{
    internal static ContainerStartOptions Default { get; } = new();

    /// <summary>Every stream is a pipe, whose other end is at the <see cref="ContainerProcess"/>.</summary>
    public static ContainerStartOptions Pipes { get; } = new() { StandardInput = StandardStream.Pipe, StandardOutput = StandardStream.Pipe, StandardError = StandardStream.Pipe };

    /// <summary>For a program with a terminal of its own, which is at <see cref="ContainerProcess.Terminal"/>.</summary>
    public static ContainerStartOptions Terminal { get; } = new() { StandardInput = StandardStream.Pipe, StandardOutput = StandardStream.Pipe };

    /// <summary>What the program reads. The host's own by default.</summary>
    public StandardStream StandardInput { get; init; } = StandardStream.Inherit;

    /// <summary>Where its output goes.</summary>
    public StandardStream StandardOutput { get; init; } = StandardStream.Inherit;

    /// <summary>Where its errors go.</summary>
    public StandardStream StandardError { get; init; } = StandardStream.Inherit;

    /// <summary>As of <see cref="ProgramOptions.ListenDescriptors"/>.</summary>
    public ImmutableArray<ListenDescriptor> ListenDescriptors { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>As of <see cref="ProgramOptions.Descriptors"/>.</summary>
    public ImmutableArray<SafeHandle> Descriptors { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>As of <see cref="ExecOptions.Notified"/>.</summary>
    public Action<ImmutableArray<string>>? Notified { get; init; }

    /// <summary>Times the steps of the start. Null: nobody does, unless somebody listens to the activities of this library.</summary>
    public StepClock? Clock { get; init; }

    /// <summary>
    /// The container lives on when this program ends, or disposes it: until somebody stops and deletes it, from whatever program. Its streams should be files then, or null: a pipe breaks with this program, and a terminal
    /// hangs up.
    /// </summary>
    public bool Detached { get; init; }
}
