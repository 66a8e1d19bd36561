using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Tmds.Linux;

namespace LibContainer.Linux;

/// <summary>A message to somebody who listens at a path. Source: unix(7).</summary>
/// <remarks>The runtime's sockets take the kernel's errors for others of the network: "there is no such file" for "cannot assign requested address".</remarks>
public static unsafe class UnixSocket
{
    private const int PathOffset = sizeof(ushort), LongestPath = 107; // struct sockaddr_un, with a NUL behind the path

    /// <summary>Sends one.</summary>
    /// <param name="path">Of the socket; with <c>@</c> in front, a name in the abstract namespace.</param>
    /// <param name="isStream">It is SOCK_STREAM, and not SOCK_DGRAM.</param>
    /// <param name="message">At least one byte.</param>
    /// <param name="descriptor">Passed with it, by SCM_RIGHTS. It stays the caller's. Null: none.</param>
    /// <exception cref="LinuxException">ENOENT, ECONNREFUSED: nobody listens. ENAMETOOLONG: the path has more than 107 bytes.</exception>
    public static void Send(string path, bool isStream, ReadOnlySpan<byte> message, SafeHandle? descriptor = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        int opened = LibC.socket(LibC.AF_UNIX, (isStream ? LibC.SOCK_STREAM : LibC.SOCK_DGRAM) | LibC.SOCK_CLOEXEC, 0);
        if (opened < 0)
            throw LinuxException.FromLastError("socket", detail: "AF_UNIX");
        using SafeFileHandle socket = new(opened, ownsHandle: true);
        Connect(opened, path);
        using Borrowed passed = new(descriptor ?? socket);
        Errno failure = SequencedSocket.Send(opened, message, descriptors: descriptor is null ? [] : [passed.Number]);
        if (failure != 0)
            throw new LinuxException("sendmsg", failure, path);
    }

    private static void Connect(int socket, string path)
    {
        byte[] name = Encoding.UTF8.GetBytes(path);
        if (name.Length > LongestPath)
            throw new LinuxException("connect", Errno.ENAMETOOLONG, path);
        if (name[0] == (byte)'@')
            name[0] = 0;
        byte* address = stackalloc byte[PathOffset + LongestPath + 1];
        new Span<byte>(address, PathOffset + LongestPath + 1).Clear();
        *(ushort*)address = (ushort)LibC.AF_UNIX;
        name.CopyTo(new Span<byte>(address + PathOffset, LongestPath));
        // A path may have its NUL; a name of the abstract namespace has exactly its length.
        if (LibC.connect(socket, (sockaddr*)address, PathOffset + name.Length + (name[0] == 0 ? 0 : 1)) != 0)
            throw LinuxException.FromLastError("connect", path);
    }
}
