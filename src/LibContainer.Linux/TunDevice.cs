using System.Text;

namespace LibContainer.Linux;

/// <summary>What goes through a <see cref="TunDevice"/>.</summary>
public enum TunKind
{
    /// <summary>Packets of IP.</summary>
    Tun = Uapi.IFF_TUN,

    /// <summary>Frames of Ethernet.</summary>
    Tap = Uapi.IFF_TAP,
}

/// <summary>
/// Interfaces whose other end is a program, which opens <c>/dev/net/tun</c>. They are made through that device: rtnetlink can only change and delete them.
/// Source: the kernel's networking/tuntap.rst.
/// </summary>
public static unsafe class TunDevice
{
    private const string DevicePath = "/dev/net/tun";
    private const int NameLength = 15; // IFNAMSIZ without its NUL
    private const int RequestLength = 40, FlagsOffset = 16; // struct ifreq

    /// <summary>Makes one in the calling thread's network namespace. It is down, and stays until it is deleted or its namespace goes.</summary>
    /// <param name="name">1 to 15 bytes, without <c>%</c>, by which the kernel would choose a number.</param>
    /// <param name="kind">What goes through it, without a header of the device's own (<c>IFF_NO_PI</c>).</param>
    /// <exception cref="ArgumentException">It cannot be the name of an interface.</exception>
    /// <exception cref="LinuxException">
    /// EBUSY: there is an interface of this name. EINVAL: none can have it. EPERM: no CAP_NET_ADMIN. ENOENT, ENODEV: the kernel or <c>/dev</c> has no such device.
    /// </exception>
    public static void Create(string name, TunKind kind)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (Encoding.UTF8.GetByteCount(name) > NameLength || name.AsSpan().ContainsAny('%', '\0'))
            throw new ArgumentException($"'{name}' is no name of an interface: at most {NameLength} bytes, without % and NUL", nameof(name));
        if (kind is not (TunKind.Tun or TunKind.Tap))
            throw new ArgumentOutOfRangeException(nameof(kind), kind, "neither tun nor tap");
        byte* request = stackalloc byte[RequestLength];
        Span<byte> bytes = new(request, RequestLength);
        bytes.Clear();
        Encoding.UTF8.GetBytes(name, bytes);
        *(ushort*)(request + FlagsOffset) = (ushort)((int)kind | Uapi.IFF_NO_PI | Uapi.IFF_TUN_EXCL); // without the last, one that is there already would do

        int descriptor = KernelFile.Open("/dev/net/tun\0"u8, KernelFile.ReadWrite);
        if (descriptor < 0)
            throw new LinuxException("open", (Errno)(-descriptor), DevicePath);
        try
        {
            Control(descriptor, Uapi.TUNSETIFF, (long)request, $"TUNSETIFF {name}");
            Control(descriptor, Uapi.TUNSETPERSIST, 1, $"TUNSETPERSIST {name}"); // otherwise it goes with the descriptor, as it does when this fails
        }
        finally
        {
            KernelFile.Close(descriptor);
        }
    }

    private static void Control(int descriptor, int request, long argument, string detail)
    {
        long result = SystemCall.Invoke(SystemCallNumber.ioctl, descriptor, request, argument);
        if (result < 0)
            throw new LinuxException("ioctl", (Errno)(-result), DevicePath, detail);
    }
}
