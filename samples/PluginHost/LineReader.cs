namespace PluginHost;

/// <summary>Lines of somebody who is not trusted: of one that is too long no more is kept than a buffer holds.</summary>
internal sealed class LineReader(Stream stream, int longest)
{
    private const byte LineBreak = (byte)'\n';

    private readonly byte[] _buffer = new byte[longest];
    private int _start, _end;

    /// <returns>The line without its end, as long as the next one is not read; one that is too long comes in pieces. Null: there are no more.</returns>
    internal async ValueTask<ReadOnlyMemory<byte>?> ReadAsync()
    {
        int looked = _start;
        while (true)
        {
            int found = _buffer.AsSpan(looked, _end - looked).IndexOf(LineBreak);
            if (found >= 0)
                return Take(looked + found, skip: 1);
            if (_start > 0)
            {
                _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
                (_start, _end) = (0, _end - _start);
            }
            if (_end == _buffer.Length)
                return Take(_end, skip: 0);
            looked = _end;
            int read = await stream.ReadAsync(_buffer.AsMemory(_end));
            if (read == 0)
                return _end > 0 ? Take(_end, skip: 0) : (ReadOnlyMemory<byte>?)null; // null by itself would be an array, and so an empty line
            _end += read;
        }
    }

    private ReadOnlyMemory<byte> Take(int end, int skip)
    {
        ReadOnlyMemory<byte> line = _buffer.AsMemory(_start, end - _start);
        _start = end + skip;
        return line;
    }
}
