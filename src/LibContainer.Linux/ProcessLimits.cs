namespace LibContainer.Linux;

/// <summary>Resource limits of this process. Source: prlimit(2).</summary>
public static unsafe class ProcessLimits
{
    /// <summary>Soft and hard limit; <see cref="ulong.MaxValue"/> is no limit.</summary>
    /// <param name="resource">The kernel's number, RLIMIT_*.</param>
    /// <exception cref="LinuxException">EINVAL: there is no such resource.</exception>
    public static (ulong Soft, ulong Hard) Get(int resource)
    {
        ulong* limits = stackalloc ulong[2];
        long result = SystemCall.Invoke(SystemCallNumber.prlimit64, 0, resource, 0, (long)limits);
        return result >= 0 ? (limits[0], limits[1]) : throw new LinuxException("prlimit64", (Errno)(-result), detail: $"resource {resource}");
    }
}
