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

    /// <summary>The second line: with a launcher that cannot act, the kernel kills all but the one that has cleared its parent-death signal.</summary>
    [Fact]
    public void When_the_launcher_is_stopped_the_kernel_still_kills_those_that_let_it()
    {
        Requires.Root();
        using ProbeRoot root = new();
        using Process host = Command.Start(Repository.TestHost, "3", root.Path);
        HashSet<int> ids = [.. ReadIds(host)];
        int launcherId = Directory.GetDirectories($"/proc/{host.Id}/task").SelectMany(thread => File.ReadAllText($"{thread}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(text => int.Parse(text, CultureInfo.InvariantCulture)).Single(id => !ids.Contains(id));
        using PidFd launcher = PidFd.Open(launcherId);
        PidFd[] containers = [.. ids.Select(PidFd.Open)];
        launcher.TrySendSignal(Signal.SIGSTOP);

        host.Kill();
        host.WaitForExit();

        PidFd[] killed = [.. containers.Where(container => Readiness.Wait([container], TimeSpan.FromSeconds(2))[0])];
        killed.Should().HaveCount(2);
        launcher.TrySendSignal(Signal.SIGCONT);
        Readiness.Wait([containers.Except(killed).Single()], TimeSpan.FromSeconds(10)).Should().Equal(true);
        foreach (PidFd container in containers)
            container.Dispose();
    }

    private static IEnumerable<int> ReadIds(Process host)
    {
        while (host.StandardOutput.ReadLine() is { } line && line != "ready")
            yield return int.Parse(line, CultureInfo.InvariantCulture);
    }
}
