using LibContainer;

namespace RunUntrustedCode;

/// <summary>Compiles and runs a submission, each in a sandbox of its own.</summary>
internal static class Judge
{
    /// <param name="source">C#, from whomever.</param>
    /// <param name="input">What the program reads. Null: nothing.</param>
    /// <param name="expected">What it should write. Null: nobody says.</param>
    internal static async Task<Judgement> JudgeAsync(string source, Stream? input, string? expected)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("judge-"); // 0700: only root reaches what is below
        try
        {
            (string? assembly, string messages) = await Compiler.Find().CompileAsync(source, folder.FullName);
            if (assembly is null)
                return new Judgement(Verdict.CompilationError, messages, Run: null);

            ContainerRunResult run = await Sandbox.ForDotnet(assembly).RunAsync(configure: options =>
            {
                Limits.OfSubmission.ApplyTo(options);
                if (input is not null)
                    options.Input(input);
            });
            return new Judgement(VerdictOn(run, expected), run.StandardError, run);
        }
        finally
        {
            folder.Delete(recursive: true); // does not follow links
        }
    }

    private static Verdict VerdictOn(ContainerRunResult run, string? expected)
    {
        if (run.ExitStatus.Reason == ContainerExitReason.OutOfMemory)
            return Verdict.MemoryLimit;
        if (run.IsTruncated)
            return Verdict.OutputLimit;
        if (run.ExitStatus.IsSuccess)
            return expected is null ? Verdict.Finished : IsSame(run.StandardOutput, expected) ? Verdict.Accepted : Verdict.WrongAnswer;

        if (run.ExitStatus.Usage.RefusedForks is > 0)
            return Verdict.ProcessLimit;

        // A program of .NET is refused memory by its own runtime before the kernel kills it, and says so as it fails. The text is the submission's: what it can gain by it is another name for its failure.
        if (run.StandardError.Contains("OutOfMemoryException", StringComparison.Ordinal) || run.StandardError.Contains("Out of memory", StringComparison.Ordinal))
            return Verdict.MemoryLimit;
        return run.ExitStatus.Reason == ContainerExitReason.TimeLimit ? Verdict.TimeLimit : Verdict.RuntimeError;
    }

    /// <summary>Space at the ends of lines, and empty lines at the end, are nobody's mistake.</summary>
    private static bool IsSame(string output, string expected) => Lines(output).SequenceEqual(Lines(expected));

    private static IEnumerable<string> Lines(string text) => text.TrimEnd().Split('\n').Select(line => line.TrimEnd());
}
