using System.Collections.Immutable;
using LibContainer.Configuration;

namespace LibContainer;

/// <summary>Where a command can be, in the container. Source: execvp(3).</summary>
internal static class CommandLookup
{
    private const string Prefix = "PATH=";

    internal static ImmutableArray<string> Candidates(ProcessConfiguration process)
    {
        string command = process.Arguments[0];
        if (command.Contains('/', StringComparison.Ordinal))
            return [command];

        // The first, as getenv(3) takes it for the program.
        string path = process.Environment.FirstOrDefault(entry => entry.StartsWith(Prefix, StringComparison.Ordinal)) ?? ProcessConfiguration.DefaultPath;
        string[] folders = path[Prefix.Length..].Split(':');
        ImmutableArray<string>.Builder candidates = ImmutableArray.CreateBuilder<string>(folders.Length);
        foreach (string folder in folders)
            candidates.Add(folder.Length == 0 ? "./" + command : folder.TrimEnd('/') + "/" + command); // an empty entry is the working directory
        return candidates.MoveToImmutable();
    }
}
