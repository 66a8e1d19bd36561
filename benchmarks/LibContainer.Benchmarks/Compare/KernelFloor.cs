using System.Diagnostics;
using System.Globalization;

namespace LibContainer.Benchmarks.Compare;

/// <summary>The kernel's floor: clone3, execve and waitid by the program of benchmarks/KernelFloor, which reads the clock itself.</summary>
internal sealed class KernelFloor : Candidate, IDisposable
{
    private readonly Process _process;

    internal KernelFloor(BenchmarkRoot root)
        : base("kernel's floor")
    {
        _process = Process.Start(new ProcessStartInfo(Repository.KernelFloor, [root.Program, .. BenchmarkRoot.Command.Skip(1)])
        {
            RedirectStandardInput = true,
            RedirectStandardError = true,
        })!;
    }

    internal override Start Start()
    {
        _process.StandardInput.Write('.');
        _process.StandardInput.Flush();
        string? answer = _process.StandardError.ReadLine();
        return answer?.Split(' ') is [{ } time, { } status]
            && long.TryParse(time, NumberStyles.None, null, out long nanoseconds)
            && int.TryParse(status, NumberStyles.None, null, out int exitCode)
            ? new Start(nanoseconds / 1e6, exitCode)
            : throw new InvalidOperationException($"{Name} answered \"{answer}\": an error is not measured");
    }

    public void Dispose()
    {
        _process.StandardInput.Close(); // the end of its input is its end
        _process.WaitForExit();
        _process.Dispose();
    }
}
