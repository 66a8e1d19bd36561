using LibContainer;
using LibContainer.Configuration;

namespace RunUntrustedCode;

/// <summary>What a sandbox here may use.</summary>
/// <param name="MemoryBytes">The runtime and files in <c>/tmp</c> included.</param>
/// <param name="Processes">Threads included.</param>
/// <param name="Time">From its start to its end.</param>
/// <param name="OutputBytes">Of its output, and again of its errors.</param>
internal sealed record Limits(long MemoryBytes, int Processes, TimeSpan Time, int OutputBytes)
{
    /// <summary>The compiler is a larger program than those that are submitted.</summary>
    internal static Limits OfCompiler { get; } = new(Bytes.Mega(512), 64, TimeSpan.FromSeconds(60), 64 << 10);

    internal static Limits OfSubmission { get; } = new(Bytes.Mega(128), 40, TimeSpan.FromSeconds(5), 256 << 10);

    /// <summary>Holds a sandbox to them. It reaches no network by itself.</summary>
    internal SandboxOptions ApplyTo(SandboxOptions options) => options
        .Memory(MemoryBytes)
        .Cpus(1)
        .Pids(Processes)
        .TimeLimit(Time)
        .OutputLimit(OutputBytes)
        .TemporarySpace(Bytes.Mega(16))
        .Container(container => container with { InitProcess = true }) // else a first process is spared the signals that it sends itself, SIGABRT of a failed program among them
        .Process(process => process with
        {
            ResourceLimits = [.. process.ResourceLimits, new ResourceLimit(ResourceKind.Core, 0, 0), new ResourceLimit(ResourceKind.OpenFiles, 256, 256)],
        });
}
