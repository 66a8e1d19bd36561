using System.Globalization;

namespace NsInit;

/// <summary>Where errors go: standard error, or the file that the variable <c>log</c> names, as in 2014.</summary>
internal static class ErrorLog
{
    internal static void Write(string message)
    {
        if (Environment.GetEnvironmentVariable("log") is not { Length: > 0 } path)
        {
            Say($"nsinit: {message}");
            return;
        }
        try
        {
            File.AppendAllText(path, $"{DateTime.Now.ToString("yyyy/MM/dd HH:mm:ss", CultureInfo.InvariantCulture)} {message}\n");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Say($"nsinit: {message}\nnsinit: log '{path}' cannot be written: {error.Message}");
        }
    }

    private static void Say(string text)
    {
        try
        {
            Output.Error.WriteLine(text);
        }
        catch (IOException)
        {
            // The terminal is hung up, or nobody reads: the exit code has to say it alone.
        }
    }
}
