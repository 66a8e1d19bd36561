using System.Diagnostics;
using LibContainer.TestUtilities;

namespace LibContainer.Samples.Tests;

/// <summary>Samples, as built with the tests.</summary>
internal static class Sample
{
    internal static ProcessStartInfo Start(string name, params IEnumerable<string> arguments)
        => new(Path.Combine(Repository.Root, "samples", name, "bin", Repository.Configuration, "net10.0", name), arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
}
