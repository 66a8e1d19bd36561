using System.Collections.Immutable;
using LibContainer.Configuration;
using LibContainer.Launch;
using LibContainer.Launch.Steps;
using LibContainer.Linux;

namespace LibContainer.Security.Tests;

/// <summary>Resource limits and no_new_privs as steps.</summary>
public sealed class SecurityStepsTests
{
    private const int OpenFiles = 7; // RLIMIT_NOFILE

    private static readonly ProcessConfiguration Process = new("/bin/true");

    [Fact]
    public void Open_files_are_limited_to_1024_when_nothing_is_said_and_the_hard_limit_stays()
    {
        (_, ulong hard) = ProcessLimits.Get(OpenFiles);

        Limits(Process).Should().Equal(new SetResourceLimitStep("RLIMIT_NOFILE", OpenFiles, Math.Min(1024, hard), hard));
    }

    [Fact]
    public void Open_files_are_limited_to_1024_when_only_other_limits_are_given()
        => Limits(Process with { ResourceLimits = [new(ResourceKind.Core, 0, 0)] }).Select(step => step.Name).Should().Equal("RLIMIT_NOFILE", "RLIMIT_CORE");

    [Fact]
    public void Open_files_are_limited_as_given_and_only_once()
        => Limits(Process with { ResourceLimits = [new(ResourceKind.OpenFiles, 16, 32)] }).Should().Equal(
            new SetResourceLimitStep("RLIMIT_NOFILE", OpenFiles, 16, 32));

    [Theory]
    [InlineData(ResourceKind.Cpu, "RLIMIT_CPU", 0)]
    [InlineData(ResourceKind.FileSize, "RLIMIT_FSIZE", 1)]
    [InlineData(ResourceKind.Data, "RLIMIT_DATA", 2)]
    [InlineData(ResourceKind.Stack, "RLIMIT_STACK", 3)]
    [InlineData(ResourceKind.Core, "RLIMIT_CORE", 4)]
    [InlineData(ResourceKind.ResidentSet, "RLIMIT_RSS", 5)]
    [InlineData(ResourceKind.Processes, "RLIMIT_NPROC", 6)]
    [InlineData(ResourceKind.OpenFiles, "RLIMIT_NOFILE", 7)]
    [InlineData(ResourceKind.LockedMemory, "RLIMIT_MEMLOCK", 8)]
    [InlineData(ResourceKind.AddressSpace, "RLIMIT_AS", 9)]
    [InlineData(ResourceKind.Locks, "RLIMIT_LOCKS", 10)]
    [InlineData(ResourceKind.PendingSignals, "RLIMIT_SIGPENDING", 11)]
    [InlineData(ResourceKind.MessageQueueBytes, "RLIMIT_MSGQUEUE", 12)]
    [InlineData(ResourceKind.Nice, "RLIMIT_NICE", 13)]
    [InlineData(ResourceKind.RealtimePriority, "RLIMIT_RTPRIO", 14)]
    [InlineData(ResourceKind.RealtimeTimeout, "RLIMIT_RTTIME", 15)]
    public void A_limit_has_the_name_and_the_number_of_setrlimit(ResourceKind kind, string name, int number)
        => Limits(Process with { ResourceLimits = [new(kind, 1, 2)] })[^1].Should().Be(new SetResourceLimitStep(name, number, 1, 2));

    [Fact]
    public void No_limit_is_the_kernels_infinity()
        => Limits(Process with { ResourceLimits = [new(ResourceKind.Core, null, null)] })[^1].Should().Be(
            new SetResourceLimitStep("RLIMIT_CORE", 4, ulong.MaxValue, ulong.MaxValue));

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 0)]
    public void No_new_privs_is_set_only_when_asked_for(bool asked, int steps)
    {
        LaunchPlan.Builder plan = new();
        SecuritySteps.AddNoNewPrivileges(plan, Process with { NoNewPrivileges = asked });

        plan.Build().Steps.Should().Equal(Enumerable.Repeat(new SetNoNewPrivilegesStep(), steps));
    }

    private static SetResourceLimitStep[] Limits(ProcessConfiguration process)
    {
        LaunchPlan.Builder plan = new();
        SecuritySteps.AddResourceLimits(plan, process);
        return [.. plan.Build().Steps.Cast<SetResourceLimitStep>()];
    }

    [Fact]
    public void Labels_are_written_as_the_modules_want_them()
        => Labels(Process with { AppArmorProfile = "docker-default", SELinuxLabel = "a:b:c:s0" }).Should().Equal(
            new SetLabelStep("AppArmor profile docker-default", "apparmor/exec", "exec docker-default"),
            new SetLabelStep("SELinux context a:b:c:s0 of new keyrings", "keycreate", "a:b:c:s0"),
            new SetLabelStep("SELinux context a:b:c:s0", "exec", "a:b:c:s0"));

    [Fact]
    public void Without_labels_there_is_no_step() => Labels(Process).Should().BeEmpty();

    private static ImmutableArray<LaunchStep> Labels(ProcessConfiguration process)
    {
        LaunchPlan.Builder plan = new();
        SecuritySteps.AddLabels(plan, process);
        return plan.Build().Steps;
    }
}
