using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Tmds.Linux;

namespace LibContainer.Linux;

/// <summary>Something has happened to a descriptor.</summary>
/// <param name="Key">Given with the descriptor.</param>
/// <param name="IsError">EPOLLERR. Whether that is an error is for those who know the file to say.</param>
/// <param name="CanRead">EPOLLIN, EPOLLPRI, or its end.</param>
/// <param name="CanWrite">EPOLLOUT, or its end.</param>
internal readonly record struct ReadyDescriptor(ulong Key, bool IsError, bool CanRead, bool CanWrite);

/// <summary>Waits for any number of descriptors at once. Unlike with <see cref="Readiness"/>, one more costs a wait nothing. Thread-safe. Source: epoll(7).</summary>
internal sealed unsafe class EventPoll : SafeHandleMinusOneIsInvalid
{
    /// <exception cref="LinuxException">EMFILE, ENFILE: too many descriptors.</exception>
    internal EventPoll()
        : base(ownsHandle: true)
    {
        SetHandle(LibC.epoll_create1(LibC.EPOLL_CLOEXEC));
        if (IsInvalid)
            throw LinuxException.FromLastError("epoll_create1");
    }

    /// <summary>Adds a descriptor, also while another thread waits.</summary>
    /// <param name="handle">It stays open until it is removed.</param>
    /// <param name="key">What <see cref="Wait"/> calls it.</param>
    /// <param name="isModification">EPOLLPRI: a file of the kernel's says something else than when it was read. Otherwise EPOLLIN: it can be read.</param>
    /// <exception cref="LinuxException">ENOSPC: more than <c>fs.epoll.max_user_watches</c>.</exception>
    internal void Add(SafeHandle handle, ulong key, bool isModification = false) => Add(handle, key, isModification ? LibC.EPOLLPRI : LibC.EPOLLIN);

    /// <summary>Adds a descriptor that is told of once each time when it begins to be readable or writable, and at first if it is: EPOLLET.</summary>
    /// <inheritdoc cref="Add(SafeHandle, ulong, bool)"/>
    internal void AddEdges(SafeHandle handle, ulong key) => Add(handle, key, LibC.EPOLLIN | LibC.EPOLLOUT | LibC.EPOLLET);

    private void Add(SafeHandle handle, ulong key, int events)
    {
        epoll_event interest = new() { events = events };
        interest.data.u64 = key;
        Control(LibC.EPOLL_CTL_ADD, handle, &interest);
    }

    /// <summary>
    /// Removes a descriptor. Closing it is not enough: the kernel forgets it when its last copy is closed, and one may be in a child that is being started.
    /// </summary>
    internal void Remove(SafeHandle handle)
    {
        epoll_event unused; // Linux before 2.6.9 read it
        Control(LibC.EPOLL_CTL_DEL, handle, &unused);
    }

    /// <summary>Waits until there is something.</summary>
    /// <param name="ready">Gets it. What is left over comes with the next call.</param>
    /// <returns>How many.</returns>
    internal int Wait(Span<ReadyDescriptor> ready)
    {
        const int Most = 64;
        epoll_event* events = stackalloc epoll_event[Most];
        using Borrowed descriptor = new(this);
        int count;
        while ((count = LibC.epoll_wait(descriptor.Number, events, Math.Min(ready.Length, Most), -1)) < 0)
            if (Marshal.GetLastPInvokeError() != Uapi.EINTR)
                throw LinuxException.FromLastError("epoll_wait");
        for (int i = 0; i < count; i++)
        {
            int what = events[i].events;
            bool isEnd = (what & (LibC.EPOLLHUP | LibC.EPOLLERR)) != 0;
            ready[i] = new ReadyDescriptor(events[i].data.u64, (what & LibC.EPOLLERR) != 0, isEnd || (what & (LibC.EPOLLIN | LibC.EPOLLPRI)) != 0, isEnd || (what & LibC.EPOLLOUT) != 0);
        }
        return count;
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => LibC.close((int)handle) == 0;

    private void Control(int operation, SafeHandle handle, epoll_event* interest)
    {
        using Borrowed poll = new(this), descriptor = new(handle);
        if (LibC.epoll_ctl(poll.Number, operation, descriptor.Number, interest) != 0)
            throw LinuxException.FromLastError("epoll_ctl", detail: operation == LibC.EPOLL_CTL_ADD ? "EPOLL_CTL_ADD" : "EPOLL_CTL_DEL");
    }
}
