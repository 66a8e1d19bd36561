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
        => Check((Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, name))), $"the program {name}");

    private static void Check(bool met, string what)
    {
        if (Strict)
            Assert.True(met, $"requires {what}");
        else
            Assert.SkipUnless(met, $"requires {what}");
    }
}
