namespace LibContainer.Tests;

/// <summary>A stream whose other end does something when a place in it is reached: what a race would do, at a known moment.</summary>
/// <param name="inner">What is read, or written to.</param>
/// <param name="moved">Is told, before each piece, how many bytes have gone.</param>
internal sealed class WatchedStream(Stream inner, Action<long> moved) : Stream
{
    private long _position;

    public override bool CanRead => inner.CanRead;
    public override bool CanWrite => inner.CanWrite;
    public override bool CanSeek => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count)
    {
        moved(_position);
        int read = inner.Read(buffer, offset, Math.Min(count, 512));
        _position += read;
        return read;
    }

    public override void Write(byte[] buffer, int offset, int count)
    {
        moved(_position);
        inner.Write(buffer, offset, count);
        _position += count;
    }

    public override void Flush() => inner.Flush();
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
}
