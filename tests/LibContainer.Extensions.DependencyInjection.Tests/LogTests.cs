using LibContainer.Configuration;
using LibContainer.TestUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LibContainer.Tests;

public sealed class LogTests
{
    private const int Created = 5001, Started = 5002, StartFailed = 5003, Ended = 5004, Deleted = 5006;

    [Fact]
    public async Task The_applications_logger_is_told_of_each_container_in_its_scope()
    {
        Requires.Root();
        await using Application application = new();
        using (application.Services.GetRequiredService<ILogger<LogTests>>().BeginScope(new Dictionary<string, object?> { ["RequestId"] = 7 }))
        {
            await using IContainer container = await application.Runtime.CreateAsync("told", Application.Configuration, TestContext.Current.CancellationToken);
            await container.StartAsync(new ProcessConfiguration("sh", "-c", "exit 3"), Application.Piped, TestContext.Current.CancellationToken);
            await container.WaitForExitAsync(TestContext.Current.CancellationToken);
            await container.DeleteAsync(TestContext.Current.CancellationToken);
        }

        IReadOnlyList<RecordedLog> logs = application.Logs.OfLibrary;
        logs.Where(log => log.Id.Id is >= 5000 and < 6000).Select(log => log.Id.Id).Should().Equal(Created, Started, Ended, Deleted);
        logs.Should().OnlyContain(log => log.ContainerIds.SequenceEqual(new object[] { "told" }), "each is in the scope of its container, once");
        logs.Should().OnlyContain(log => log.Scopes.Count(value => value.Key == "RequestId") == 1, "scopes of the caller stay around it");
        logs.Single(log => log.Id.Id == Ended).Text.Should().Be("container told has ended: exit code 3");
        logs.Single(log => log.Id.Id == Started).Text.Should().StartWith("container told runs sh as process ");
    }

    [Fact]
    public async Task A_start_that_failed_is_told_with_its_reason()
    {
        Requires.Root();
        await using Application application = new();

        await FluentActions.Awaiting(() => application.Runtime.RunAsync(Application.Configuration, new ProcessConfiguration("/no/such"), new ContainerRunOptions { Id = "failing" }))
            .Should().ThrowAsync<ContainerStartException>();

        RecordedLog failed = application.Logs.OfLibrary.Single(log => log.Id.Id == StartFailed);
        failed.ContainerIds.Should().Equal("failing");
        failed.Text.Should().StartWith("container failing could not be started: LC").And.Contain("/no/such");
    }
}
