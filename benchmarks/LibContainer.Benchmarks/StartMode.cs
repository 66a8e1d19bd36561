using System.Collections.Immutable;

namespace LibContainer.Benchmarks;

/// <summary>A way of <see cref="Namespaces.Exec"/> to have a container set up.</summary>
/// <param name="Name">For tables.</param>
/// <param name="Options">With the program's streams left as they are.</param>
public sealed record StartMode(string Name, ExecOptions Options)
{
    /// <summary>All that this machine has: a program that was not built is left out, and <see cref="Missing"/> says so.</summary>
    public static ImmutableArray<StartMode> All { get; } =
    [
        new("Exec", new ExecOptions()),
        new("Exec, once", new ExecOptions { Launcher = Launch.Launcher.Once }),
        .. OwnInit("Exec, own init (JIT)", Repository.OwnInit, Programs.Find("dotnet"), Repository.OwnInit),
        .. OwnInit("Exec, own init (AOT)", Repository.NativeOwnInit, Repository.NativeOwnInit),
    ];

    /// <summary>A sentence, or null when none is missing.</summary>
    public static string? Missing => File.Exists(Repository.NativeOwnInit)
        ? null
        : "The own init that is compiled ahead of time is not published, or older than its sources; a run without --quick publishes it.";

    /// <inheritdoc/>
    public override string ToString() => Name;

    private static ImmutableArray<StartMode> OwnInit(string name, string needed, string? program, params ReadOnlySpan<string> arguments)
    {
        if (program is null || !File.Exists(needed))
            return [];
        InitCommand command = new(program, [program, .. arguments, Namespaces.InitArgument])
        {
            Environment = ["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1"], // as InitCommand.Self has it
        };
        return [new StartMode(name, new ExecOptions { CreateCommand = _ => command })];
    }
}
