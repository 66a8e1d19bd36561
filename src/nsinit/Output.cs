using System.Text;

namespace NsInit;

/// <summary>
/// The two streams as text. Not System.Console's own writers: at a terminal those first send it escape sequences, which have no business in what a container's program shows.
/// </summary>
internal static class Output
{
    internal static TextWriter Standard { get; } = Open(Console.OpenStandardOutput());

    internal static TextWriter Error { get; } = Open(Console.OpenStandardError());

    private static StreamWriter Open(Stream stream) => new(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true };
}
