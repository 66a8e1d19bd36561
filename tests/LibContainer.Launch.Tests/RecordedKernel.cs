using System.Runtime.InteropServices;
using LibContainer.Linux;

namespace LibContainer.Launch.Tests;

/// <summary>Answers in the kernel's place, and writes down what it was asked.</summary>
internal sealed unsafe class RecordedKernel
{
    private const int Given = 60;

    private readonly Func<string, Call, long> _answer;
    private string? _lastOpened;

    /// <summary>One system call: its name, its numbers, and the texts that the numbers may point to.</summary>
    internal sealed record Call(string Name, long A, long B, long C, long D, long E)
    {
        internal static string? Text(long address) => Marshal.PtrToStringUTF8((nint)address);
    }

    /// <param name="answer">Null: every call succeeds; those that give a descriptor give 100, 101, …</param>
    internal RecordedKernel(Func<string, Call, long?>? answer = null)
    {
        int next = 100;
        _answer = (name, call) => answer?.Invoke(name, call) ?? Default(name, call, ref next);
    }

    /// <summary>All calls but close, in order.</summary>
    internal List<Call> Calls { get; } = [];

    internal IEnumerable<string> Names => Calls.Select(call => call.Name);

    /// <summary>Descriptors that are open: opened, and not closed.</summary>
    internal HashSet<long> Open { get; } = [];

    /// <summary>Runs the plan as the launcher would, up to the step that fails or the last.</summary>
    internal (StepReport Report, uint Word) Run(LaunchPlan plan)
    {
        using PlanWriter writer = PlanWriter.Write(plan);
        byte[] bytes = writer.Bytes.ToArray(); // the interpreter writes into its plan
        uint word = 0;
        Kernel.Replacement = Answer;
        try
        {
            fixed (byte* start = bytes)
            {
                PlanExecution execution = default;
                execution.Initialize(start, sync: 3, &word);
                execution.Root = 50; // as if a root step had run
                execution.Given[0] = Given; // and the host had sent one
                execution.GivenCount = 1;
                return (Interpreter.Run(&execution), word);
            }
        }
        finally
        {
            Kernel.Replacement = null;
        }
    }

    private long Answer(long number, long a, long b, long c, long d, long e)
    {
        if (number == SystemCallNumber.close)
        {
            (a == Given || Open.Remove(a)).Should().BeTrue($"descriptor {a} is closed once");
            return 0;
        }
        Call call = new(SystemCallNames.Of(number), a, b, c, d, e);
        Calls.Add(call);
        if (call.Name is "openat" or "openat2")
            _lastOpened = Call.Text(call.B);
        if (call.Name == "fstatfs")
            *(ulong*)call.B = _lastOpened switch { "/proc" => Uapi.PROC_SUPER_MAGIC, "dev/pts/ptmx" => Uapi.DEVPTS_SUPER_MAGIC, _ => 0 };
        long result = _answer(call.Name, call);
        if (result is >= 100 and < 1000)
            Open.Add(result);
        return result;
    }

    private static long Default(string name, Call call, ref int next) => name switch
    {
        "recvfrom" => -(long)Errno.EAGAIN, // the host is there and says nothing
        "openat" or "openat2" or "open_tree" or "fsopen" or "fsmount" or "socket" => next++,
        "ioctl" when call.B == Uapi.TIOCGPTPEER => next++,
        _ => 0,
    };
}
