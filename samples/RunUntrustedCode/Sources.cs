using System.Text;

namespace RunUntrustedCode;

/// <summary>What was submitted.</summary>
internal static class Sources
{
    private const int MaximumBytes = 256 << 10;

    /// <param name="path">A file, or <c>-</c> for standard input.</param>
    /// <exception cref="IOException">It is too long, or cannot be read.</exception>
    internal static async Task<string> ReadAsync(string path)
    {
        using Stream stream = path == "-" ? Console.OpenStandardInput() : File.OpenRead(path);
        byte[] bytes = new byte[MaximumBytes + 1];
        int length = await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false);
        return length <= MaximumBytes ? Encoding.UTF8.GetString(bytes, 0, length) : throw new IOException($"the submission is longer than {MaximumBytes} bytes");
    }
}
