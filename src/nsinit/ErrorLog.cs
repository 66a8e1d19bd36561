using System.Globalization;

namespace NsInit;

/// <summary>Where errors go: standard error, or the file that the variable <c>log</c> names, as in 2014.</summary>
internal static class ErrorLog
{
    internal static void Write(string message)
    {
        if (Environment.GetEnvironmentVariable("log") is not { Length: > 0 } path)
        {
            Output.Error.WriteLine($"nsinit: {message}");
            return;
        }
        try
        {
            File.AppendAllText(path, $"{DateTime.Now.ToString("yyyy/MM/dd HH:mm:ss", CultureInfo.InvariantCulture)} {message}\n");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Output.Error.WriteLine($"nsinit: {message}\nnsinit: log '{path}' cannot be written: {error.Message}");
        }
    }
}
