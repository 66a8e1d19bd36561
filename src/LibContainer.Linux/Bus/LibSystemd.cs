using System.Runtime.InteropServices;

namespace LibContainer.Linux;

/// <summary>
/// Entry points of libsystemd, spelled as in systemd/sd-bus.h; none of them has a variable number of arguments. Each returns a negative errno on
/// failure. Opened when first used: a host without systemd does without. All are in libsystemd 221 and later.
/// </summary>
internal sealed unsafe class LibSystemd
{
    private const string FileName = "libsystemd.so.0";

    // Not kept when it fails: the package can be installed while this program runs.
    private static readonly Lazy<LibSystemd> Shared = new(() => Open(FileName), LazyThreadSafetyMode.PublicationOnly);

    internal readonly delegate* unmanaged<nint*, int> sd_bus_open_system;
    internal readonly delegate* unmanaged<nint*, int> sd_bus_open_user;
    internal readonly delegate* unmanaged<nint*, int> sd_bus_new;
    internal readonly delegate* unmanaged<nint, byte*, int> sd_bus_set_address;
    internal readonly delegate* unmanaged<nint, int, int> sd_bus_set_bus_client;
    internal readonly delegate* unmanaged<nint, int> sd_bus_start;
    internal readonly delegate* unmanaged<nint, void> sd_bus_close;
    internal readonly delegate* unmanaged<nint, nint> sd_bus_unref;
    internal readonly delegate* unmanaged<nint, nint, ulong*, int> sd_bus_send;
    internal readonly delegate* unmanaged<nint, nint*, int> sd_bus_process;
    internal readonly delegate* unmanaged<nint, int> sd_bus_get_fd;
    internal readonly delegate* unmanaged<nint, int> sd_bus_get_events;
    internal readonly delegate* unmanaged<nint, nint*, byte*, byte*, byte*, byte*, int> sd_bus_message_new_method_call;
    internal readonly delegate* unmanaged<nint, nint> sd_bus_message_unref;
    internal readonly delegate* unmanaged<nint, byte, void*, int> sd_bus_message_append_basic;
    internal readonly delegate* unmanaged<nint, byte, void*, nuint, int> sd_bus_message_append_array;
    internal readonly delegate* unmanaged<nint, byte, byte*, int> sd_bus_message_open_container;
    internal readonly delegate* unmanaged<nint, int> sd_bus_message_close_container;
    internal readonly delegate* unmanaged<nint, byte, byte*, int> sd_bus_message_enter_container;
    internal readonly delegate* unmanaged<nint, byte, void*, int> sd_bus_message_read_basic;
    internal readonly delegate* unmanaged<nint, byte*, byte*, int> sd_bus_message_is_signal;
    internal readonly delegate* unmanaged<nint, byte*, int> sd_bus_message_is_method_error;
    internal readonly delegate* unmanaged<nint, BusError*> sd_bus_message_get_error;
    internal readonly delegate* unmanaged<nint, int> sd_bus_message_get_errno;
    internal readonly delegate* unmanaged<nint, ulong*, int> sd_bus_message_get_reply_cookie;

    private LibSystemd(nint library)
    {
        sd_bus_open_system = (delegate* unmanaged<nint*, int>)Export(nameof(sd_bus_open_system));
        sd_bus_open_user = (delegate* unmanaged<nint*, int>)Export(nameof(sd_bus_open_user));
        sd_bus_new = (delegate* unmanaged<nint*, int>)Export(nameof(sd_bus_new));
        sd_bus_set_address = (delegate* unmanaged<nint, byte*, int>)Export(nameof(sd_bus_set_address));
        sd_bus_set_bus_client = (delegate* unmanaged<nint, int, int>)Export(nameof(sd_bus_set_bus_client));
        sd_bus_start = (delegate* unmanaged<nint, int>)Export(nameof(sd_bus_start));
        sd_bus_close = (delegate* unmanaged<nint, void>)Export(nameof(sd_bus_close));
        sd_bus_unref = (delegate* unmanaged<nint, nint>)Export(nameof(sd_bus_unref));
        sd_bus_send = (delegate* unmanaged<nint, nint, ulong*, int>)Export(nameof(sd_bus_send));
        sd_bus_process = (delegate* unmanaged<nint, nint*, int>)Export(nameof(sd_bus_process));
        sd_bus_get_fd = (delegate* unmanaged<nint, int>)Export(nameof(sd_bus_get_fd));
        sd_bus_get_events = (delegate* unmanaged<nint, int>)Export(nameof(sd_bus_get_events));
        sd_bus_message_new_method_call =
            (delegate* unmanaged<nint, nint*, byte*, byte*, byte*, byte*, int>)Export(nameof(sd_bus_message_new_method_call));
        sd_bus_message_unref = (delegate* unmanaged<nint, nint>)Export(nameof(sd_bus_message_unref));
        sd_bus_message_append_basic = (delegate* unmanaged<nint, byte, void*, int>)Export(nameof(sd_bus_message_append_basic));
        sd_bus_message_append_array = (delegate* unmanaged<nint, byte, void*, nuint, int>)Export(nameof(sd_bus_message_append_array));
        sd_bus_message_open_container = (delegate* unmanaged<nint, byte, byte*, int>)Export(nameof(sd_bus_message_open_container));
        sd_bus_message_close_container = (delegate* unmanaged<nint, int>)Export(nameof(sd_bus_message_close_container));
        sd_bus_message_enter_container = (delegate* unmanaged<nint, byte, byte*, int>)Export(nameof(sd_bus_message_enter_container));
        sd_bus_message_read_basic = (delegate* unmanaged<nint, byte, void*, int>)Export(nameof(sd_bus_message_read_basic));
        sd_bus_message_is_signal = (delegate* unmanaged<nint, byte*, byte*, int>)Export(nameof(sd_bus_message_is_signal));
        sd_bus_message_is_method_error = (delegate* unmanaged<nint, byte*, int>)Export(nameof(sd_bus_message_is_method_error));
        sd_bus_message_get_error = (delegate* unmanaged<nint, BusError*>)Export(nameof(sd_bus_message_get_error));
        sd_bus_message_get_errno = (delegate* unmanaged<nint, int>)Export(nameof(sd_bus_message_get_errno));
        sd_bus_message_get_reply_cookie = (delegate* unmanaged<nint, ulong*, int>)Export(nameof(sd_bus_message_get_reply_cookie));

        nint Export(string name) => NativeLibrary.GetExport(library, name);
    }

    /// <exception cref="DllNotFoundException">The library is not installed; the message names its package.</exception>
    internal static LibSystemd Instance => Shared.Value;

    /// <summary>It stays open for good.</summary>
    /// <exception cref="DllNotFoundException">There is no such library.</exception>
    internal static LibSystemd Open(string fileName) => NativeLibrary.TryLoad(fileName, out nint library)
        ? new(library)
        : throw new DllNotFoundException($"systemd is asked through {fileName}, which this host does not have; its package is libsystemd0 (Debian, Ubuntu, SUSE) or systemd-libs (Fedora, Arch)");

    /// <summary>sd_bus_error.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct BusError
    {
        public byte* Name;
        public byte* Message;
        public int NeedFree;
    }
}
