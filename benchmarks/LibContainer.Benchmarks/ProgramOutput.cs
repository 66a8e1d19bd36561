using Microsoft.Win32.SafeHandles;
using Tmds.Linux;

namespace LibContainer.Benchmarks;

/// <summary>
/// The standard output of this process, and with it of all that it starts, as a file in memory: what a program wrote can be looked at after
/// each start, at no cost to the start. What this process itself has to say goes where its output went before.
/// </summary>
internal static class ProgramOutput
{
    /// <summary>What a program that does its work writes.</summary>
    internal const string Expected = "ok";

    private static SafeFileHandle? _file;
    private static long _checked;

    /// <summary>The file, to be handed on as a descriptor. Whoever writes to it moves the same offset.</summary>
    internal static SafeFileHandle File => _file ?? throw new InvalidOperationException("the output has not been captured");

    /// <summary>Once, first of all.</summary>
    internal static void Capture()
    {
        // The console's stream is a copy of the descriptor as it is now.
        Console.SetOut(new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true });
        string path = $"/dev/shm/libcontainer-bench-{Guid.NewGuid():N}";
        _file = System.IO.File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        System.IO.File.Delete(path); // the descriptor is enough, and nothing is left however this process ends
        if (LibC.dup2((int)_file.DangerousGetHandle(), 1) != 1)
            throw new InvalidOperationException("dup2: the output cannot be captured");
    }

    /// <summary>Compares what was written since the last time.</summary>
    /// <param name="who">Whose output it is.</param>
    /// <param name="exitCode">How that ended.</param>
    /// <param name="starts">How many programs wrote.</param>
    /// <exception cref="InvalidOperationException">It failed, or wrote something else.</exception>
    internal static void Expect(string who, int exitCode, int starts = 1)
    {
        long length = RandomAccess.GetLength(File);
        int written = (int)(length - _checked);
        Span<byte> bytes = written <= 64 ? stackalloc byte[written] : new byte[written];
        int read = RandomAccess.Read(File, bytes, _checked);
        _checked = length;
        ExpectBytes(who, exitCode, bytes[..read], starts);
    }

    /// <summary>The same for what was written elsewhere.</summary>
    internal static void ExpectBytes(string who, int exitCode, ReadOnlySpan<byte> written, int starts = 1)
    {
        bool isExpected = written.Length == starts * Expected.Length;
        for (int i = 0; isExpected && i < written.Length; i++)
            isExpected = written[i] == Expected[i % Expected.Length];
        if (exitCode != 0 || !isExpected)
        {
            string text = System.Text.Encoding.UTF8.GetString(written[..Math.Min(written.Length, 200)]);
            throw new InvalidOperationException(
                $"{who} answered exit code {exitCode} and {written.Length} bytes, \"{text}\", in place of 0 and {starts} times "
                + $"\"{Expected}\": an error is not measured");
        }
    }
}
