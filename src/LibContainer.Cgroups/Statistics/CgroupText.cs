using System.Globalization;
using System.Text;

namespace LibContainer.Cgroups;

/// <summary>What a file of a cgroup says, for as long as the buffer that it was read into holds it.</summary>
/// <param name="directory">The cgroup.</param>
/// <param name="file">Name of the file.</param>
/// <param name="content">Its content.</param>
internal readonly ref struct CgroupText(CgroupDirectory directory, ReadOnlySpan<byte> file, ReadOnlySpan<byte> content)
{
    // A page counter of the kernel without a limit has the largest number of whole pages that fits into a long, or of whole huge pages: with pages
    // of 4 KiB 0x7FFFFFFFFFFFF000, of 64 KiB 0x7FFFFFFFFFFF0000, with huge pages of 16 GiB 0x7FFFFFFC00000000. Before Linux 3.19 it was
    // long.MaxValue.
    private const ulong NoLimit = 0x7FFF_FFFC_0000_0000;

    private const int LongestLineShown = 200;

    private readonly CgroupDirectory _directory = directory;
    private readonly ReadOnlySpan<byte> _file = file;
    private readonly ReadOnlySpan<byte> _content = content;

    internal ReadOnlySpan<byte> Content => _content;

    internal TextLines Lines => new(_content);

    /// <summary>The file is one number.</summary>
    /// <exception cref="CgroupException">It is not.</exception>
    internal ulong Number() => Number(Single(), _content);

    /// <summary>The file is one limit.</summary>
    /// <returns>Null: no limit.</returns>
    /// <exception cref="CgroupException">It is none.</exception>
    internal ulong? Limit() => Limit(Single(), _content);

    /// <summary>A part of a line is a number.</summary>
    /// <exception cref="CgroupException">It is not.</exception>
    internal ulong Number(ReadOnlySpan<byte> text, ReadOnlySpan<byte> line)
        => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number) ? number : throw Malformed(line, "a number");

    /// <summary>A part of a line is a limit: a number or <c>max</c>.</summary>
    /// <returns>Null: no limit.</returns>
    /// <exception cref="CgroupException">It is none.</exception>
    internal ulong? Limit(ReadOnlySpan<byte> text, ReadOnlySpan<byte> line)
    {
        if (text.SequenceEqual("max"u8))
            return null;
        ulong number = ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong parsed) ? parsed : throw Malformed(line, "a number or max");
        return number < NoLimit ? number : null;
    }

    /// <summary>A line is a name and a value.</summary>
    /// <exception cref="CgroupException">It is not.</exception>
    internal void Pair(ReadOnlySpan<byte> line, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        ReadOnlySpan<byte> rest = line;
        name = TextLines.Word(ref rest);
        value = TextLines.Word(ref rest);
        if (value.IsEmpty || !rest.IsEmpty)
            throw Malformed(line, "a name and a value");
    }

    /// <summary>A line is a name and a number.</summary>
    /// <exception cref="CgroupException">It is not.</exception>
    internal ulong Pair(ReadOnlySpan<byte> line, out ReadOnlySpan<byte> name)
    {
        Pair(line, out name, out ReadOnlySpan<byte> value);
        return Number(value, line);
    }

    /// <summary>A word is the two numbers of a device: <c>8:0</c>.</summary>
    /// <returns>False: it is not.</returns>
    internal static bool TryDevice(ReadOnlySpan<byte> word, out uint major, out uint minor)
    {
        int colon = word.IndexOf((byte)':');
        major = minor = 0;
        return colon > 0
            && uint.TryParse(word[..colon], NumberStyles.None, CultureInfo.InvariantCulture, out major)
            && uint.TryParse(word[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out minor);
    }

    /// <summary><c>read cpu.stat of /sys/fs/cgroup/cpu/x, line 3: 'throttled_time fortytwo' is not a name and a number</c>.</summary>
    internal CgroupException Malformed(ReadOnlySpan<byte> line, string expected)
    {
        int number = 1;
        if (_content.Overlaps(line, out int offset))
            number += _content[..offset].Count((byte)'\n');
        string shown = Encoding.UTF8.GetString(line[..Math.Min(line.Length, LongestLineShown)]).TrimEnd('\n');
        return new($"read {Encoding.UTF8.GetString(_file)} of {_directory.Path}, line {number}: '{shown}' is not {expected}");
    }

    private ReadOnlySpan<byte> Single() => _content.Trim(" \t\n"u8);
}
