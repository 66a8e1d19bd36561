namespace LibContainer.IntegrationTests;

/// <summary>The same tests once more, on machines that have every controller in one version.</summary>
[Trait("Machine", "v2")]
[Trait("Machine", "v1full")]
public sealed class CgroupGuestTests : CgroupTests;

/// <inheritdoc cref="CgroupGuestTests"/>
[Trait("Machine", "v2")]
[Trait("Machine", "v1full")]
public sealed class CgroupLimitGuestTests : CgroupLimitTests;
