using System.Diagnostics;

namespace LibContainer.Benchmarks;

/// <summary>Programs of this machine.</summary>
internal static class Programs
{
    /// <summary>Its path, or null when it is not installed.</summary>
    internal static string? Find(string name) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    /// <summary>Runs it with this process's own streams, as a .NET program that calls it would.</summary>
    /// <returns>Its exit code.</returns>
    internal static int Run(string path, IEnumerable<string> arguments) => Run(new ProcessStartInfo(path, arguments));

    /// <inheritdoc cref="Run(string, IEnumerable{string})"/>
    internal static int Run(ProcessStartInfo start)
    {
        using Process process = Process.Start(start)!;
        process.WaitForExit();
        return process.ExitCode;
    }

    /// <summary>The first line that it says.</summary>
    internal static string FirstLine(string path, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(path, arguments) { RedirectStandardOutput = true })!;
        string text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return text.Split('\n')[0];
    }
}
