using System.Runtime.InteropServices;
using LibContainer.Launch.Steps;
using LibContainer.Linux;
using static LibContainer.Launch.Tests.InterpreterTests;

namespace LibContainer.Launch.Tests;

/// <summary>Steps that are about the process, its host and its program, with a kernel that is written down.</summary>
public sealed unsafe class InterpreterProcessTests
{
    [Fact]
    public void A_host_that_died_before_the_signal_was_set_is_noticed()
    {
        RecordedKernel kernel = new((name, _) => name == "recvfrom" ? 0 : null);

        ((Errno)kernel.Run(Plan(new SetParentDeathSignalStep(Signal.SIGKILL))).Report.Errno).Should().Be(Errno.ECANCELED);
    }

    [Fact]
    public void A_mask_of_cpus_is_whole_longs_of_the_kernels()
    {
        List<ulong> mask = [];
        RecordedKernel kernel = new((_, call) =>
        {
            call.A.Should().Be(0, "that is the process itself");
            mask.AddRange(new ReadOnlySpan<ulong>((void*)call.C, (int)call.B / sizeof(ulong)));
            return 0;
        });

        kernel.Run(Plan(new SetCpuAffinityStep("1,8,71", [0b10, 1, 0, 0, 0, 0, 0, 0, 0x80]))).Report.Errno.Should().Be(0);

        mask.Should().Equal(0x102, 0x80);
    }

    [Theory]
    [InlineData(Errno.EINVAL, false, Errno.EINVAL)]
    [InlineData(Errno.EINVAL, true, (Errno)0)]
    [InlineData(Errno.EPERM, true, Errno.EPERM)]
    public void That_a_cgroup_allows_none_of_the_cpus_is_an_error_or_is_not(Errno answer, bool mayBeNone, Errno expected)
    {
        RecordedKernel kernel = new((_, _) => -(long)answer);

        ((Errno)kernel.Run(Plan(new SetCpuAffinityStep("0", [1], mayBeNone))).Report.Errno).Should().Be(expected);
    }

    [Fact]
    public void A_kernel_without_keys_needs_no_keyring()
    {
        RecordedKernel kernel = new((name, _) => name == "keyctl" ? -(long)Errno.ENOSYS : null);

        kernel.Run(Plan(new NewSessionKeyringStep())).Report.Errno.Should().Be(0);
    }

    [Fact]
    public void The_first_candidate_that_can_be_run_is_run()
    {
        List<string?> tried = [];
        RecordedKernel kernel = new((name, call) =>
        {
            tried.Add(RecordedKernel.Call.Text(call.A));
            string?[] argv = [RecordedKernel.Call.Text(((long*)call.B)[0]), RecordedKernel.Call.Text(((long*)call.B)[1]), RecordedKernel.Call.Text(((long*)call.B)[2])];
            argv.Should().Equal("tool", "-x", null);
            RecordedKernel.Call.Text(((long*)call.C)[0]).Should().Be("A=b");
            return tried.Count switch { 1 => -(long)Errno.ENOENT, 2 => -(long)Errno.EACCES, _ => -(long)Errno.ENOTDIR };
        });

        (StepReport report, uint word) = kernel.Run(Plan(new ExecuteStep(["/a/tool", "/b/tool", "/c/tool"], ["tool", "-x"], ["A=b"])));

        tried.Should().Equal("/a/tool", "/b/tool", "/c/tool");
        ((Errno)report.Errno).Should().Be(Errno.EACCES, "that one is there and may not be run; that others are missing is no news");
        (word & StepWord.Executing).Should().Be(0, "it did not run after all");
    }

    [Fact]
    public void Another_errno_than_missing_ends_the_search()
    {
        int tried = 0;
        RecordedKernel kernel = new((_, _) => { tried++; return -(long)Errno.E2BIG; });

        ((Errno)kernel.Run(Plan(new ExecuteStep(["/a", "/b"], ["x"], []))).Report.Errno).Should().Be(Errno.E2BIG);
        tried.Should().Be(1);
    }

    [Fact]
    public void The_host_is_told_of_a_synchronization_and_has_to_answer_go()
    {
        GoMessage go = new() { Word = GoMessage.Go };
        RecordedKernel kernel = Answering(MemoryMarshal.AsBytes(new ReadOnlySpan<GoMessage>(in go)).ToArray());

        kernel.Run(Plan(new NewSessionStep(), new SynchronizeStep(), new SetUmaskStep(0))).Report.Errno.Should().Be(0);
        kernel.Names.Should().Equal("setsid", "sendto", "mmap", "recvmsg", "umask");
    }

    /// <summary>In 2014 end of file released the child; it also comes from a host that died half-way.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("go")]
    [InlineData("0123456789abcdef")]
    public void Anything_else_is_no_go(string answer)
    {
        RecordedKernel kernel = Answering(System.Text.Encoding.UTF8.GetBytes(answer));

        ((Errno)kernel.Run(Plan(new SynchronizeStep(), new SetUmaskStep(0))).Report.Errno).Should().Be(Errno.ECANCELED);
        kernel.Names.Should().NotContain("umask");
    }

    [Fact]
    public void A_plan_that_comes_with_the_go_takes_the_place_of_the_rest()
    {
        using PlanWriter rest = PlanWriter.Write(Plan(new SetUmaskStep(0), new SetHostnameStep("later"), new NewSessionStep()));
        GoMessage go = new() { Word = GoMessage.Go, PlanLength = (uint)rest.Bytes.Length };
        RecordedKernel kernel = Answering([.. MemoryMarshal.AsBytes(new ReadOnlySpan<GoMessage>(in go)), .. rest.Bytes], failing: "sethostname");

        (StepReport report, uint word) = kernel.Run(Plan(new NewSessionStep(), new SynchronizeStep(), new SetUmaskStep(0)));

        kernel.Names.Should().Equal("setsid", "sendto", "mmap", "recvmsg", "umask", "sethostname");
        report.Step.Should().Be(3, "steps are counted over both plans");
        word.Should().Be(4);
    }

    private static RecordedKernel Answering(byte[] packet, string failing = "")
    {
        nint memory = 0;
        return new RecordedKernel((name, call) =>
        {
            switch (name)
            {
                case "mmap":
                    return memory = (nint)NativeMemory.AllocZeroed(128 * 1024); // a test's memory goes with its process
                case "recvmsg":
                    packet.CopyTo(new Span<byte>((void*)memory, packet.Length));
                    return packet.Length;
                default:
                    return name == failing ? -(long)Errno.EPERM : null;
            }
        });
    }

    [Theory]
    [InlineData("/container/dir", 0)]
    [InlineData("(unreachable)/host", 2)]
    public void A_working_directory_outside_the_root_is_refused(string cwd, int errno)
    {
        RecordedKernel kernel = new((name, call) =>
        {
            if (name == "getcwd")
                System.Text.Encoding.UTF8.GetBytes(cwd + "\0").CopyTo(new Span<byte>((void*)call.A, 100));
            return null;
        });

        kernel.Run(Plan(new ChangeDirectoryStep("/x"))).Report.Errno.Should().Be((ushort)errno);
    }

    [Fact]
    public void The_word_says_which_step_was_the_last()
    {
        RecordedKernel kernel = new((name, _) => name == "sethostname" ? -(long)Errno.EPERM : null);

        (StepReport report, uint word) = kernel.Run(Plan(new NewSessionStep(), new SetHostnameStep("x"), new SetUmaskStep(0)));

        report.Step.Should().Be(1);
        word.Should().Be(2);
    }
}
