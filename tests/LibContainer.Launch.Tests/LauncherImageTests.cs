using System.Buffers.Binary;
using System.Runtime.InteropServices;
using LibContainer.Launch.Steps;
using LibContainer.Linux;
using LibContainer.TestUtilities;

namespace LibContainer.Launch.Tests;

/// <summary>ilc with a private core library is no supported product: what it made is looked at. See docs/decisions/0002 and 0012.</summary>
public sealed class LauncherImageTests
{
    private const int SegmentLoad = 1, SegmentDynamic = 2, SegmentInterpreter = 3, SegmentStack = 0x6474E551;
    private const uint Executable = 1, Writable = 2;
    private const int MachineOffset = 18; // e_machine of elf(5)

    [StructLayout(LayoutKind.Sequential)]
    private struct Segment
    {
        public uint Type, Flags;
        public ulong Offset, Address, PhysicalAddress, FileSize, MemorySize, Alignment;
    }

    public static TheoryData<Architecture> Machines => [Architecture.X64, Architecture.Arm64];

    private static Segment[] Segments(byte[] image)
    {
        int offset = (int)BinaryPrimitives.ReadUInt64LittleEndian(image.AsSpan(32));
        int count = BinaryPrimitives.ReadUInt16LittleEndian(image.AsSpan(56));
        return MemoryMarshal.Cast<byte, Segment>(image.AsSpan(offset, count * Marshal.SizeOf<Segment>())).ToArray();
    }

    [Theory, MemberData(nameof(Machines))]
    public void It_is_a_static_executable_for_its_machine(Architecture machine)
    {
        byte[] image = Image(machine);

        image.AsSpan(0, 5).SequenceEqual("\u007fELF\u0002"u8).Should().BeTrue();
        BinaryPrimitives.ReadUInt16LittleEndian(image.AsSpan(16)).Should().Be(2, "ET_EXEC");
        BinaryPrimitives.ReadUInt16LittleEndian(image.AsSpan(MachineOffset)).Should().Be(machine == Architecture.Arm64 ? (ushort)183 : (ushort)62);
        Segments(image).Should().NotContain(segment => segment.Type == SegmentInterpreter || segment.Type == SegmentDynamic);
    }

    [Theory, MemberData(nameof(Machines))]
    public void No_memory_is_both_writable_and_executable(Architecture machine)
    {
        Segment[] segments = Segments(Image(machine));

        segments.Should().Contain(segment => segment.Type == SegmentLoad && (segment.Flags & Executable) != 0);
        segments.Should().NotContain(segment => (segment.Flags & (Writable | Executable)) == (Writable | Executable));
        segments.Should().ContainSingle(segment => segment.Type == SegmentStack).Which.Flags.Should().NotHaveFlag(Executable);
    }

    [Theory, MemberData(nameof(Machines))]
    public void It_is_at_most_64_KB(Architecture machine) => Image(machine).Length.Should().BeLessThanOrEqualTo(64 * 1024);

    [Theory, MemberData(nameof(Machines))]
    public void Nothing_in_it_is_left_to_be_found_elsewhere(Architecture machine)
    {
        byte[] image = Image(machine);
        string nm = machine == RuntimeInformation.ProcessArchitecture ? "nm" : $"{Tools(machine)}nm";
        Requires.Program(nm);
        using TemporaryDirectory folder = new();
        File.WriteAllBytes(folder["launcher"], image);

        Command.Run(nm, "--undefined-only", folder["launcher"]).Output.Should().BeEmpty();
        string objectFile = Path.ChangeExtension(Repository.RuntimeFree("src/LibContainer.Launcher", machine), ".o");
        Command.Run(nm, "--undefined-only", "-j", objectFile).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Should().BeSubsetOf(["syscall", "__security_cookie"], "start.S has these two, and there is nothing else to link with");
    }

    [Theory]
    [InlineData(Architecture.X86)]
    [InlineData(Architecture.S390x)]
    public void A_machine_that_has_none_is_told_which_have(Architecture machine)
        => FluentActions.Invoking(() => LauncherImage.Read(machine)).Should().Throw<PlatformNotSupportedException>()
            .WithMessage($"LibContainer has launchers for x64 and arm64, and none for {machine}.");

    [Fact]
    public void An_image_for_another_machine_is_told_as_one()
    {
        byte[] image = Image(RuntimeInformation.ProcessArchitecture);
        BinaryPrimitives.WriteUInt16LittleEndian(image.AsSpan(MachineOffset), 0xFFFF); // no emulator is registered for this one
        using TemporaryDirectory folder = new();
        File.WriteAllBytes(folder["launcher"], image);
        File.SetUnixFileMode(folder["launcher"], UnixFileMode.UserRead | UnixFileMode.UserExecute);

        FluentActions.Invoking(() => Spawn.Start(folder["launcher"], "launcher", [])).Should().Throw<LinuxException>()
            .WithMessage($"posix_spawn {folder["launcher"]} which is no program, or one for another machine: ENOEXEC (*");
    }

    /// <summary>
    /// The other machine's runs emulated. The emulator may lack clone3 (QEMU 7 to 10 do), and then the launcher says so, as it would say any error;
    /// everything before and behind that call is the same. A container on arm64: the tests with the trait Machine=arm64.
    /// </summary>
    [Theory, MemberData(nameof(Machines))]
    public void It_answers_and_leaves_when_its_host_does(Architecture machine)
    {
        byte[] image = Image(machine);
        using TemporaryDirectory folder = new();
        File.WriteAllBytes(folder["launcher"], image);
        File.SetUnixFileMode(folder["launcher"], UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Launcher owner = new();
        (SequencedSocket ours, SequencedSocket theirs) = SequencedSocket.CreatePair();
        using SharedWords words = new("words", StepWord.Count);
        try
        {
            using LaunchedProcess launcher = owner.Start(Plan(Program(machine, folder["launcher"])), new LaunchOptions { MoreDescriptors = [theirs, words.File] });
            theirs.Dispose();

            LaunchRequest release = new() { Kind = LaunchRequestKind.Release, ReleaseCount = 1 };
            unsafe
            {
                release.Release[0] = 77; // none of its descriptors
            }
            Send(ours, release).Should().Be((Errno)0);
            using Borrowed memory = new(words.File);
            Send(ours, new LaunchRequest { Kind = LaunchRequestKind.Adopt }, memory.Number).Should().Be((Errno)0);
            Receive(ours).Descriptor.Should().Be(64, "the first number that no child copies");
            Send(ours, new LaunchRequest { Kind = LaunchRequestKind.Launch }).Should().Be((Errno)0);
            Receive(ours).Pid.Should().Be(-(int)Errno.EMFILE, "no streams came along");
            Start(ours, words, emulated: machine != RuntimeInformation.ProcessArchitecture);

            ours.Dispose();
            launcher.WaitForExit().ExitCode.Should().Be(0);
        }
        finally
        {
            ours.Dispose();
            theirs.Dispose();
            owner.Close();
        }
    }

    /// <summary>A plan whose only step fails tells that it was carried out.</summary>
    private static void Start(SequencedSocket launcher, SharedWords words, bool emulated)
    {
        (SequencedSocket ours, SequencedSocket theirs) = SequencedSocket.CreatePair();
        using (ours)
        using (theirs)
        {
            using PlanWriter plan = PlanWriter.Write(Plan(["/nowhere"]));
            LaunchRequest request = new() { Kind = LaunchRequestKind.Launch, PlanLength = (uint)plan.Bytes.Length };
            using Borrowed sync = new(theirs);
            using Borrowed stream = new(LauncherImage.Nothing);
            launcher.Send(MemoryMarshal.AsBytes(new ReadOnlySpan<LaunchRequest>(in request)), plan.Bytes, [sync.Number, stream.Number, stream.Number, stream.Number])
                .Should().Be((Errno)0);
            LaunchReply reply = Receive(launcher, out PidFd? pidFd);
            if (emulated && reply.Pid == -(int)Errno.ENOSYS)
                return;

            using (pidFd)
            {
                theirs.Dispose();
                StepReport report = default;
                ours.Receive(MemoryMarshal.AsBytes(new Span<StepReport>(ref report)), out _).Should().Be(8);
                SystemCallNames.Of(report.Call).Should().Be("execve");
                report.Errno.Should().Be((ushort)Errno.ENOENT);
                words[0].Should().Be(report.Step + 1);
                pidFd!.WaitForExit().ExitCode.Should().Be(127);
            }
        }
    }

    private static LaunchPlan Plan(string[] command)
    {
        LaunchPlan.Builder plan = new();
        plan.Add(new CloseOnExecStep(5));
        plan.Add(new ExecuteStep([command[0]], [.. command], []));
        return plan.Build();
    }

    private static string[] Program(Architecture machine, string image)
    {
        if (machine == RuntimeInformation.ProcessArchitecture)
            return [image];
        string emulator = machine == Architecture.Arm64 ? "qemu-aarch64-static" : "qemu-x86_64-static";
        Requires.Program(emulator);
        return [$"/usr/bin/{emulator}", image];
    }

    private static Errno Send(SequencedSocket socket, LaunchRequest request, params ReadOnlySpan<int> descriptors)
        => socket.Send(MemoryMarshal.AsBytes(new ReadOnlySpan<LaunchRequest>(in request)), [], descriptors);

    private static LaunchReply Receive(SequencedSocket socket)
    {
        LaunchReply reply = Receive(socket, out PidFd? pidFd);
        pidFd?.Dispose();
        return reply;
    }

    private static LaunchReply Receive(SequencedSocket socket, out PidFd? pidFd)
    {
        LaunchReply reply = default;
        socket.Receive(MemoryMarshal.AsBytes(new Span<LaunchReply>(ref reply)), out int descriptor).Should().Be(Marshal.SizeOf<LaunchReply>());
        pidFd = descriptor >= 0 ? new PidFd(descriptor) : null;
        return reply;
    }

    private static string Tools(Architecture machine) => machine == Architecture.Arm64 ? "aarch64-linux-gnu-" : "x86_64-linux-gnu-";

    /// <summary>The other machine's is there where its binutils were at the build.</summary>
    private static byte[] Image(Architecture machine)
    {
        if (machine != RuntimeInformation.ProcessArchitecture)
            Requires.Program($"{Tools(machine)}ld");
        return LauncherImage.Read(machine);
    }
}

file static class FlagAssertions
{
    internal static void NotHaveFlag(this FluentAssertions.Numeric.NumericAssertions<uint> assertions, uint flag)
        => ((assertions.Subject ?? 0) & flag).Should().Be(0);
}
