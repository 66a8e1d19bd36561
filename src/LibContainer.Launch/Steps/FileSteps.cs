using System.Text;
using LibContainer.Linux;

namespace LibContainer.Launch.Steps;

/// <summary>Opens the directory that the file steps behind it work in, and makes it when it is missing.</summary>
/// <param name="Path">Path in the container; <c>/</c> is its root.</param>
/// <param name="Mode">Permission bits of a directory that has to be made.</param>
public sealed record OpenDirectoryStep(string Path, int Mode = 0x1ED) : LaunchStep
{
    private static readonly string[] Walk = ["openat2"];

    /// <inheritdoc/>
    public override string Description => $"openat2 {InContainer(Path)}, made if missing (mode {Convert.ToString(Mode, 8).PadLeft(4, '0')})";

    /// <inheritdoc/>
    public override IReadOnlyList<string> SystemCalls => Path.Trim('/').Length == 0 ? [] : Walk;

    internal override void Write(PlanWriter plan, ref StepRecord record)
    {
        record.Kind = StepKind.OpenDirectory;
        record.Mode = (uint)Mode;
        record.Text = plan.PathInRoot(Path);
    }
}

/// <summary>Kind of a device node.</summary>
public enum NodeType
{
    /// <summary>Character device, S_IFCHR.</summary>
    Character = 0x2000,

    /// <summary>Block device, S_IFBLK.</summary>
    Block = 0x6000,

    /// <summary>Named pipe, S_IFIFO.</summary>
    Fifo = 0x1000,
}

/// <summary>Makes a device node in the open directory. One that exists is accepted when it is the same device.</summary>
/// <param name="Name">Name in that directory.</param>
/// <param name="Type">Kind of node.</param>
/// <param name="Major">Major number.</param>
/// <param name="Minor">Minor number.</param>
/// <param name="Mode">Permission bits.</param>
/// <param name="UserId">Owner.</param>
/// <param name="GroupId">Group.</param>
public sealed record MakeNodeStep(string Name, NodeType Type, int Major, int Minor, int Mode, int UserId = 0, int GroupId = 0) : LaunchStep
{
    private static readonly string[] Plain = ["mknodat"];
    private static readonly string[] WithOwner = ["mknodat", "fchownat"];

    /// <inheritdoc/>
    public override string Description => $"mknodat {Name} {TypeLetter} {Major}:{Minor} (mode {Convert.ToString(Mode, 8).PadLeft(4, '0')})";

    /// <inheritdoc/>
    public override IReadOnlyList<string> SystemCalls => UserId == 0 && GroupId == 0 ? Plain : WithOwner;

    internal override string? Hint(Errno error, string systemCall) => error == Errno.EEXIST ? "something else is there under that name" : null;

    private char TypeLetter => Type switch { NodeType.Block => 'b', NodeType.Fifo => 'p', _ => 'c' };

    internal override void Write(PlanWriter plan, ref StepRecord record)
    {
        record.Kind = StepKind.MakeNode;
        record.Mode = (uint)Type | (uint)Mode;
        // new_encode_dev of include/linux/kdev_t.h
        record.Value = (uint)Major << 8 | ((uint)Minor & 0xFF) | ((uint)Minor & 0xFFF00) << 12;
        record.Value2 = (uint)UserId | (ulong)(uint)GroupId << 32;
        record.Text = plan.Text(Name);
    }
}

/// <summary>Makes a symbolic link in the open directory. One that exists is left as it is.</summary>
/// <param name="Name">Name in that directory.</param>
/// <param name="Target">What it points to.</param>
public sealed record MakeSymbolicLinkStep(string Name, string Target) : LaunchStep
{
    /// <inheritdoc/>
    public override string Description => $"symlinkat {Name} to {Target}";

    /// <inheritdoc/>
    public override IReadOnlyList<string> SystemCalls => Calls;

    private static readonly string[] Calls = ["symlinkat"];

    internal override void Write(PlanWriter plan, ref StepRecord record)
    {
        record.Kind = StepKind.MakeSymbolicLink;
        record.Text = plan.Text(Name);
        record.Text2 = plan.Text(Target);
    }
}

/// <summary>Writes a new file in the open directory.</summary>
/// <param name="Name">Name in that directory; it must not exist.</param>
/// <param name="Content">Its text.</param>
/// <param name="Mode">Permission bits.</param>
public sealed record WriteFileStep(string Name, string Content, int Mode = 0x1A4) : LaunchStep
{
    /// <inheritdoc/>
    public override string Description => $"openat and write {Name} ({Encoding.UTF8.GetByteCount(Content)} bytes)";

    /// <inheritdoc/>
    public override IReadOnlyList<string> SystemCalls => Calls;

    private static readonly string[] Calls = ["openat", "write"];

    internal override void Write(PlanWriter plan, ref StepRecord record)
    {
        record.Kind = StepKind.WriteFile;
        record.Mode = (uint)Mode;
        record.Value = (ulong)Encoding.UTF8.GetByteCount(Content);
        record.Text = plan.Text(Name);
        record.Text2 = plan.Text(Content);
    }
}
