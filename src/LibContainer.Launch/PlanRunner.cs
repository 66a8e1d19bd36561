using System.Runtime.InteropServices;
using LibContainer.Linux;

namespace LibContainer.Launch;

/// <summary>
/// Carries out plans in this very process, step by step as the launcher would, and never comes back from one that ends in a program. For a process that was born in the namespaces that
/// it is to set up.
/// </summary>
/// <remarks>Much of what steps change belongs to the thread: all plans of one process have to run on one.</remarks>
public sealed unsafe class PlanRunner : IDisposable
{
    private readonly SafeHandle _host;
    private readonly int _descriptor;
    private int _root = -1;

    /// <param name="host">Socket to the host: the steps that talk to it use it, and those that see whether it is there. Has to stay open.</param>
    public PlanRunner(SafeHandle host)
    {
        ArgumentNullException.ThrowIfNull(host);
        bool added = false;
        host.DangerousAddRef(ref added);
        _host = host;
        _descriptor = (int)host.DangerousGetHandle();
    }

    /// <summary>The root that a plan has opened, before the process changes to it.</summary>
    /// <exception cref="InvalidOperationException">None has been opened.</exception>
    public RootDirectory OpenRoot() => _root >= 0 ? RootDirectory.OfDescriptor(_root) : throw new InvalidOperationException("no plan has opened a root yet");

    /// <summary>Carries out the steps. What one plan has opened, the next finds.</summary>
    /// <exception cref="LaunchException">A step failed. What the steps before it did stays done: the process should end.</exception>
    public void Run(LaunchPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        using PlanWriter bytes = PlanWriter.Write(plan);
        uint word = 0;
        byte[] writable = bytes.Bytes.ToArray(); // the interpreter writes into its plan
        fixed (byte* start = writable)
        {
            PlanExecution execution = default;
            execution.Initialize(start, _descriptor, &word);
            execution.Root = _root;
            execution.IsOwnInit = 1;
            StepReport report = Interpreter.Run(&execution);
            _root = execution.Root;
            if (report.Errno != 0)
                throw LaunchException.AtStep(plan.Steps[(int)report.Step], (Errno)report.Errno, SystemCallNames.Of(report.Call));
        }
    }

    /// <summary>Lets go of the socket. The root stays open until the process ends or runs a program.</summary>
    public void Dispose() => _host.DangerousRelease();
}
