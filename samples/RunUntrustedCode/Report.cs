using System.Globalization;
using LibContainer;
using LibContainer.Cgroups;

namespace RunUntrustedCode;

/// <summary>Prints what came of a submission.</summary>
internal static class Report
{
    private const int MostCharacters = 4000;

    internal static void Print(Judgement judgement)
    {
        Console.WriteLine($"verdict: {Name(judgement.Verdict)}");
        if (judgement.Run is { } run)
        {
            CgroupUsage usage = run.ExitStatus.Usage;
            Console.WriteLine($"end: {run.ExitStatus}");
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"CPU time: {Seconds(usage.CpuTime)}"));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"peak memory: {(usage.PeakMemoryBytes is { } bytes ? $"{(double)bytes / Bytes.Mega(1):0.0} MB" : "not counted by this host")}"));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"wall time: {Seconds(run.ExitStatus.Duration)}"));
            Print("output", run.StandardOutput);
        }
        Print(judgement.Verdict == Verdict.CompilationError ? "compiler" : "errors", judgement.Messages);
    }

    private static string Seconds(TimeSpan? time) => time is { } known ? string.Create(CultureInfo.InvariantCulture, $"{known.TotalSeconds:0.000} s") : "not counted by this host";

    private static string Name(Verdict verdict) => verdict switch
    {
        Verdict.Accepted => "accepted",
        Verdict.Finished => "finished",
        Verdict.WrongAnswer => "wrong answer",
        Verdict.CompilationError => "compilation error",
        Verdict.MemoryLimit => "memory limit",
        Verdict.TimeLimit => "time limit",
        Verdict.ProcessLimit => "process limit",
        Verdict.OutputLimit => "output limit",
        _ => "runtime error",
    };

    /// <summary>The text is a stranger's: indented, so that no line of it can be taken for one of ours, and with no character that would command a terminal.</summary>
    private static void Print(string title, string text)
    {
        if (text.Length == 0)
            return;
        Console.WriteLine($"{title}:");
        string shown = text.Length > MostCharacters ? text[..MostCharacters] + "\n..." : text;
        foreach (string line in shown.TrimEnd('\n').Split('\n'))
            Console.WriteLine("  " + string.Concat(line.Select(character => char.IsControl(character) && character != '\t' ? '?' : character)));
    }
}
