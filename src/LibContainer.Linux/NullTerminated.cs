using System.Text;

namespace LibContainer.Linux;

/// <summary>Strings as the kernel wants them.</summary>
internal static class NullTerminated
{
    /// <summary>UTF-8 with a NUL behind it.</summary>
    /// <exception cref="ArgumentException">There is a NUL within: the kernel would see a shorter string than the caller.</exception>
    internal static byte[] From(string text)
    {
        if (text.Contains('\0', StringComparison.Ordinal))
            throw new ArgumentException("a string for the kernel cannot contain a NUL character", nameof(text));
        byte[] bytes = new byte[Encoding.UTF8.GetByteCount(text) + 1];
        Encoding.UTF8.GetBytes(text, bytes);
        return bytes;
    }
}
