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
    public fixed int Descriptors[8];

    public const int HeaderLength = 16;
}
