using System.Globalization;
using LibContainer.TestUtilities;

namespace LibContainer.IntegrationTests;

/// <summary>How much a start asks of the kernel. Times belong to a machine; these numbers do not.</summary>
public sealed class SystemCallCountTests
{
    private const int MostInHost = 60, MostInChild = 120;

    [Fact]
    public void A_start_makes_few_system_calls_in_the_host()
    {
        Requires.Root();
        Requires.Program("strace");
        using ProbeRoot root = new();

        // The difference of two runs: what the runtime does for itself, once, is in both.
        int few = CountInHost(root, 5), many = CountInHost(root, 45);

        ((many - few) / 40).Should().BeInRange(10, MostInHost);
    }

    /// <summary>From its birth to the program. It has every default mount, device, mask and right.</summary>
    [Fact]
    public void A_start_makes_few_system_calls_in_the_child()
    {
        Requires.Root();
        Requires.Program("strace");
        using ProbeRoot root = new();

        int[] counts = [.. Trace(root, 3).Select(calls => Array.FindIndex(calls, IsProgram) + 1).Where(count => count > 0)];

        counts.Should().HaveCount(3).And.OnlyContain(count => count > 50 && count <= MostInChild);
    }

    /// <summary>It looks at every thread of the machine, once for each container.</summary>
    [Fact]
    public void A_launcher_that_has_started_two_needs_no_pivot_root()
    {
        Requires.Root();
        Requires.Program("strace");
        using ProbeRoot root = new();

        string[][] containers = [.. Trace(root, 4).Where(calls => calls.Any(IsProgram))];

        containers.Should().HaveCount(4);
        containers.Count(calls => calls.Any(call => call.StartsWith("pivot_root(", StringComparison.Ordinal))).Should().Be(2);
        containers.Count(calls => calls.Any(call => call.StartsWith("setns(", StringComparison.Ordinal))).Should().Be(2);
    }

    /// <summary>Of all threads of the host. The processes of the launchers and of containers are told by what they do.</summary>
    private static int CountInHost(ProbeRoot root, int starts)
        => Trace(root, starts).Where(calls => !calls.Any(call => call.Contains("\"lc-launcher\"", StringComparison.Ordinal) || IsProgram(call))).Sum(calls => calls.Length);

    /// <summary>The calls of each thread and process of a host that starts containers one after the other.</summary>
    private static string[][] Trace(ProbeRoot root, int starts)
    {
        using TemporaryDirectory folder = new();
        Command.Run("strace", "-ff", "-qq", "-o", folder["trace"], Repository.TestHost, "repeat", starts.ToString(CultureInfo.InvariantCulture), root.Path).ExitCode.Should().Be(0);
        return [.. Directory.GetFiles(folder.Path).Select(File.ReadAllLines)];
    }

    private static bool IsProgram(string call) => call.StartsWith("execve(\"/probe\"", StringComparison.Ordinal);
}
