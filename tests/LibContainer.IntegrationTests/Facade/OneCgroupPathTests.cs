using LibContainer.Configuration;
using LibContainer.TestUtilities;

namespace LibContainer.IntegrationTests.Facade;

/// <summary>Two containers whose callers have named the same cgroup: what becomes of one never hits the other.</summary>
public class OneCgroupPathTests : IAsyncDisposable
{
    private readonly TestRuntime _test = new();

    public OneCgroupPathTests() => Requires.Root();

    private static ProcessConfiguration Sleep { get; } = new("sleep", "1000");

    private ContainerConfiguration Named => TestRuntime.Userland with { CgroupPath = $"{_test.CgroupParent}/named" };

    [Fact]
    public async Task One_that_is_there_is_refused()
    {
        await using IContainer first = await _test.Runtime.CreateAsync("first", Named);
        await first.StartAsync(Sleep, TestRuntime.Quiet);

        ContainerConfigurationException error = (await FluentActions.Awaiting(() => _test.Runtime.CreateAsync("second", Named)).Should().ThrowAsync<ContainerConfigurationException>()).Which;

        error.Findings.Should().ContainSingle().Which.Path.Should().Be("cgroupPath");
        (await _test.IdsAsync()).Should().Equal("first");
        first.Status.Should().Be(ContainerStatus.Running);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task One_that_could_not_be_started_for_it_harms_nobody_as_it_goes(bool isDeletedByAnother)
    {
        await using IContainer first = await _test.Runtime.CreateAsync("first", Named), second = await _test.Runtime.CreateAsync("second", Named), third = await _test.Runtime.CreateAsync("third", Named);
        await first.StartAsync(Sleep, TestRuntime.Quiet);

        await FluentActions.Awaiting(() => second.StartAsync(Sleep, TestRuntime.Quiet)).Should().ThrowAsync<ContainerException>();
        if (isDeletedByAnother)
        {
            await _test.Another().DeleteAsync("second");
            await _test.Another().DeleteAsync("third");
        }
        await second.DisposeAsync();
        await third.DisposeAsync();

        first.Status.Should().Be(ContainerStatus.Running);
        (await first.GetProcessesAsync()).Should().ContainSingle();
    }

    [Fact]
    public async Task One_that_has_ended_harms_nobody_as_it_goes()
    {
        await using IContainer first = await _test.Runtime.CreateAsync("first", Named);
        await first.StartAsync(new ProcessConfiguration("true"), TestRuntime.Quiet);
        await first.WaitForExitAsync();
        await using IContainer second = await _test.Runtime.CreateAsync("second", Named);
        await second.StartAsync(Sleep, TestRuntime.Quiet);

        await _test.Another().DeleteAsync("first");

        second.Status.Should().Be(ContainerStatus.Running);
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return _test.DisposeAsync();
    }
}
