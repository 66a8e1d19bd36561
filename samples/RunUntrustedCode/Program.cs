// What the sandbox does not hold back yet: there is no seccomp filter and no user namespace, so every system call reaches the kernel, and the submission is a user of the host (nobody), which reads what everybody may read in /usr and /opt.
// An online judge: compiles a C# program that somebody has submitted in one sandbox, runs it in another, and says what came of it. Needs root and the .NET SDK.
//   RunUntrustedCode SUBMISSION.cs|- [INPUT [EXPECTED]]
// Exit code: 0 for "accepted" and "finished", 1 for every other verdict, 2 when there is no verdict.
using RunUntrustedCode;

if (args is not { Length: >= 1 and <= 3 })
{
    Console.Error.WriteLine("usage: RunUntrustedCode SUBMISSION.cs|- [INPUT [EXPECTED]]");
    return 2;
}
try
{
    string source = await Sources.ReadAsync(args[0]);
    using FileStream? input = args.Length > 1 ? File.OpenRead(args[1]) : null;
    string? expected = args.Length > 2 ? await File.ReadAllTextAsync(args[2]) : null;

    Judgement judgement = await Judge.JudgeAsync(source, input, expected);
    Report.Print(judgement);
    return judgement.Verdict is Verdict.Accepted or Verdict.Finished ? 0 : 1;
}
catch (Exception error) when (error is IOException or UnauthorizedAccessException or LibContainer.IContainerError)
{
    Console.Error.WriteLine($"RunUntrustedCode: {error.Message}");
    if (error is LibContainer.IContainerError { Hint: { } hint })
        Console.Error.WriteLine($"  {hint}");
    return 2;
}
