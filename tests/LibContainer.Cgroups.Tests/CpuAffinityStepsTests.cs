using LibContainer.Configuration;
using LibContainer.Launch;
using LibContainer.Launch.Steps;

namespace LibContainer.Cgroups.Tests;

/// <summary>Lists of CPUs as steps, and those that a machine does not have.</summary>
public sealed class CpuAffinityStepsTests
{
    [Fact]
    public void Each_list_is_a_mask()
    {
        LaunchPlan.Builder plan = new();
        ProcessConfiguration process = new("/x") { ExecCpuAffinity = new("0-2,9", "1") };

        CpuAffinitySteps.AddInitial(plan, process, cgroup: null);
        CpuAffinitySteps.AddFinal(plan, process);

        plan.Build().Steps.Should().Equal(new SetCpuAffinityStep("0-2,9", [0b111, 0b10]), new SetCpuAffinityStep("1", [0b10]));
        new SetCpuAffinityStep("1", [0b10]).Should().NotBe(new SetCpuAffinityStep("1", [0b11])).And.NotBe(new SetCpuAffinityStep("1", [0b10], MayBeNone: true));
    }

    [Theory]
    [InlineData("0-3", "7", "0-7", null)]
    [InlineData("0-3", null, null, null)]
    [InlineData("0-3", "2", "0-1", "initial: '0-3' names CPU 2, and this machine has 0-1|final: '2' names CPU 2, and this machine has 0-1")]
    [InlineData(null, "1", "0,2-3", "final: '1' names CPU 1, and this machine has 0,2-3")]
    [InlineData("65536", null, null, "initial: '65536' is no list, or names a CPU that no machine has")]
    public void A_cpu_that_the_machine_does_not_have_is_named(string? initial, string? final, string? online, string? findings)
        => CpuAffinitySteps.Check(new CpuAffinityConfiguration(initial, final), online).Select(finding => $"{finding}")
            .Should().Equal(findings?.Split('|').Select(finding => $"process.execCpuAffinity.{finding}") ?? []);
}
