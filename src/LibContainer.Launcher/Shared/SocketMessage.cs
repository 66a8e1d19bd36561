using LibContainer.Linux;

namespace LibContainer.Launch;

/// <summary>struct msghdr with one struct iovec, of recvmsg(2) and sendmsg(2).</summary>
internal unsafe struct SocketMessage
{
    public byte* Name;
    public ulong NameLength;
    public SocketPiece* Pieces;
    public ulong PieceCount;
    public byte* Control;
    public ulong ControlLength;
    public ulong Flags;

    public void Initialize(SocketPiece* piece, byte* control, ulong controlLength)
    {
        Name = null;
        NameLength = 0;
        Pieces = piece;
        PieceCount = 1;
        Control = control;
        ControlLength = controlLength;
        Flags = 0;
    }

    /// <summary>To send: one packet with one descriptor.</summary>
    public void Initialize(SocketPiece* piece, SocketRights* right, void* packet, int length, int descriptor)
    {
        piece->Start = (byte*)packet;
        piece->Length = (ulong)length;
        right->Length = SocketRights.HeaderLength + sizeof(int);
        right->Level = Uapi.SOL_SOCKET;
        right->Type = Uapi.SCM_RIGHTS;
        right->Descriptors[0] = descriptor;
        right->Descriptors[1] = 0;
        Initialize(piece, (byte*)right, SocketRights.HeaderLength + 8);
    }
}

/// <summary>struct iovec.</summary>
internal unsafe struct SocketPiece
{
    public byte* Start;
    public ulong Length;
}

/// <summary>struct cmsghdr of cmsg(3), and the descriptors behind it.</summary>
internal unsafe struct SocketRights
{
    public ulong Length;
    public int Level;
    public int Type;
    public fixed int Descriptors[MaxDescriptors];

    public const int HeaderLength = 16;
    /// <summary>Every hierarchy of cgroups that a kernel can have with one controller each, some named ones, and a plan.</summary>
    public const int MaxDescriptors = 24;

    /// <summary>How many came.</summary>
    public readonly int Count => (int)((Length - HeaderLength) / sizeof(int));
}
