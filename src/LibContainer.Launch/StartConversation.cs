using System.Collections.Immutable;
using System.Runtime.InteropServices;
using LibContainer.Linux;
using Microsoft.Win32.SafeHandles;

namespace LibContainer.Launch;

/// <summary>One start, from the moment at which there is a process until it runs its program: what it says, and what the host answers.</summary>
internal sealed class StartConversation(Launcher launcher, LaunchedProcesses processes, LaunchPlan plan, LaunchOptions options, SequencedSocket sync, LaunchedProcess process)
{
    private readonly bool _forks = plan.Forks;
    private ImmutableArray<LaunchStep> _steps = plan.Steps;
    private volatile LaunchedProcess _process = process;
    private bool _isForking;
    private uint _next;

    /// <summary>Listens until the program runs.</summary>
    /// <param name="words">Where each start is.</param>
    /// <param name="word">Which of them is this one's.</param>
    /// <param name="cancellationToken">Kills the process.</param>
    internal LaunchedProcess WaitUntilRunning(SharedWords words, int word, CancellationToken cancellationToken)
    {
        BeginFork();
        try
        {
            using (cancellationToken.Register(static state => ((StartConversation)state!)._process.Kill(), this))
            {
                options.Cloned?.Invoke(_process);
                Span<byte> packet = stackalloc byte[8];
                while (HasMore() && sync.Receive(packet, out int descriptor) == 8)
                    Hear(MemoryMarshal.Read<StepReport>(packet), descriptor, cancellationToken);
                uint last = words[word];
                if ((last & StepWord.Executing) == 0 || _isForking)
                    throw LaunchException.Ended(last == 0 ? null : _steps[(int)(last & ~StepWord.Executing) - 1], _process.WaitForExit());
            }
            cancellationToken.ThrowIfCancellationRequested();
            return _process;
        }
        catch
        {
            _process.Dispose();
            if (_isForking)
            {
                EndFork();
                launcher.KillLost();
            }
            cancellationToken.ThrowIfCancellationRequested(); // the failure was of our own making
            throw;
        }
        finally
        {
            options.Clock?.End(_steps);
        }
    }

    /// <summary>Whoever may trace a process that enters its container may also take this socket from it, and keep it open: then the end of the process has to be enough.</summary>
    private bool HasMore() => !_forks || Readiness.Wait([sync, _process.PidFd], Timeout.InfiniteTimeSpan)[0];

    private void Hear(StepReport report, int descriptor, CancellationToken cancellationToken)
    {
        // Likewise, or speak for it: nothing is done twice, and no descriptor given to who has had it.
        if (report.Step < _next || report.Step >= _steps.Length)
            throw new LaunchException($"the process tells of step {report.Step} where one of {_next} to {_steps.Length - 1} has its turn: somebody else speaks for it", null, Errno.EPROTO);
        _next = report.Step + 1;
        LaunchStep step = _steps[(int)report.Step];
        if (report.Errno != 0)
            throw LaunchException.AtStep(step, (Errno)report.Errno, SystemCallNames.Of(report.Call));
        switch (step)
        {
            case Steps.OpenTerminalStep:
                _process.Terminal = new SafeFileHandle(TakeOver(descriptor, step), ownsHandle: true);
                break;
            case Steps.OpenNetlinkStep:
                using (SafeFileHandle netlink = new(TakeOver(descriptor, step), ownsHandle: true))
                    options.NetlinkOpened?.Invoke(_process, netlink);
                break;
            case Steps.ForkStep:
                Succeed(new PidFd(TakeOver(descriptor, step)), cancellationToken);
                break;
            default:
                if (Go(options.Synchronized?.Invoke(_process)) is { } rest)
                    _steps = [.. _steps.Take((int)report.Step + 1), .. rest.Steps];
                break;
        }
    }

    private void Succeed(PidFd pidFd, CancellationToken cancellationToken)
    {
        LaunchedProcess before = _process, after = launcher.Take(pidFd);
        (after.Terminal, before.Terminal) = (before.Terminal, null);
        _process = after;
        EndFork(); // before anything that waits for the gate: who holds that may wait for this
        launcher.HoldTaken();
        before.Dispose();
        if (cancellationToken.IsCancellationRequested)
            _process.Kill(); // what was cancelled meanwhile was the other one
    }

    private void BeginFork()
    {
        if (!_forks)
            return;
        _isForking = true;
        processes.BeginFork();
    }

    private void EndFork()
    {
        _isForking = false;
        processes.EndFork();
    }

    private static int TakeOver(int descriptor, LaunchStep step)
        => descriptor >= 0 ? descriptor : throw LaunchException.AtStep(step, Errno.EMFILE, "recvmsg"); // no room in our table

    /// <summary>Lets the child go on. When it has been killed meanwhile, the next receive finds that out.</summary>
    private LaunchPlan? Go(GoAhead? ahead)
    {
        using GoAhead? closedThen = ahead;
        ReadOnlySpan<SafeHandle> given = ahead is null ? [] : ahead.Descriptors.AsSpan();
        ArgumentOutOfRangeException.ThrowIfGreaterThan(given.Length, SocketRights.MaxDescriptors - 2, nameof(GoAhead.Descriptors));
        using PlanWriter? bytes = ahead?.Rest is { } rest ? PlanWriter.Write(rest) : null;
        ReadOnlySpan<byte> plan = bytes is null ? [] : bytes.Bytes;
        using SafeFileHandle? file = plan.Length > LaunchRequest.MaxInlinePlan ? MemoryFile.CreateSealed("libcontainer-plan", plan) : null;

        Span<int> descriptors = stackalloc int[SocketRights.MaxDescriptors];
        using BorrowedAll all = new(given, descriptors);
        using Borrowed planFile = new(file ?? HostStreams.Input);
        int count = given.Length;
        if (file is not null)
            descriptors[count++] = planFile.Number;
        GoMessage go = new() { Word = GoMessage.Go, PlanLength = (uint)plan.Length, PlanInDescriptor = file is null ? 0u : 1u };
        sync.Send(MemoryMarshal.AsBytes(new ReadOnlySpan<GoMessage>(in go)), file is null ? plan : [], descriptors[..count]);
        return ahead?.Rest;
    }
}
