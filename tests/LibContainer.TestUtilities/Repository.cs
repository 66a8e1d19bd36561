using System.Reflection;
using System.Runtime.InteropServices;

namespace LibContainer.TestUtilities;

/// <summary>Where things are in the checkout that the tests were built from.</summary>
public static class Repository
{
    /// <summary>Its folder.</summary>
    public static string Root { get; } = Metadata("RepositoryRoot");

    /// <summary>nsinit, as built with the tests.</summary>
    public static string NsInit => Path.Combine(Root, "src/nsinit/bin", Configuration, "net10.0/nsinit");

    /// <summary>The sample of a host that is its own init.</summary>
    public static string OwnInit => Path.Combine(Root, "samples/OwnInit/bin", Configuration, "net10.0/OwnInit");

    /// <summary>Debug or Release.</summary>
    public static string Configuration => Metadata("Configuration");

    /// <summary>The host program that tests kill.</summary>
    public static string TestHost => Path.Combine(Root, "tests/LibContainer.TestHost/bin", Configuration, "net10.0/LibContainer.TestHost");

    /// <summary>The static program for roots that are empty otherwise.</summary>
    public static string Probe => RuntimeFree("tests/LibContainer.Probe", RuntimeInformation.ProcessArchitecture);

    /// <summary>An executable without a runtime, as built for a machine.</summary>
    public static string RuntimeFree(string project, Architecture machine)
        => Path.Combine(Root, project, $"obj/elf/{Configuration}/linux-{machine.ToString().ToLowerInvariant()}/{Path.GetFileName(project)}.elf");

    private static string Metadata(string key)
        => typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!;
}
