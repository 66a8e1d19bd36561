namespace LibContainer.IntegrationTests.Facade;

/// <summary>The same tests once more, where all controllers are in version 2.</summary>
[Trait("Machine", "v2")]
public sealed class ContainerLifeGuestTests : ContainerLifeTests;

/// <inheritdoc cref="ContainerLifeGuestTests"/>
[Trait("Machine", "v2")]
public sealed class ExitReasonGuestTests : ExitReasonTests;

/// <inheritdoc cref="ContainerLifeGuestTests"/>
[Trait("Machine", "v2")]
public sealed class OneCgroupPathGuestTests : OneCgroupPathTests;
