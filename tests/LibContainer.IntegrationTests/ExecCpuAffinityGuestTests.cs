using LibContainer.TestUtilities;

namespace LibContainer.IntegrationTests;

/// <summary>The same on a machine where a process is born in its cgroup: to be set up on a CPU that the container does not have is a wish then.</summary>
[Trait("Machine", "v2")]
public sealed class ExecCpuAffinityGuestTests : ExecCpuAffinityTests;
