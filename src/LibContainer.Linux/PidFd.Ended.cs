namespace LibContainer.Linux;

public sealed partial class PidFd
{
    /// <summary>Waits until it has ended, whoever's child it is, without a thread.</summary>
    /// <param name="cancellationToken">Ends the wait, not the process.</param>
    /// <exception cref="LinuxException">EMFILE: too many descriptors.</exception>
    public async Task WhenEndedAsync(CancellationToken cancellationToken = default)
    {
        using AsyncReadiness readiness = new(this);
        while (true)
        {
            Task changed = readiness.WhenReadable();
            if (HasEnded)
                return;
            await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
