using System.Diagnostics;

namespace LibContainer.TestUtilities;

/// <summary>A program of this host, run to its end.</summary>
public static class Command
{
    /// <summary>Everything it said.</summary>
    public sealed record Result(int ExitCode, string Output, string Error);

    /// <summary>Runs it with closed input, for five minutes at most.</summary>
    public static Result Run(string program, params string[] arguments) => Run(Redirected(program, arguments));

    /// <summary>The same, with its three streams redirected already.</summary>
    public static Result Run(ProcessStartInfo start) => Run(start, TimeSpan.FromMinutes(5));

    /// <summary>The same, for as long as it may take at most.</summary>
    public static Result Run(ProcessStartInfo start, TimeSpan limit)
    {
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(limit))
        {
            process.Kill(entireProcessTree: true);
            bool isWhole = Task.WaitAll([output, error], TimeSpan.FromSeconds(10)); // whoever it has left may hold them open
            throw new TimeoutException($"{start.FileName} {string.Join(' ', start.ArgumentList)} did not end{(isWhole ? $": {output.Result}{error.Result}" : "")}");
        }
        return new Result(process.ExitCode, output.GetAwaiter().GetResult(), error.GetAwaiter().GetResult());
    }

    /// <summary>Starts it with its three streams redirected.</summary>
    public static Process Start(string program, params string[] arguments)
        => Process.Start(Redirected(program, arguments))!;

    private static ProcessStartInfo Redirected(string program, string[] arguments)
        => new(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
}
