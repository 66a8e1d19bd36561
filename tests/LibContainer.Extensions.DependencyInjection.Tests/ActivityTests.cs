using System.Collections.Concurrent;
using System.Diagnostics;
using LibContainer.Configuration;
using LibContainer.TestUtilities;

namespace LibContainer.Tests;

public sealed class ActivityTests : IDisposable
{
    private readonly ConcurrentQueue<Activity> _stopped = new();
    private readonly ActivityListener _listener;

    public ActivityTests()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "LibContainer" or nameof(ActivityTests),
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _stopped.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private Activity Start => _stopped.Single(activity => activity.OperationName == "container.start");

    /// <summary>In order.</summary>
    private Activity[] Steps => [.. _stopped.Where(activity => activity.ParentSpanId == Start.SpanId)];

    [Fact]
    public async Task A_start_is_a_span_with_a_span_for_each_step_in_it()
    {
        Requires.Root();
        await using Application application = new();
        using ActivitySource source = new(nameof(ActivityTests));
        using Activity caller = source.StartActivity("caller")!;
        await using IContainer container = await application.Runtime.CreateAsync("traced", Application.Configuration, Cancellation);
        ProcessConfiguration process = new("true");
        await container.StartAsync(process, Application.Piped, Cancellation);
        Activity.Current.Should().BeSameAs(caller);

        Start.ParentSpanId.Should().Be(caller.SpanId);
        Start.TagObjects.Should().Contain(new KeyValuePair<string, object?>("container.id", "traced"));
        Start.Status.Should().NotBe(ActivityStatusCode.Error);
        Steps.Select(step => step.OperationName).Should().Equal(application.Runtime.Explain(container.Configuration, process).Steps.Select(step => step.Description));
        Steps.Should().OnlyContain(step => step.TraceId == caller.TraceId);
        Steps.Should().BeInAscendingOrder(step => step.StartTimeUtc);
        Steps.Should().OnlyContain(step => step.StartTimeUtc >= Start.StartTimeUtc && step.StartTimeUtc + step.Duration <= Start.StartTimeUtc + Start.Duration, "they are parts of it");
    }

    [Fact]
    public async Task The_span_of_a_start_that_failed_says_so_and_has_the_steps_up_to_that_one()
    {
        Requires.Root();
        await using Application application = new();
        ProcessConfiguration process = new("/no/such");
        ContainerStartException error = (await FluentActions.Awaiting(() => application.Runtime.RunAsync(Application.Configuration, process)).Should().ThrowAsync<ContainerStartException>()).Which;

        Start.Status.Should().Be(ActivityStatusCode.Error);
        Start.StatusDescription.Should().Be(error.Message);
        Start.TagObjects.Should().Contain(new KeyValuePair<string, object?>("error.type", $"LC{(int)ContainerErrorCode.ProgramNotFound:0000}"));
        Steps[^1].OperationName.Should().Be(error.FailedStep!.Description);
        Steps[^1].Status.Should().Be(ActivityStatusCode.Error);
        Steps[..^1].Should().OnlyContain(step => step.Status != ActivityStatusCode.Error);
    }

    public void Dispose() => _listener.Dispose();
}
