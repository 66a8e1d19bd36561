using LibContainer;
using LibContainer.Configuration;
using LibContainer.Configuration.ContainerJson;

namespace NsInit;

/// <summary>
/// The container of 2014 that <c>container.json</c> describes: its root is the current folder, and a terminal that the variable <c>console</c> names is its console.
/// </summary>
internal static class ContainerJson
{
    /// <exception cref="UsageException">The file is missing or malformed.</exception>
    /// <exception cref="ConfigurationException">It asks for what is unknown or not supported yet.</exception>
    internal static ConvertedContainer Read(string[] operands)
    {
        ConvertedContainer converted = Namespaces.Convert(DataPath.ReadSpec(), Environment.CurrentDirectory, [.. operands]);
        return Environment.GetEnvironmentVariable("console") is { Length: > 0 } console
            ? converted with { Process = converted.Process with { Terminal = new TerminalConfiguration { Path = console } } }
            : converted;
    }
}
