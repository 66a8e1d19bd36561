namespace LibContainer.Launch;

// Who says what, over which socket. Every message is one packet (SOCK_SEQPACKET).
//
//   host                            launcher (descriptor 3)             child (descriptor 3, or behind those for the program: its own socket)
//   LaunchRequest + plan, rights ─►
//                                   clone3 ───────────────────────────► closes the launcher's socket, runs its steps
//                             ◄──── LaunchReply, right: pidfd
//                             ◄──────────────────────────────────────── StepReport, Errno 0: waits at a Synchronize step
//                             ◄──────────────────────────────────────── StepReport, Errno 0, at an OpenTerminal step; right: the terminal's other end
//   GoMessage [+ plan], rights ───────────────────────────────────────►  goes on, with the new plan when there is one; rights: what its steps count, [plan]
//                             ◄──────────────────────────────────────── StepReport, Errno 0, at a Fork step; right: the pidfd of a child that goes on in this one's place
//                             ◄──────────────────────────────────────── StepReport, Errno set: the step failed, exit 127
//                             ◄──────────────────────────────────────── end of file: with StepWord.Executing the program runs
//   LaunchRequest (Release) ──────► closes the pidfds: those containers no longer die with the host
//   LaunchRequest (Adopt), pidfd ─► keeps it: that container's launcher had died
//                             ◄──── LaunchReply
//   end of file ──────────────────► kills every container it still holds, leaves

/// <summary>What the launcher is asked for.</summary>
internal enum LaunchRequestKind : uint
{
    None = 0,

    /// <summary>Start a child with the plan that follows or that comes as the last descriptor.</summary>
    Launch = 1,

    /// <summary>Close the pidfds in <see cref="LaunchRequest.Release"/>, and nothing else; there is no reply.</summary>
    Release = 2,

    /// <summary>Keep the pidfd that comes along, of a container that an earlier launcher started; the reply has its number.</summary>
    Adopt = 3,
}

/// <summary>Host to launcher. With <see cref="LaunchRequestKind.Launch"/> the rights are: sync socket, stdin, stdout, stderr, [more for the program], [clock], [cgroup], [plan].</summary>
internal unsafe struct LaunchRequest
{
    public LaunchRequestKind Kind;

    /// <summary>Bytes of the plan.</summary>
    public uint PlanLength;

    /// <summary>1: the plan is in the last descriptor, because a packet has a size limit.</summary>
    public uint PlanInDescriptor;

    /// <summary>Index of the child's word in the memory that host and launcher share.</summary>
    public uint StepWord;

    /// <summary>CLONE_NEW*.</summary>
    public ulong CloneFlags;

    /// <summary>How many of <see cref="Release"/> count.</summary>
    public uint ReleaseCount;

    /// <summary>1: a descriptor in front of the plan's is the memory that the child writes the time of each step into; see <see cref="StepTime"/>.</summary>
    public uint ClockInDescriptor;

    /// <summary>1: a descriptor in front of the plan's is the cgroup of version 2 that the child is born in.</summary>
    public uint CgroupInDescriptor;

    /// <summary>Descriptors that the program gets from number 3 on; the child's socket then has the number behind them.</summary>
    public uint MoreDescriptors;

    /// <summary>The launcher's descriptor numbers of containers that have ended or were detached.</summary>
    public fixed int Release[MaxRelease];

    public const int MaxRelease = 32;

    /// <summary>A longer plan travels in a sealed memfd. A packet must fit the socket's send buffer (net.core.wmem_default, 208 KB).</summary>
    public const int MaxInlinePlan = 64 * 1024;

    public const int Descriptors = 4;

    public const int MaxMoreDescriptors = 10;

    /// <summary>Rights that come with the request.</summary>
    public readonly uint DescriptorCount => Descriptors + MoreDescriptors + ClockInDescriptor + CgroupInDescriptor + PlanInDescriptor;
}

/// <summary>Launcher to host. The right is the child's pidfd.</summary>
internal struct LaunchReply
{
    /// <summary>The child, or a negative errno.</summary>
    public int Pid;

    /// <summary>The launcher's own number of the pidfd, for <see cref="LaunchRequest.Release"/>.</summary>
    public int Descriptor;
}

/// <summary>Child to host: eight bytes.</summary>
internal struct StepReport
{
    /// <summary>Index of the step.</summary>
    public uint Step;

    /// <summary>0: a Synchronize step is reached, or another one hands over what it has opened or cloned. Otherwise the step failed with this.</summary>
    public ushort Errno;

    /// <summary>Number of the system call that failed.</summary>
    public ushort Call;
}

/// <summary>Host to child: go on after a Synchronize step. A plan may follow, inline or as the last right: what the host could only put together by now. The other rights are for JoinCgroup and EnterNamespaces steps.</summary>
internal struct GoMessage
{
    public ulong Word;

    /// <summary>Bytes of the plan that takes the place of the rest; 0: the rest stands.</summary>
    public uint PlanLength;

    /// <summary>1: it is in the last descriptor that comes along.</summary>
    public uint PlanInDescriptor;

    /// <summary>"go". End of file in its place ends the child: its host is dead.</summary>
    public const ulong Go = 0x6F67;
}

/// <summary>When a step began, by CLOCK_MONOTONIC: struct timespec. All 0: it did not.</summary>
internal struct StepTime
{
    public long Seconds;
    public long Nanoseconds;

    /// <summary>Steps whose time is kept.</summary>
    public const int Count = 4096;
}

/// <summary>The word that a child keeps up to date: where it is, even if it is killed there.</summary>
internal static class StepWord
{
    /// <summary>The child has not come to its first step. Otherwise: index of the step plus 1.</summary>
    public const uint NotStarted = 0;

    /// <summary>Set right before execve. With it, end of file means that the program runs.</summary>
    public const uint Executing = 0x80000000;

    /// <summary>Starts that can be under way at once.</summary>
    public const int Count = 1024;
}
