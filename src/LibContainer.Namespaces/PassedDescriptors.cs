using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using LibContainer.Configuration;
using LibContainer.Launch;

namespace LibContainer;

/// <summary>What a program has open beside its streams, and what it is told of that.</summary>
internal sealed class PassedDescriptors
{
    private const string Names = "LISTEN_FDNAMES", Count = "LISTEN_FDS", ProcessId = "LISTEN_PID";
    private const string Unnamed = "unknown"; // as systemd says
    private const int LongestName = 255;

    private readonly ImmutableArray<string> _variables;

    private PassedDescriptors(ImmutableArray<SafeHandle> all, ImmutableArray<string> variables) => (All, _variables) = (all, variables);

    internal static PassedDescriptors None { get; } = new([], []);

    internal static PassedDescriptors Of(ProgramOptions options)
    {
        if (options.ListenDescriptors.IsEmpty)
            return options.Descriptors.IsEmpty ? None : new PassedDescriptors(options.Descriptors, []);
        List<string> variables = [string.Create(CultureInfo.InvariantCulture, $"{Count}={options.ListenDescriptors.Length}")];
        if (options.ListenDescriptors.Any(listening => listening.Name is not null))
            variables.Add($"{Names}={string.Join(':', options.ListenDescriptors.Select(listening => listening.Name ?? Unnamed))}");
        return new PassedDescriptors([.. options.ListenDescriptors.Select(listening => listening.Handle), .. options.Descriptors], [.. variables]);
    }

    /// <summary>In the order of their numbers, from 3 on.</summary>
    internal ImmutableArray<SafeHandle> All { get; }

    /// <summary>It is told its own process id: only it knows that.</summary>
    internal bool Listens => !_variables.IsEmpty;

    /// <summary>With what it is told, in the place of what would say something else.</summary>
    internal ImmutableArray<string> Tell(ImmutableArray<string> environment)
        => Listens ? [.. environment.Where(entry => entry.Split('=')[0] is not (Count or Names or ProcessId)), .. _variables] : environment;

    internal static IEnumerable<ConfigurationFinding> Check(ProgramOptions options, bool isByLauncher)
    {
        int count = options.ListenDescriptors.Length + options.Descriptors.Length;
        if (count > LaunchOptions.MaxMoreDescriptors)
            yield return new ConfigurationFinding("descriptors", string.Create(CultureInfo.InvariantCulture, $"{count} are more than the {LaunchOptions.MaxMoreDescriptors} that a program can be passed"));
        if (count > 0 && !isByLauncher)
            yield return new ConfigurationFinding("descriptors", "through a program that sets the container up in the launcher's place, they are not supported yet");
        foreach (ListenDescriptor listening in options.ListenDescriptors)
            if (listening.Name is { } name && (name.Length is 0 or > LongestName || !name.All(character => char.IsAscii(character) && !char.IsControl(character) && character != ':')))
                yield return new ConfigurationFinding("listenDescriptors", $"'{name}' is not a name: 1 to {LongestName} characters of ASCII, no colon");
    }
}
