using LibContainer.TestUtilities;

namespace LibContainer.IntegrationTests;

/// <summary>The same on a machine where a process is born in its cgroup, and in no other way gets there.</summary>
[Trait("Machine", "v2")]
public sealed class EnterGuestTests : EnterTests;
