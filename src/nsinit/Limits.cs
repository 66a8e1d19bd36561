using System.CommandLine;
using System.Globalization;
using LibContainer.Configuration;

namespace NsInit;

/// <summary>Options that limit what a container may use.</summary>
internal sealed class Limits
{
    private readonly Option<string?> _memory = new("--memory") { HelpName = "N[k|m|g]", Description = "Bytes of memory, without swap beyond that. More is a reason to kill." };
    private readonly Option<string?> _cpus = new("--cpus") { HelpName = "N", Description = "CPUs' worth of time: 0.5 is half a CPU." };
    private readonly Option<long?> _pids = new("--pids") { HelpName = "N", Description = "Processes and threads together." };

    internal IEnumerable<Option> Options => [_memory, _cpus, _pids];

    /// <returns>Null: nothing is limited.</returns>
    /// <exception cref="UsageException">A value is no number of its kind.</exception>
    internal ResourceConfiguration? Read(ParseResult result)
    {
        (string? memory, string? cpus, long? pids) = (result.GetValue(_memory), result.GetValue(_cpus), result.GetValue(_pids));
        if (memory is null && cpus is null && pids is null)
            return null;
        return new ResourceConfiguration
        {
            Memory = memory is null ? null : MemoryResources.WithoutSwap(Bytes(memory)),
            Cpu = cpus is null ? null : CpuResources.OfCpus(Cpus(cpus)),
            PidsLimit = pids,
        };
    }

    private static long Bytes(string text)
    {
        int shift = text.Length == 0 ? 0 : char.ToLowerInvariant(text[^1]) switch { 'k' => 10, 'm' => 20, 'g' => 30, _ => 0 };
        ReadOnlySpan<char> number = shift == 0 ? text : text.AsSpan(0, text.Length - 1);
        return long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out long value) && value > 0 && value <= long.MaxValue >> shift
            ? value << shift
            : throw new UsageException($"--memory '{text}' is not a number of bytes: 268435456, 256m, 1g");
    }

    private static double Cpus(string text)
        => double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double cpus) && cpus is >= 0.01 and < 1e7 // the kernel's least is 1 ms of a tenth of a second
            ? cpus
            : throw new UsageException($"--cpus '{text}' is not a number of CPUs, 0.01 at least");
}
