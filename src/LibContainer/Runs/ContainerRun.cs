using LibContainer.Configuration;

namespace LibContainer;

/// <summary>A program in a container of its own, from its start to its end.</summary>
internal sealed class ContainerRun(ContainerRuntime runtime, string id, ContainerRunOptions options)
{
    internal async Task<ContainerRunResult> RunAsync(ContainerConfiguration configuration, ProcessConfiguration process, CancellationToken cancellationToken)
    {
        OwnContainer container = await runtime.DoAsync(id, "the run", () =>
        {
            options.ThrowIfBad();
            return runtime.Create(id, configuration, isShortLived: true);
        }, cancellationToken, isShort: !runtime.CgroupHome.WaitsForSystemd).ConfigureAwait(false);
        await using (container.ConfigureAwait(false))
        using (CapturedStream output = new(options.OutputLimitBytes), error = new(options.OutputLimitBytes))
        {
            await container.StartAsync(process, new ContainerStartOptions
            {
                StandardInput = options.StandardInput,
                StandardOutput = options.StandardOutput ?? StandardStream.FromStream(output),
                StandardError = options.StandardError ?? StandardStream.FromStream(error),
            }, cancellationToken).ConfigureAwait(false);
            ContainerExitStatus status = await EndAsync(container, cancellationToken).ConfigureAwait(false);
            if (status.Reason == ContainerExitReason.Canceled)
                throw new ContainerCanceledException(id, "the run", cancellationToken) { ExitStatus = status };
            return new ContainerRunResult(status, output.Text, error.Text, output.IsTruncated || error.IsTruncated);
        }
    }

    private async Task<ContainerExitStatus> EndAsync(OwnContainer container, CancellationToken cancellationToken)
    {
        using CancellationTokenRegistration canceled = cancellationToken.UnsafeRegister(static container => ((OwnContainer)container!).KillFor(ContainerExitReason.Canceled), container);
        using CancellationTokenSource limit = new();
        using CancellationTokenRegistration late = limit.Token.UnsafeRegister(static container => ((OwnContainer)container!).KillFor(ContainerExitReason.TimeLimit), container);
        if (options.TimeLimit is { } time)
            limit.CancelAfter(time);
        return await container.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
    }
}
