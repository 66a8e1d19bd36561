using System.Runtime.InteropServices;

namespace LibContainer.Linux;

/// <summary>A system call failed. Carries what a person needs to repeat it: the call, its object, the other arguments, the error number.</summary>
/// <remarks>A value that the caller got wrong is an <see cref="ArgumentException"/> or a configuration finding, before any call is made.</remarks>
public sealed class LinuxException : IOException
{
    /// <summary>Describes a failed call.</summary>
    /// <param name="systemCall">Name as in section 2 of the manual, for example <c>mount</c>.</param>
    /// <param name="error">What the kernel answered.</param>
    /// <param name="path">The file that the call was about, if it was about one.</param>
    /// <param name="detail">The other arguments, flags spelled out.</param>
    public LinuxException(string systemCall, Errno error, string? path = null, string? detail = null)
        : base(Describe(systemCall, error, path, detail), (int)error)
    {
        SystemCall = systemCall;
        Error = error;
        Path = path;
        Detail = detail;
    }

    /// <summary>Name as in section 2 of the manual.</summary>
    public string SystemCall { get; }

    /// <summary>What the kernel answered.</summary>
    public Errno Error { get; }

    /// <summary>The file that the call was about, if it was about one.</summary>
    public string? Path { get; }

    /// <summary>The other arguments.</summary>
    public string? Detail { get; }

    /// <summary><c>EPERM (Operation not permitted)</c>.</summary>
    public static string Name(Errno error)
        => Enum.IsDefined(error) ? $"{error} ({Marshal.GetPInvokeErrorMessage((int)error)})" : $"error {(int)error}";

    /// <summary>Reads errno first, before anything else can overwrite it.</summary>
    internal static LinuxException FromLastError(string systemCall, string? path = null, string? detail = null)
        => new(systemCall, (Errno)Marshal.GetLastPInvokeError(), path, detail);

    private static string Describe(string systemCall, Errno error, string? path, string? detail)
        => $"{string.Join(' ', new[] { systemCall, path, detail }.Where(part => !string.IsNullOrEmpty(part)))}: {Name(error)}";
}
