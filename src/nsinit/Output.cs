using System.Text;
using LibContainer.Linux;
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
        => new(new DescriptorStream(new SafeFileHandle(descriptor, ownsHandle: false)), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true };

    /// <summary>
    /// By write(2), behind what others have written through the same descriptor. A FileStream of a file counts its place by itself, and the next program of a script, or the container's own,
    /// would write over what it wrote.
    /// </summary>
    private sealed class DescriptorStream(SafeFileHandle handle) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override void Write(ReadOnlySpan<byte> buffer) => Descriptor.Write(handle, buffer);

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Flush() { }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
