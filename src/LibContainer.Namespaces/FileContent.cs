using LibContainer.Linux;

namespace LibContainer;

/// <summary>
/// What a tar gets of a file: a length first, and then exactly as many bytes, whatever becomes of the file meanwhile.
/// </summary>
/// <remarks>
/// The length that the kernel tells is a promise of ordinary files alone: those of procfs say 0, those of sysfs 4096. What ends within a first piece has the length that was read; of anything longer the kernel is asked then.
/// </remarks>
internal sealed class FileContent : Stream
{
    internal const int FirstPiece = 64 * 1024;

    private readonly EntryDescriptor _file;
    private readonly byte[] _first;
    private readonly int _firstLength;
    private long _position;

    private FileContent(EntryDescriptor file, byte[] first, int firstLength, long length)
        => (_file, _first, _firstLength, Length) = (file, first, firstLength, length);

    /// <exception cref="InvalidDataException">It is longer than its length, so that nobody knows that.</exception>
    /// <exception cref="LinuxException">EAGAIN: it waits for something, as /proc/kmsg does.</exception>
    internal static FileContent Of(EntryDescriptor file)
    {
        byte[] first = new byte[Math.Clamp(file.GetStatus().Length + 1, 4096, FirstPiece)]; // one more, to see the end
        int count = 0, read;
        while (true)
        {
            do
                count += read = file.Read(first.AsSpan(count));
            while (read > 0 && count < first.Length);
            if (read == 0 || first.Length == FirstPiece)
                break;
            Array.Resize(ref first, FirstPiece);
        }
        long length = read == 0 ? count : file.GetStatus().Length;
        return length >= count ? new FileContent(file, first, count, length)
            : throw new InvalidDataException($"{file.Path} says that it has {length} bytes and has more: its length cannot be known before its end");
    }

    /// <inheritdoc/>
    public override long Length { get; }

    /// <inheritdoc/>
    public override long Position { get => _position; set => throw new NotSupportedException(); }

    /// <summary>To the tar writer that means that its length is known.</summary>
    public override bool CanSeek => true;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">The file is shorter now.</exception>
    public override int Read(Span<byte> buffer)
    {
        if (buffer.Length > Length - _position)
            buffer = buffer[..(int)(Length - _position)];
        if (buffer.IsEmpty)
            return 0;
        int count;
        if (_position < _firstLength)
        {
            count = Math.Min(buffer.Length, _firstLength - (int)_position);
            _first.AsSpan((int)_position, count).CopyTo(buffer);
        }
        else
        {
            count = _file.Read(buffer);
            if (count == 0)
                throw new InvalidDataException($"{_file.Path} had {Length} bytes, and was cut to {_position} while it was read");
        }
        _position += count;
        return count;
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new ValueTask<int>(Read(buffer.Span));
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override void Flush() { }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
