using Microsoft.Win32.SafeHandles;
using Tmds.Linux;

namespace LibContainer.Linux;

/// <summary>Copies of descriptors under numbers that a list of fixed places does not overwrite.</summary>
internal readonly struct Raised : IDisposable
{
    private readonly List<SafeFileHandle>? _copies;

    private Raised(List<SafeFileHandle>? copies) => _copies = copies;

    /// <summary>Replaces every number below the floor by a copy above it, and does nothing in the usual case that there is none.</summary>
    internal static Raised Above(Span<int> descriptors, int floor)
    {
        List<SafeFileHandle>? copies = null;
        for (int i = 0; i < descriptors.Length; i++)
        {
            if (descriptors[i] >= floor)
                continue;
            int copy = LibC.fcntl(descriptors[i], LibC.F_DUPFD_CLOEXEC, floor);
            if (copy < 0)
            {
                LinuxException error = LinuxException.FromLastError("fcntl", detail: $"F_DUPFD_CLOEXEC of descriptor {descriptors[i]}");
                new Raised(copies).Dispose();
                throw error;
            }
            (copies ??= []).Add(new SafeFileHandle(copy, ownsHandle: true));
            descriptors[i] = copy;
        }
        return new Raised(copies);
    }

    public void Dispose()
    {
        foreach (SafeFileHandle copy in _copies ?? [])
            copy.Dispose();
    }
}
