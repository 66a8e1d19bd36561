using System.Text;
using Microsoft.Win32.SafeHandles;

namespace NsInit;

/// <summary>
/// The two streams as text. Not System.Console's: at a terminal that first sends escape sequences, whichever of its streams is written to, and they have no business in what a container's
/// program shows.
/// </summary>
internal static class Output
{
    internal static TextWriter Standard { get; } = Open(1);

    internal static TextWriter Error { get; } = Open(2);

    private static StreamWriter Open(int descriptor)
        => new(new FileStream(new SafeFileHandle(descriptor, ownsHandle: false), FileAccess.Write, bufferSize: 0), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true };
}
