namespace LibContainer.Launch;

/// <summary>One plan being carried out: what its steps hand on to each other. Lives on the stack of the process that runs it.</summary>
internal unsafe struct PlanExecution
{
    /// <summary>The plan, writable: paths are cut in place and argv is turned from offsets into pointers.</summary>
    public byte* Plan;

    /// <summary>Socket to the host.</summary>
    public int Sync;

    /// <summary>The container's root, -1 before it is opened, <see cref="Entered"/> when it is "/".</summary>
    public int Root;

    /// <summary>No descriptor leads to the root any more, since no name leads out of it.</summary>
    public const int Entered = -2;

    /// <summary>The directory that file steps work in, -1 before it is opened.</summary>
    public int Directory;

    /// <summary>The first mount of the host's /dev/null over a file; -1 before one is needed.</summary>
    public int Null;

    /// <summary>Index of the present step, counted over all plans.</summary>
    public uint Step;

    /// <summary>A mount namespace with nothing in it, -1 where nobody has made one.</summary>
    public int EmptyNamespace;

    /// <summary>What came with the host's go: <c>tasks</c> files of cgroups, the process whose namespaces are entered.</summary>
    public fixed int Given[SocketRights.MaxDescriptors];

    /// <summary>How many of them.</summary>
    public uint GivenCount;

    /// <summary>1 in a process that was born without a bounding set.</summary>
    public uint HasNoBoundingSet;

    /// <summary>1 in a process that is its own init: the host and it speak in lines of text.</summary>
    public uint IsOwnInit;

    /// <summary>1 once the host has replaced the rest of the plan, until that begins.</summary>
    public uint IsReplaced;

    /// <summary>The call that was made last: when a step fails, the one that failed.</summary>
    public long Call;

    /// <summary>Shared with the host.</summary>
    public uint* StepWord;

    /// <summary>Shared with the host, when it wants to know; otherwise null.</summary>
    public StepTime* Clock;

    public void Initialize(byte* plan, int sync, uint* stepWord)
    {
        Plan = plan;
        Sync = sync;
        Root = -1;
        Directory = -1;
        Null = -1;
        Step = 0;
        EmptyNamespace = -1;
        GivenCount = 0;
        HasNoBoundingSet = 0;
        IsOwnInit = 0;
        IsReplaced = 0;
        Call = 0;
        StepWord = stepWord;
        Clock = null;
    }

    /// <summary>Makes a system call and remembers which.</summary>
    /// <returns>The result, or a negative errno.</returns>
    public long Do(long number, long a = 0, long b = 0, long c = 0, long d = 0, long e = 0)
    {
        Call = number;
        return Kernel.Call(number, a, b, c, d, e, 0);
    }

    public byte* Text(uint offset) => offset == 0 ? null : Plan + offset;
}
