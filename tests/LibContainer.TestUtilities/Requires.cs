using Xunit;

namespace LibContainer.TestUtilities;

/// <summary>First line of a test that needs something of its host: states it, or skips with the reason.</summary>
public static class Requires
{
    // Set where everything is there: a skip would mean that nothing was tested, so it is a failure.
    private static readonly bool Strict = Environment.GetEnvironmentVariable("LIBCONTAINER_TESTS_STRICT") == "1";

    /// <summary>Containers can be started.</summary>
    public static void Root() => Check(Environment.IsPrivilegedProcess, "root");

    /// <summary>A program on the PATH.</summary>
    public static void Program(string name)
        => Check((Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => System.IO.File.Exists(Path.Combine(folder, name))), $"the program {name}");

    /// <summary>A file of a package.</summary>
    public static void File(string path, string package) => Check(System.IO.File.Exists(path), $"the file {path} (Debian: {package})");

    /// <summary>A program where a container on this host's userland finds it: on the default PATH, and really below /usr or /opt.</summary>
    public static void ProgramOfUserland(string name) => Check(
        new[] { "/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin" }.Select(folder => new FileInfo(Path.Combine(folder, name))).FirstOrDefault(file => file.Exists) is { } found
            && (found.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? found.FullName) is { } real && (real.StartsWith("/usr/") || real.StartsWith("/opt/")),
        $"the program {name} below /usr or /opt");

    /// <summary>Anything else, which the test has found out itself.</summary>
    public static void Host(bool met, string what) => Check(met, what);

    private static void Check(bool met, string what)
    {
        if (Strict)
            Assert.True(met, $"requires {what}");
        else
            Assert.SkipUnless(met, $"requires {what}");
    }
}
