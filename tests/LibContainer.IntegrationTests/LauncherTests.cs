using System.Runtime.InteropServices;
using LibContainer.Configuration;
using LibContainer.Launch;
using LibContainer.Launch.Steps;
using LibContainer.Linux;
using LibContainer.TestUtilities;
using Microsoft.Win32.SafeHandles;

namespace LibContainer.IntegrationTests;

/// <summary>The launcher itself: its life, its death, and whom it takes along.</summary>
public sealed class LauncherTests : IDisposable
{
    private static readonly LaunchOptions Options = new();

    private readonly ProbeRoot _root = new();

    [Fact]
    public void A_launcher_that_died_is_replaced_at_the_next_start()
    {
        Requires.Root();
        using PrivateLauncher own = new();
        Launcher launcher = own.Launcher;
        Run(launcher, "3").ExitCode.Should().Be(3);
        int first = launcher.ProcessId!.Value;

        Kill(first);

        Run(launcher, "4").ExitCode.Should().Be(4);
        launcher.ProcessId.Should().NotBe(first);
    }

    [Fact]
    public void Containers_outlive_their_launcher_and_die_with_the_next_one()
    {
        Requires.Root();
        using PrivateLauncher own = new();
        Launcher launcher = own.Launcher;
        using LaunchedProcess process = launcher.Start(Plan("forever"), Options);
        int first = launcher.ProcessId!.Value;

        Kill(first);

        // Nobody starts anything: it is replaced because a container runs.
        SpinWait.SpinUntil(() => launcher.ProcessId is { } id && id != first, TimeSpan.FromSeconds(30)).Should().BeTrue();
        process.TrySendSignal(Signal.SIGCONT).Should().BeTrue("it lives");
        Run(launcher, "0").Success.Should().BeTrue(); // takes its turn behind the adoption
        own.Dispose();
        process.WaitForExit().Signal.Should().Be(Signal.SIGKILL);
    }

    /// <summary>As if another thread let go of it between the look at the list and the request. On the pool's thread that would end the host.</summary>
    [Fact]
    public void A_process_that_is_gone_when_it_shall_be_adopted_is_passed_over()
    {
        Requires.Root();
        using PrivateLauncher own = new();
        Launcher launcher = own.Launcher;
        LaunchedProcess gone = launcher.Start(Plan("forever"), Options);
        using PidFd process = PidFd.Open(gone.Id);
        try
        {
            gone.PidFd.Dispose();

            Kill(launcher.ProcessId!.Value);

            Run(launcher, "5").ExitCode.Should().Be(5);
        }
        finally
        {
            process.TrySendSignal(Signal.SIGKILL);
            process.WaitForExit();
        }
    }

    [Fact]
    public void An_end_of_the_host_is_an_end_of_its_containers_but_not_of_detached_ones()
    {
        Requires.Root();
        using PrivateLauncher own = new();
        Launcher launcher = own.Launcher;
        using LaunchedProcess attached = launcher.Start(Plan("forever"), Options);
        using LaunchedProcess detached = launcher.Start(Plan("forever"), Options);
        detached.Detach();

        own.Dispose(); // closes the socket, as the kernel does for a host that was killed

        attached.WaitForExit().Signal.Should().Be(Signal.SIGKILL);
        detached.TrySendSignal(Signal.SIGTERM).Should().BeTrue("it lives");
        detached.TrySendSignal(Signal.SIGKILL);
        detached.WaitForExit();
    }

    [Fact]
    public void The_host_does_its_part_while_the_process_waits()
    {
        Requires.Root();
        List<string> seen = [];
        LaunchPlan plan = Plan("0", new NewSessionStep(), new SynchronizeStep(), new SetUmaskStep(0));

        using LaunchedProcess process = Launcher.Shared.Start(plan, Options with
        {
            Synchronized = waiting =>
            {
                seen.Add(new FileInfo($"/proc/{waiting.Id}/exe").LinkTarget!);
                return new GoAhead();
            },
        });

        process.WaitForExit().Success.Should().BeTrue();
        seen.Should().ContainSingle().Which.Should().Contain("memfd:libcontainer-launcher", "it has not run its program yet");
    }

    /// <summary>What the host could not know before comes with its go, in a message or, when it is long, in a file.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    public void The_host_may_replace_the_rest_of_the_plan(int longArguments)
    {
        Requires.Root();
        LaunchPlan.Builder rest = new();
        rest.Add(new SetUmaskStep(0));
        rest.Add(new ExecuteStep([_root["probe"]], ["probe", "8", .. Enumerable.Repeat(new string('x', 10_000), longArguments)], []));
        LaunchPlan replacement = rest.Build();

        using LaunchedProcess process = Launcher.Shared.Start(Plan("7", new SynchronizeStep()), Options with { Synchronized = _ => new GoAhead(replacement) });

        process.WaitForExit().ExitCode.Should().Be(8);
    }

    [Fact]
    public void A_step_that_fails_in_the_replaced_rest_is_named()
    {
        Requires.Root();
        LaunchPlan.Builder rest = new();
        rest.Add(new SetUmaskStep(0));
        rest.Add(new ChangeDirectoryStep("/nowhere"));
        LaunchPlan replacement = rest.Build();

        FluentActions.Invoking(() => Launcher.Shared.Start(Plan("7", new SynchronizeStep()), Options with { Synchronized = _ => new GoAhead(replacement) }))
            .Should().Throw<LaunchException>().WithMessage("chdir /nowhere: ENOENT (No such file or directory)");
    }

    [Fact]
    public void A_host_that_fails_at_its_part_takes_the_process_back()
    {
        Requires.Root();
        int id = 0;

        FluentActions.Invoking(() => Launcher.Shared.Start(Plan("0", new SynchronizeStep()), Options with
        {
            Synchronized = waiting =>
            {
                id = waiting.Id;
                throw new InvalidOperationException("no network");
            },
        })).Should().Throw<InvalidOperationException>().WithMessage("no network");

        Directory.Exists($"/proc/{id}").Should().BeFalse();
    }

    [Fact]
    public void A_process_that_is_killed_during_its_start_says_where()
    {
        Requires.Root();

        LaunchException error = FluentActions.Invoking(() => Launcher.Shared.Start(
            Plan("0", new SynchronizeStep()), Options with
            {
                Synchronized = waiting =>
                {
                    waiting.TrySendSignal(Signal.SIGKILL);
                    return new GoAhead();
                },
            })).Should().Throw<LaunchException>().Which;

        error.Message.Should().Be("the container ended while it was being set up (killed by SIGKILL), at: sendto, recvmsg: wait for the host's go");
        error.ExitStatus!.Value.Signal.Should().Be(Signal.SIGKILL);
    }

    [Fact]
    public void A_start_that_is_cancelled_half_way_is_undone()
    {
        Requires.Root();
        using CancellationTokenSource source = new();

        FluentActions.Invoking(() => Launcher.Shared.Start(Plan("0", new SynchronizeStep()), Options with
        {
            Synchronized = _ =>
            {
                source.Cancel();
                return new GoAhead();
            },
        }, source.Token))
            .Should().Throw<OperationCanceledException>();
    }

    [Fact]
    public void A_plan_too_long_for_a_message_arrives_all_the_same()
    {
        Requires.Root();
        string[] arguments = [.. Enumerable.Repeat(new string('x', 10_000), 100)];

        Sandbox.Exec(_root.Container, new ProcessConfiguration(["/probe", "5", .. arguments])).ExitCode.Should().Be(5);
    }

    [Fact]
    public void A_namespace_that_the_kernel_refuses_is_told_by_its_flag()
    {
        Requires.Root();
        const ulong NoKernelKnowsIt = 0x10000000000;

        FluentActions.Invoking(() => Launcher.Shared.Start(Plan(0x20000000 | NoKernelKnowsIt, "0"), Options))
            .Should().Throw<LaunchException>().WithMessage("clone3 (CLONE_NEWPID|0x10000000000): EINVAL*");
    }

    [Fact]
    public void The_launcher_has_nothing_of_the_host()
    {
        Requires.Root();
        using FileStream leak = new("/etc/hostname", FileMode.Open, FileAccess.Read);
        Run(Launcher.Shared, "0");
        int id = Launcher.Shared.ProcessId!.Value;

        File.ReadAllBytes($"/proc/{id}/environ").Should().BeEmpty();
        new FileInfo($"/proc/{id}/cwd").LinkTarget.Should().Be("/");
        string[] descriptors = [.. Directory.GetFiles($"/proc/{id}/fd").Select(descriptor => new FileInfo(descriptor).LinkTarget!).Select(target => target.StartsWith("socket:", StringComparison.Ordinal) ? "socket" : target).Order()];
        descriptors.Should().NotContain(new FileInfo("/proc/self/ns/mnt").LinkTarget, "the namespace that it keeps for its children is an empty one");
        descriptors.Where(target => target != "anon_inode:[pidfd]" && !target.StartsWith("mnt:", StringComparison.Ordinal)).Should().Equal("/dev/null", "/dev/null", "/dev/null", "anon_inode:[eventfd]", "socket");
        descriptors.Count(target => target == "anon_inode:[pidfd]").Should().BeLessThanOrEqualTo(1, "the pidfd of a container that has ended is closed with the next start");
        File.ReadAllLines($"/proc/{id}/status").Should().Contain("Threads:\t1");
    }

    [Fact]
    public void A_plan_without_an_end_is_refused()
    {
        LaunchPlan.Builder plan = new();
        plan.Add(new SetUmaskStep(0));

        FluentActions.Invoking(() => Launcher.Shared.Start(plan.Build(), Options)).Should().Throw<ArgumentException>().WithMessage("a plan ends with the program*");
    }

    [Fact]
    public void A_stream_that_is_closed_is_named_and_costs_the_launcher_nothing()
    {
        Requires.Root();
        using PrivateLauncher own = new();

        for (int i = 0; i < 20; i++)
        {
            Run(own.Launcher, "0");
            FluentActions.Invoking(() => own.Launcher.Start(Plan("0"), new LaunchOptions { StandardOutput = new SafeFileHandle(9999, ownsHandle: false) }))
                .Should().Throw<LinuxException>().WithMessage("sendmsg of the standard output, descriptor 9999, to the launcher: EBADF*");
        }

        Directory.GetFiles($"/proc/{own.Launcher.ProcessId}/fd").Should().HaveCountLessThanOrEqualTo(8, "pidfds of containers that have ended are closed");
    }

    [Fact]
    public void A_detached_process_that_nobody_waits_for_is_reaped_with_a_later_start()
    {
        Requires.Root();
        using PrivateLauncher own = new();
        int id;
        using (LaunchedProcess process = own.Launcher.Start(Plan("forever"), Options))
        {
            id = process.Id;
            process.Detach();
        }
        using PidFd detached = PidFd.Open(id);
        detached.TrySendSignal(Signal.SIGKILL).Should().BeTrue("it lives");
        Readiness.Wait([detached], TimeSpan.FromSeconds(30)).Should().Equal(true);

        Run(own.Launcher, "0");

        Directory.Exists($"/proc/{id}").Should().BeFalse("it is no zombie");
    }

    /// <summary>What it had begun is killed and begun again, since no program can have run; what runs elsewhere is left alone, detached or not.</summary>
    [Fact]
    public void A_launcher_that_dies_with_a_request_in_hand_costs_nothing()
    {
        Requires.Root();
        using PrivateLauncher own = new();
        Launcher launcher = own.Launcher;
        using LaunchedProcess attached = launcher.Start(Plan("forever"), Options);
        using LaunchedProcess detached = launcher.Start(Plan("forever"), Options);
        detached.Detach();
        using PidFd first = PidFd.Open(launcher.ProcessId!.Value);
        first.TrySendSignal(Signal.SIGSTOP);
        int code = -1;
        Thread caller = new(() => code = Run(launcher, "9").ExitCode);
        caller.Start();
        // In recvmsg: the caller has sent its request and waits for the reply.
        string receiving = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "212 " : "47 ";
        SpinWait.SpinUntil(() => Directory.GetDirectories("/proc/self/task").Any(thread => File.ReadAllText($"{thread}/syscall").StartsWith(receiving, StringComparison.Ordinal)), TimeSpan.FromSeconds(30))
            .Should().BeTrue();

        first.TrySendSignal(Signal.SIGKILL);

        caller.Join();
        code.Should().Be(9);
        attached.TrySendSignal(Signal.SIGCONT).Should().BeTrue("it lives");
        detached.TrySendSignal(Signal.SIGCONT).Should().BeTrue("it lives");
        detached.TrySendSignal(Signal.SIGKILL);
        detached.WaitForExit();
    }

    /// <summary>It may be killed while it starts something: that start may fail, and says so, but leaves no process.</summary>
    [Fact]
    public void A_launcher_that_is_killed_again_and_again_costs_starts_and_leaves_nothing()
    {
        Requires.Root();
        const int Kills = 40;
        using PrivateLauncher own = new();
        Launcher launcher = own.Launcher;
        int succeeded = 0, failed = 0;
        bool done = false;
        Thread killer = new(() =>
        {
            for (int kills = 0, last = 0; kills < Kills;)
            {
                if (launcher.ProcessId is not { } id || id == last)
                    continue;
                last = id;
                kills++;
                try
                {
                    Kill(id);
                }
                catch (LinuxException)
                {
                    // It has gone by itself: killed before by the thread that waited for it.
                }
            }
            Volatile.Write(ref done, true);
        });
        killer.Start();
        while (!Volatile.Read(ref done))
        {
            try
            {
                Run(launcher, "0").Success.Should().BeTrue();
                succeeded++;
            }
            catch (LaunchException error)
            {
                error.Message.Should().StartWith("the launcher died");
                failed++;
            }
        }
        killer.Join();

        Run(launcher, "6").ExitCode.Should().Be(6);
        (succeeded + failed).Should().BePositive();
        Footprint.CurrentChildren().Should().Be($"{launcher.ProcessId}");
    }

    private ExitStatus Run(Launcher launcher, string argument)
    {
        using LaunchedProcess process = launcher.Start(Plan(argument), Options);
        return process.WaitForExit();
    }

    private LaunchPlan Plan(string argument, params LaunchStep[] before) => Plan((ulong)NamespaceKinds.Pid, argument, before);

    private LaunchPlan Plan(ulong cloneFlags, string argument, params LaunchStep[] before)
    {
        LaunchPlan.Builder plan = new(cloneFlags);
        foreach (LaunchStep step in before)
            plan.Add(step);
        plan.Add(new CloseOnExecStep(3));
        plan.Add(new ExecuteStep([_root["probe"]], ["probe", argument], []));
        return plan.Build();
    }

    private static void Kill(int id)
    {
        using PidFd process = PidFd.Open(id);
        process.TrySendSignal(Signal.SIGKILL);
        Readiness.Wait([process], TimeSpan.FromSeconds(30)).Should().Equal(true);
    }

    public void Dispose() => _root.Dispose();

    /// <summary>A launcher beside the shared one, which a test may end.</summary>
    private sealed class PrivateLauncher : IDisposable
    {
        internal Launcher Launcher { get; } = new();

        public void Dispose() => Launcher.Close();
    }
}
