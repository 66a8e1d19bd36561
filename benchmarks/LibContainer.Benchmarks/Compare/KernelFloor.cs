using System.Diagnostics;
using System.Globalization;

namespace LibContainer.Benchmarks.Compare;

/// <summary>The kernel's floor: clone3, execve and waitid by the program of benchmarks/KernelFloor, which reads the clock itself. With a proc and a sysfs, or without.</summary>
internal sealed class KernelFloor : Candidate, IDisposable
{
    private readonly Process _process;

    private readonly char _request;

    internal KernelFloor(BenchmarkRoot root, bool mounts = false)
        : base(mounts ? "kernel's floor with /proc and /sys" : "kernel's floor")
    {
        _request = mounts ? 'm' : '.';
        _process = Process.Start(new ProcessStartInfo(Repository.KernelFloor, [root.Directory, root.Program, .. BenchmarkRoot.Command.Skip(1)])
        {
            RedirectStandardInput = true,
            RedirectStandardError = true,
        })!;
    }

    internal override Start Start()
    {
        _process.StandardInput.Write(_request);
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
