using System.Collections.Immutable;
using LibContainer.Configuration;

namespace LibContainer;

/// <summary>What a create-command is told about the container that its init shall set up.</summary>
/// <param name="Container">What it is.</param>
/// <param name="Process">What shall run in it.</param>
/// <param name="DataPath">Folder of its files, as in <see cref="ExecOptions.DataPath"/>.</param>
public sealed record InitContext(ContainerConfiguration Container, ProcessConfiguration Process, string? DataPath);

/// <summary>
/// A program of the host that sets the container up from inside, in the place of the launcher: it is born in the container's namespaces, with the host's files still around it. It finds
/// the host at the other end of the descriptor whose number is in the variable <c>pipe</c>; what the two say is in docs/own-init.md. <see cref="Namespaces.Init"/> is the other half.
/// </summary>
/// <param name="Path">Absolute path on the host.</param>
/// <param name="Arguments">Its arguments, with argv[0].</param>
public sealed record InitCommand(string Path, ImmutableArray<string> Arguments)
{
    /// <summary>Its environment, each entry <c>NAME=value</c>; <c>pipe</c>, <c>console</c> and <c>data_path</c> are added. Nothing of the host's is inherited.</summary>
    public ImmutableArray<string> Environment { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>This very program, once more: its Main finds out by <see cref="Namespaces.IsInit"/> that it is to be the init.</summary>
    /// <exception cref="InvalidOperationException">The path of this program is not known.</exception>
    public static InitCommand Self()
    {
        string program = System.Environment.ProcessPath ?? throw new InvalidOperationException("the path of this program is not known");
        // Under dotnet app.dll the program is dotnet, and app.dll the first of what .NET counts as the command line.
        string[] application = System.IO.Path.GetFileNameWithoutExtension(program) == "dotnet" ? [System.IO.Path.GetFullPath(System.Environment.GetCommandLineArgs()[0])] : [];
        string[] runtime = System.Environment.GetEnvironmentVariable("DOTNET_ROOT") is { Length: > 0 } folder ? [$"DOTNET_ROOT={folder}"] : [];
        return new InitCommand(program, [program, .. application, Namespaces.InitArgument])
        {
            Environment = [.. runtime, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1"], // once the root has changed, a library that is loaded when first needed is not found
        };
    }
}
