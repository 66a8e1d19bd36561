using System.Globalization;

namespace LibContainer.Linux;

/// <summary>Version of the running kernel, as far as it decides what exists.</summary>
public readonly record struct KernelVersion(int Major, int Minor) : IComparable<KernelVersion>
{
    /// <summary>The oldest kernel that LibContainer supports: mount_setattr (5.12), close_range CLOEXEC (5.11), cgroup.kill (5.14).</summary>
    public static KernelVersion Floor { get; } = new(5, 14);

    /// <summary>The kernel under this program.</summary>
    public static KernelVersion Current { get; } = Parse(File.ReadAllText("/proc/sys/kernel/osrelease"));

    /// <summary>Reads a release string such as <c>6.18.44-generic</c>.</summary>
    /// <exception cref="FormatException">It does not begin with two numbers.</exception>
    public static KernelVersion Parse(string release)
    {
        ArgumentNullException.ThrowIfNull(release);
        string[] parts = release.Trim().Split('.', '-', '+', '_');
        return parts.Length >= 2
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int major)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int minor)
            ? new KernelVersion(major, minor)
            : throw new FormatException($"'{release.Trim()}' is not a kernel release");
    }

    /// <inheritdoc/>
    public int CompareTo(KernelVersion other) => (Major, Minor).CompareTo((other.Major, other.Minor));

    /// <summary>Earlier than.</summary>
    public static bool operator <(KernelVersion left, KernelVersion right) => left.CompareTo(right) < 0;

    /// <summary>Later than.</summary>
    public static bool operator >(KernelVersion left, KernelVersion right) => left.CompareTo(right) > 0;

    /// <summary>Earlier than, or equal.</summary>
    public static bool operator <=(KernelVersion left, KernelVersion right) => left.CompareTo(right) <= 0;

    /// <summary>Later than, or equal.</summary>
    public static bool operator >=(KernelVersion left, KernelVersion right) => left.CompareTo(right) >= 0;

    /// <inheritdoc/>
    public override string ToString() => $"{Major}.{Minor}";
}
