using LibContainer;

namespace RunUntrustedCode;

/// <summary>What came of a submission.</summary>
internal enum Verdict
{
    /// <summary>It ended well; nobody said what it should write.</summary>
    Finished,

    /// <summary>It ended well and wrote what was expected.</summary>
    Accepted,

    /// <summary>It ended well and wrote something else.</summary>
    WrongAnswer,

    /// <summary>The compiler refused it, or was stopped by its own limits.</summary>
    CompilationError,

    /// <summary>It ended with another exit code than 0, or by a signal.</summary>
    RuntimeError,

    /// <summary>It wanted more memory than there was.</summary>
    MemoryLimit,

    /// <summary>It ran for too long.</summary>
    TimeLimit,

    /// <summary>It wanted more processes and threads than there were.</summary>
    ProcessLimit,

    /// <summary>It wrote too much.</summary>
    OutputLimit,
}

/// <param name="Verdict">What came of it.</param>
/// <param name="Messages">Of the compiler, when that refused it; else what the submission wrote as errors.</param>
/// <param name="Run">How it ran. Null: it never did.</param>
internal sealed record Judgement(Verdict Verdict, string Messages, ContainerRunResult? Run);
