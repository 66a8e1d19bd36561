using System.Buffers.Binary;
using System.Runtime.InteropServices;
using LibContainer.TestUtilities;

namespace LibContainer.Launch.Tests;

/// <summary>ilc with a private core library is no supported product: what it made is looked at. See docs/decisions/0002.</summary>
public sealed class LauncherImageTests
{
    private const int SegmentLoad = 1, SegmentDynamic = 2, SegmentInterpreter = 3, SegmentStack = 0x6474E551;
    private const uint Executable = 1, Writable = 2;

    [StructLayout(LayoutKind.Sequential)]
    private struct Segment
    {
        public uint Type, Flags;
        public ulong Offset, Address, PhysicalAddress, FileSize, MemorySize, Alignment;
    }

    private static readonly byte[] Image = LauncherImage.Read();

    private static Segment[] Segments
    {
        get
        {
            int offset = (int)BinaryPrimitives.ReadUInt64LittleEndian(Image.AsSpan(32));
            int count = BinaryPrimitives.ReadUInt16LittleEndian(Image.AsSpan(56));
            return MemoryMarshal.Cast<byte, Segment>(Image.AsSpan(offset, count * Marshal.SizeOf<Segment>())).ToArray();
        }
    }

    [Fact]
    public void It_is_a_static_executable_for_x64()
    {
        Image.AsSpan(0, 5).SequenceEqual("\u007fELF\u0002"u8).Should().BeTrue();
        BinaryPrimitives.ReadUInt16LittleEndian(Image.AsSpan(16)).Should().Be(2, "ET_EXEC");
        BinaryPrimitives.ReadUInt16LittleEndian(Image.AsSpan(18)).Should().Be(62, "EM_X86_64");
        Segments.Should().NotContain(segment => segment.Type == SegmentInterpreter || segment.Type == SegmentDynamic);
    }

    [Fact]
    public void No_memory_is_both_writable_and_executable()
    {
        Segments.Should().Contain(segment => segment.Type == SegmentLoad && (segment.Flags & Executable) != 0);
        Segments.Should().NotContain(segment => (segment.Flags & (Writable | Executable)) == (Writable | Executable));
        Segments.Should().ContainSingle(segment => segment.Type == SegmentStack).Which.Flags.Should().NotHaveFlag(Executable);
    }

    [Fact]
    public void It_is_at_most_64_KB() => Image.Length.Should().BeLessThanOrEqualTo(64 * 1024);

    [Fact]
    public void Nothing_in_it_is_left_to_be_found_elsewhere()
    {
        Requires.Program("nm");
        using TemporaryDirectory folder = new();
        File.WriteAllBytes(folder["launcher"], Image);

        Command.Run("nm", "--undefined-only", folder["launcher"]).Output.Should().BeEmpty();
        string objectFile = Path.Combine(Repository.Root, "src/LibContainer.Launcher/obj/elf/linux-x64/LibContainer.Launcher.o");
        Command.Run("nm", "--undefined-only", "-j", objectFile).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Should().BeSubsetOf(["syscall", "__security_cookie"], "start.S has these two, and there is nothing else to link with");
    }
}

file static class FlagAssertions
{
    internal static void NotHaveFlag(this FluentAssertions.Numeric.NumericAssertions<uint> assertions, uint flag)
        => ((assertions.Subject ?? 0) & flag).Should().Be(0);
}
