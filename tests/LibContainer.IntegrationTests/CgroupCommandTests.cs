using System.Diagnostics;
using System.Text.Json.Nodes;
using LibContainer.Cgroups;
using LibContainer.TestUtilities;

namespace LibContainer.IntegrationTests;

/// <summary><c>nsinit stats</c>, <c>pause</c>, <c>unpause</c>, <c>oom</c>, and the limits of <c>nsinit run</c>.</summary>
public sealed class CgroupCommandTests : IDisposable
{
    private readonly JsonContainer _container = new();

    public void Dispose() => _container.Dispose();

    [Fact]
    public void The_statistics_are_those_of_the_kernel_under_the_names_of_2014()
    {
        _container.Prepare();
        using Process running = StartAndWait("echo ready; exec sleep 1000");
        _container.Run("pause").Should().Be(new Command.Result(0, "", "")); // so that the figures stay as they are

        Command.Result result = _container.Run("stats");

        result.Output.Should().StartWith("Stats:\n{\n\t\"cpu_stats\": {\n").And.EndWith("\n}\n");
        JsonObject stats = JsonNode.Parse(result.Output["Stats:\n".Length..])!.AsObject();
        stats.Select(member => member.Key).Should().Equal("cpu_stats", "memory_stats", "blkio_stats", "freezer_stats");
        CgroupStats present = ContainerCgroup.At(_container.CgroupPath).GetStats(CgroupStatistics.Cpu | CgroupStatistics.Memory);
        ((ulong)stats["memory_stats"]!["usage"]!).Should().Be(present.Memory!.UsageBytes);
        ((ulong)stats["memory_stats"]!["failcnt"]!).Should().Be(0);
        ((ulong)stats["memory_stats"]!["stats"]!["pgfault"]!).Should().BeGreaterThan(0);
        stats["cpu_stats"]!["throlling_data"]!.AsObject().Should().BeEmpty();
        if (ContainerCgroup.Hierarchies.Any(hierarchy => hierarchy.Version == CgroupVersion.V1 && hierarchy.Controllers.Contains("cpuacct")))
            stats["cpu_stats"]!["cpu_usage"]!["percpu_usage"]!.AsArray().Select(time => TimeSpan.FromTicks((long)(ulong)time! / TimeSpan.NanosecondsPerTick)).Should().Equal(present.Cpu!.PerCpu);
        if (ContainerCgroup.Hierarchies.Any(hierarchy => hierarchy.Version == CgroupVersion.V1 && hierarchy.Controllers.Contains("freezer")))
            stats["freezer_stats"]!.ToJsonString().Should().Be("""{"parent_state":"0","self_state":"1"}""");
        _container.Run("unpause").Should().Be(new Command.Result(0, "", ""));
        running.Kill();
    }

    [Fact]
    public async Task What_is_paused_stands_still_until_it_is_not()
    {
        _container.Prepare();
        using Process running = StartAndWait("echo ready; while read line; do echo $line; done");

        _container.Run("pause").Should().Be(new Command.Result(0, "", ""));
        running.StandardInput.WriteLine("hello");
        Task<string?> answer = running.StandardOutput.ReadLineAsync();
        ContainerCgroup.At(_container.CgroupPath).IsFrozen.Should().BeTrue();
        answer.IsCompleted.Should().BeFalse();
        _container.Run("unpause").Should().Be(new Command.Result(0, "", ""));

        (await answer.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken)).Should().Be("hello");
        running.StandardInput.Close();
        running.WaitForExit();
        running.ExitCode.Should().Be(0);
    }

    [Fact]
    public void With_the_network_they_are_one_line_as_a_month_later()
    {
        _container.Prepare();
        using Process running = StartAndWait("echo ready; exec sleep 1000");

        Command.Result result = _container.Run("stats", "--network");

        result.Output.Should().EndWith("}\n").And.NotContain("\t").And.Subject.Count(letter => letter == '\n').Should().Be(1);
        JsonObject stats = JsonNode.Parse(result.Output)!.AsObject();
        stats.Select(member => member.Key).Should().Equal("network_stats", "cgroup_stats");
        stats["network_stats"]!.AsObject().Should().BeEmpty("it has a loopback, and nothing else");
        ((ulong)stats["cgroup_stats"]!["memory_stats"]!["usage"]!).Should().BeGreaterThan(0);
        running.Kill();

        using JsonContainer without = new();
        without.Prepare(spec => spec.Remove("cgroups"));
        without.Run("stats", "--network").Should().Be(new Command.Result(1, "", $"nsinit: Failed to get stats - the container does not run: there is no process for {without.Data["pid"]}\n"));
    }

    [Fact]
    public void Each_time_that_memory_runs_out_is_a_line()
    {
        _container.Prepare(spec => spec["cgroups"]!["memory"] = 32 << 20);
        using Process running = StartAndWait("echo ready; read line; head -c 200m /dev/zero | tail > /dev/null; read line");
        using Process oom = _container.Start("oom");
        SpinWait.SpinUntil(() => Directory.GetFiles($"/proc/{oom.Id}/fd").Any(file => new FileInfo(file).LinkTarget == "anon_inode:[eventpoll]") || oom.HasExited, TimeSpan.FromSeconds(60)).Should().BeTrue();

        running.StandardInput.WriteLine();

        oom.StandardOutput.ReadLine().Should().Be("OOM notification received");
        running.StandardInput.Close();
        oom.WaitForExit();
        oom.ExitCode.Should().Be(0, "the container has ended");
    }

    [Theory]
    [InlineData("stats", "Failed to get stats")]
    [InlineData("pause", "Failed to pause")]
    [InlineData("unpause", "Failed to unpause")]
    [InlineData("oom", "Failed to watch")]
    public void Without_a_container_it_is_one_sentence(string command, string what)
    {
        _container.Prepare();
        _container.Run(command).Should().Be(new Command.Result(1, "", $"nsinit: {what} - the container does not run: there is no process for {_container.Data["pid"]}\n"));

        using JsonContainer without = new();
        without.Prepare(spec => spec.Remove("cgroups"));
        without.Run(command).Error.Should().Be($"nsinit: {what} - container.json has no cgroups\n");
    }

    [Fact]
    public void A_program_is_run_with_limits()
    {
        Requires.Root();

        Command.Result result = Command.Run(Repository.NsInit, "run", "--memory", "32m", "--cpus", "0.5", "--pids", "9", "--", "/bin/sh", "-c", "head -c 100m /dev/zero | tail > /dev/null; echo $?");

        result.Output.Should().BeOneOf("137\n", "");
    }

    [Theory]
    [InlineData("--memory", "much", "--memory 'much' is not a number of bytes: 268435456, 256m, 1g")]
    [InlineData("--memory", "0", "--memory '0' is not a number of bytes: 268435456, 256m, 1g")]
    [InlineData("--cpus", "0.001", "--cpus '0.001' is not a number of CPUs, 0.01 at least")]
    [InlineData("--pids", "-2", "resources.pidsLimit: -2 is not from -1 to 9223372036854775807")]
    public void A_bad_limit_is_one_sentence(string option, string value, string sentence)
    {
        Requires.Root();

        Command.Run(Repository.NsInit, "run", option, value, "--", "/bin/true").Should().Be(new Command.Result(1, "", $"nsinit: {sentence}\n"));
    }

    /// <summary>In a mount namespace in which something else is on top of them.</summary>
    [Fact]
    public void A_host_without_cgroups_runs_what_asks_for_no_limit()
    {
        Requires.Root();

        Run("").Should().Be(new Command.Result(0, "hello\n", ""));
        Run("--pids 9").Should().Be(new Command.Result(1, "", "nsinit: resources: this host has no cgroups mounted, without which nothing can be limited\n"));

        static Command.Result Run(string limits) => Command.Run(
            "unshare", "-m", "--propagation", "private", "/bin/sh", "-c", $"mount -t tmpfs none /sys/fs/cgroup && exec {Repository.NsInit} run {limits} -- /bin/echo hello");
    }

    private Process StartAndWait(string script)
    {
        Process running = _container.Start("exec", "sh", "-c", script);
        running.StandardOutput.ReadLine().Should().Be("ready");
        SpinWait.SpinUntil(() => File.Exists(_container.Data["pid"]), TimeSpan.FromSeconds(30)).Should().BeTrue();
        return running;
    }
}
