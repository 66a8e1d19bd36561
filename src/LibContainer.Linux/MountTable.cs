using System.Globalization;
using System.Text;

namespace LibContainer.Linux;

/// <summary>One mount, as a line of /proc/PID/mountinfo describes it. Source: proc_pid_mountinfo(5).</summary>
/// <param name="Id">Its number; may be used again after it is unmounted.</param>
/// <param name="ParentId">The mount that it is on.</param>
/// <param name="Device"><c>major:minor</c> of its files.</param>
/// <param name="Root">The directory of the file system that is its root.</param>
/// <param name="MountPoint">Where it is, seen from the process's root.</param>
/// <param name="Options">Of the mount.</param>
/// <param name="Type">File system type.</param>
/// <param name="Source">What was mounted.</param>
/// <param name="SuperOptions">Of the file system.</param>
public sealed record MountEntry(
    int Id, int ParentId, string Device, string Root, string MountPoint, string Options, string Type, string Source, string SuperOptions);

/// <summary>The mounts that a process sees.</summary>
public static class MountTable
{
    /// <summary>Those of this process, in the order in which the kernel lists them: a later one at the same place is on top.</summary>
    public static IReadOnlyList<MountEntry> Read() => Array.ConvertAll(KernelText.ReadLines("/proc/self/mountinfo"), Parse);

    /// <exception cref="FormatException">The line is not one of the kernel's.</exception>
    internal static MountEntry Parse(string line)
    {
        // A variable number of optional fields ends with "-". A blank in a name is written \040, so blanks separate.
        string[] fields = line.Split(' ');
        int separator = Array.IndexOf(fields, "-", Math.Min(6, fields.Length));
        if (separator < 0 || fields.Length < separator + 4)
            throw new FormatException($"'{line}' is not a line of mountinfo");
        return new MountEntry(
            int.Parse(fields[0], CultureInfo.InvariantCulture), int.Parse(fields[1], CultureInfo.InvariantCulture), fields[2],
            Unescape(fields[3]), Unescape(fields[4]), fields[5], Unescape(fields[separator + 1]), Unescape(fields[separator + 2]), Unescape(fields[separator + 3]));
    }

    /// <summary>Blank, tab, line break and backslash come as three octal digits.</summary>
    private static string Unescape(string text)
    {
        if (!text.Contains('\\', StringComparison.Ordinal))
            return text;
        StringBuilder plain = new(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            bool isEscape = text[i] == '\\' && i + 3 < text.Length && text.AsSpan(i + 1, 3).IndexOfAnyExceptInRange('0', '7') < 0;
            plain.Append(isEscape ? (char)((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + text[i + 3] - '0') : text[i]);
            i += isEscape ? 3 : 0;
        }
        return plain.ToString();
    }
}
