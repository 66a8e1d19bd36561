using Tmds.Linux;

namespace LibContainer.Linux;

/// <summary>What a path of the host leads to.</summary>
public enum HostPathKind
{
    /// <summary>Nothing: it does not exist, or is a link to something that does not.</summary>
    Missing,

    /// <summary>A directory.</summary>
    Directory,

    /// <summary>Anything else: a file, a device, a socket.</summary>
    File,
}

/// <summary>Paths of the host. Source: stat(2).</summary>
/// <remarks>In place of <see cref="Path.Exists"/>, to which a link that leads nowhere exists.</remarks>
public static unsafe class HostPath
{
    /// <summary>What is there, links followed.</summary>
    public static HostPathKind KindOf(string path)
    {
        fixed (byte* start = NullTerminated.From(path))
        {
            stat found;
            if (LibC.stat(start, &found) != 0)
                return HostPathKind.Missing;
            return ((int)(uint)found.st_mode & Uapi.S_IFMT) == Uapi.S_IFDIR ? HostPathKind.Directory : HostPathKind.File;
        }
    }
}
