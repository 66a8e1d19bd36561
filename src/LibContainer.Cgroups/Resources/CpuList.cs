using System.Globalization;

namespace LibContainer.Cgroups;

/// <summary>Lists of CPUs or memory nodes. Source: cpuset(7), "List format"; the kernel's lib/bitmap.c.</summary>
internal static class CpuList
{
    /// <summary>More than any kernel has: CONFIG_NR_CPUS is 8192 at most.</summary>
    private const int Limit = 65536;

    /// <summary>A list as the mask that systemd takes: the first byte has 0 to 7, the lowest bit first.</summary>
    /// <param name="list"><c>0-3,7</c>; of each range some in each group: <c>0-31:2/8</c>.</param>
    /// <param name="mask">Nothing for an empty list.</param>
    /// <returns>False: it is no list, as the kernel will say.</returns>
    internal static bool TryMask(string list, out byte[] mask)
    {
        mask = [];
        List<(int First, int Last, int Used, int Group)> ranges = [];
        foreach (string part in list.Split([',', ' ', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries))
        {
            if (Range(part) is not { } range)
                return false;
            ranges.Add(range);
        }
        if (ranges.Count == 0)
            return true;
        mask = new byte[ranges.Max(range => range.Last) / 8 + 1];
        foreach ((int first, int last, int used, int group) in ranges)
            for (int i = first; i <= last; i++)
                if ((i - first) % group < used)
                    mask[i / 8] |= (byte)(1 << (i % 8));
        return true;
    }

    /// <summary>The lowest number of one mask that another lacks. Null: it has all.</summary>
    internal static int? FirstAbsent(ReadOnlySpan<byte> wanted, ReadOnlySpan<byte> present)
    {
        for (int i = 0; i < wanted.Length * 8; i++)
            if ((wanted[i / 8] >> (i % 8) & 1) != 0 && (i / 8 >= present.Length || (present[i / 8] >> (i % 8) & 1) == 0))
                return i;
        return null;
    }

    private static (int First, int Last, int Used, int Group)? Range(string part)
    {
        string[] halves = part.Split(':');
        string[] ends = halves[0].Split('-');
        if (halves.Length > 2 || ends.Length > 2 || Number(ends[0]) is not { } first || Number(ends[^1]) is not { } last || last < first)
            return null;
        if (halves.Length == 1)
            return (first, last, 1, 1);
        return halves[1].Split('/') is [string usedText, string groupText] && Number(usedText) is { } used && Number(groupText) is { } group && used <= group && used > 0
            ? (first, last, used, group)
            : null;
    }

    private static int? Number(string text)
        => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number < Limit ? number : null;
}
