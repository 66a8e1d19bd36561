namespace LibContainer.Linux.Tests;

public sealed class ValueTests
{
    [Theory]
    [InlineData("6.18.44-fc", 6, 18)]
    [InlineData("5.14", 5, 14)]
    [InlineData("5.10.0-28-amd64\n", 5, 10)]
    [InlineData("6.1+rpt", 6, 1)]
    public void A_kernel_release_is_read(string release, int major, int minor)
        => KernelVersion.Parse(release).Should().Be(new KernelVersion(major, minor));

    [Theory]
    [InlineData("")]
    [InlineData("linux")]
    [InlineData("6")]
    [InlineData("6.x")]
    [InlineData("-1.2")]
    public void What_is_no_kernel_release_is_refused(string release)
        => FluentActions.Invoking(() => KernelVersion.Parse(release)).Should().Throw<FormatException>();

    [Fact]
    public void Kernel_versions_are_compared_by_number()
    {
        (new KernelVersion(5, 9) < KernelVersion.Floor).Should().BeTrue();
        (new KernelVersion(5, 14) >= KernelVersion.Floor).Should().BeTrue();
        (new KernelVersion(6, 1) > new KernelVersion(5, 19)).Should().BeTrue();
        (KernelVersion.Current >= new KernelVersion(3, 0)).Should().BeTrue();
    }

    [Theory]
    [InlineData(0x0000, 0, null, "exit code 0")]
    [InlineData(0x0300, 3, null, "exit code 3")]
    [InlineData(0xFF00, 255, null, "exit code 255")]
    [InlineData(0x0009, 137, Signal.SIGKILL, "killed by SIGKILL")]
    [InlineData(0x008B, 139, Signal.SIGSEGV, "killed by SIGSEGV (core dumped)")]
    public void A_wait_status_is_told_as_shells_tell_it(int status, int code, Signal? signal, string words)
    {
        ExitStatus exit = ExitStatus.FromWaitStatus(status);

        exit.ExitCode.Should().Be(code);
        exit.Signal.Should().Be(signal);
        exit.ToString().Should().Be(words);
        exit.Success.Should().Be(status == 0);
        exit.IsKnown.Should().BeTrue();
    }

    [Fact]
    public void An_unknown_status_is_no_success_and_no_code()
    {
        ExitStatus.Unknown.IsKnown.Should().BeFalse();
        ExitStatus.Unknown.Success.Should().BeFalse();
        ExitStatus.Unknown.ExitCode.Should().Be(-1);
        ExitStatus.Unknown.Signal.Should().BeNull();
    }

    [Fact]
    public void An_error_names_call_object_arguments_and_number()
    {
        LinuxException error = new("mount", Errno.EPERM, "/c/proc", "MS_NOSUID");

        error.Message.Should().Be("mount /c/proc MS_NOSUID: EPERM (Operation not permitted)");
        error.HResult.Should().Be(1);
        new LinuxException("pipe2", Errno.EMFILE).Message.Should().Be("pipe2: EMFILE (Too many open files)");
        new LinuxException("x", (Errno)4000).Message.Should().Be("x: error 4000");
    }

    [Fact]
    public void A_string_with_a_NUL_is_not_cut_but_refused()
        => FluentActions.Invoking(() => NullTerminated.From("/etc\0/x")).Should().Throw<ArgumentException>();

    [Fact]
    public void A_start_time_is_found_behind_a_name_with_blanks_and_brackets()
        => ProcessStartTime.Parse("42 (a) b (c)) S 1 42 42 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 123456 1000 100 18446744073709551615").Should().Be("123456");

    [Fact]
    public void This_process_has_a_start_time_and_nobody_has_none()
    {
        ProcessStartTime.Read(Environment.ProcessId).Should().MatchRegex(@"^\d+$");
        ProcessStartTime.Read(int.MaxValue).Should().BeNull();
    }
}
