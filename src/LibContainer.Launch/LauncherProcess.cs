using System.Runtime.InteropServices;
using LibContainer.Linux;
using Microsoft.Win32.SafeHandles;

namespace LibContainer.Launch;

/// <summary>One launcher that runs (or ran), and the socket to it. Not thread-safe but for <see cref="Release"/> and <see cref="HasExited"/>.</summary>
internal sealed class LauncherProcess : IDisposable
{
    private readonly SequencedSocket _socket;
    private readonly PidFd _pidFd;
    private readonly List<int> _released = [];
    private volatile bool _hasExited;

    private LauncherProcess(SequencedSocket socket, PidFd pidFd, int id)
    {
        _socket = socket;
        _pidFd = pidFd;
        Id = id;
    }

    internal int Id { get; }

    internal bool HasExited => _hasExited;

    /// <summary>Starts one. Only for the thread that never ends: the parent-death signal of every container hangs on it.</summary>
    internal static LauncherProcess Start(SharedWords words, bool hasBoundingSet)
    {
        SafeFileHandle nothing = LauncherImage.Nothing;
        (SequencedSocket ours, SequencedSocket theirs) = SequencedSocket.CreatePair();
        using (theirs)
        {
            try
            {
                using Borrowed image = new(LauncherImage.File);
                using Borrowed socket = new(theirs);
                using Borrowed memory = new(words.File);
                using Borrowed descriptor = new(nothing);

                int id = Spawn.Start(
                    $"/proc/self/fd/{image.Number}", "libcontainer-launcher",
                    [descriptor.Number, descriptor.Number, descriptor.Number, socket.Number, memory.Number], hasBoundingSet ? null : "without-bounding-set");
                return new LauncherProcess(ours, PidFd.OpenChild(id), id);
            }
            catch
            {
                ours.Dispose();
                throw;
            }
        }
    }

    /// <summary>Blocks until it has ended, and reaps it.</summary>
    internal void WaitForExit()
    {
        _pidFd.WaitForExit();
        _hasExited = true;
        _pidFd.Dispose();
    }

    /// <summary>A container ended or was detached: its pidfd over there can be closed with the next message.</summary>
    internal void Release(int descriptor)
    {
        lock (_released)
            _released.Add(descriptor);
    }

    /// <summary>Sends a request, with the numbers that can be closed.</summary>
    /// <returns>Errno, or 0. EPIPE and ECONNRESET: it has died.</returns>
    internal unsafe Errno Send(LaunchRequest request, ReadOnlySpan<byte> plan, ReadOnlySpan<int> descriptors)
    {
        lock (_released)
        {
            int count = Math.Min(_released.Count, LaunchRequest.MaxRelease);
            for (int i = 0; i < count; i++)
                request.Release[i] = _released[i];
            request.ReleaseCount = (uint)count;
            Errno error = _socket.Send(MemoryMarshal.AsBytes(new ReadOnlySpan<LaunchRequest>(in request)), plan, descriptors);
            if (error == 0)
                _released.RemoveRange(0, count); // only now: what did not arrive has to be said again
            return error;
        }
    }

    /// <summary>Tells at once what can be closed, for when the host may be gone before the next request.</summary>
    internal Errno SendReleases()
    {
        while (true)
        {
            lock (_released)
                if (_released.Count == 0)
                    return 0;
            Errno error = Send(new LaunchRequest { Kind = LaunchRequestKind.Release }, [], []);
            if (error != 0)
                return error;
        }
    }

    /// <returns>False when it died before it answered.</returns>
    internal bool TryReceive(out LaunchReply reply, out PidFd? pidFd)
    {
        reply = default;
        int received = _socket.Receive(MemoryMarshal.AsBytes(new Span<LaunchReply>(ref reply)), out int descriptor);
        pidFd = descriptor >= 0 ? new PidFd(descriptor) : null;
        if (received == Marshal.SizeOf<LaunchReply>())
            return true;
        pidFd?.Dispose();
        pidFd = null;
        return false;
    }

    /// <summary>Closes the socket: the launcher kills every container that it still holds, and leaves. Its thread reaps it.</summary>
    public void Dispose() => _socket.Dispose();
}
