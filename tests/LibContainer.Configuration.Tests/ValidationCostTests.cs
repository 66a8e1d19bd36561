namespace LibContainer.Configuration.Tests;

/// <summary>A configuration with nothing wrong in it costs next to nothing to judge: every start does it.</summary>
public sealed class ValidationCostTests
{
    [Fact]
    public void Judging_a_default_configuration_allocates_no_more_than_the_list_it_does_not_fill()
    {
        ContainerConfiguration container = new() { Root = RootFileSystem.HostUserland() };
        for (int i = 0; i < 100; i++)
            ConfigurationValidator.Validate(container, Valid.Process);

        long before = GC.GetAllocatedBytesForCurrentThread();
        ConfigurationValidator.Validate(container, Valid.Process);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        allocated.Should().BeLessThanOrEqualTo(24, "one object with one member");
    }
}
