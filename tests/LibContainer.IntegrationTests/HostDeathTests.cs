using System.Diagnostics;
using System.Globalization;
using LibContainer.Linux;
using LibContainer.TestUtilities;

namespace LibContainer.IntegrationTests;

public sealed class HostDeathTests
{
    private const int Containers = 20;

    /// <summary>The launcher kills them: the first has cleared its parent-death signal.</summary>
    [Fact]
    public void When_the_host_is_killed_no_container_lives_on()
    {
        Requires.Root();
        using ProbeRoot root = new();
        using Process host = Command.Start(Repository.TestHost, $"{Containers}", root.Path);
        PidFd[] containers = [.. ReadIds(host).Select(PidFd.Open)];
        containers.Should().HaveCount(Containers).And.OnlyContain(container => container.TrySendSignal(Signal.SIGCONT));

        host.Kill();
        host.WaitForExit();

        // Ten seconds for a machine that is busy; the contract is one, and it takes milliseconds.
        Stopwatch watch = Stopwatch.StartNew();
        foreach (PidFd container in containers)
        {
            Readiness.Wait([container], TimeSpan.FromSeconds(10)).Should().Equal(true);
            container.Dispose();
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"all ended {watch.ElapsedMilliseconds} ms after their host");
    }

    private static IEnumerable<int> ReadIds(Process host)
    {
        while (host.StandardOutput.ReadLine() is { } line && line != "ready")
            yield return int.Parse(line, CultureInfo.InvariantCulture);
    }
}
