namespace LibContainer.Linux.Tests;

/// <summary>/proc/PID/mountinfo.</summary>
public sealed class MountTableTests
{
    [Fact]
    public void A_line_is_taken_apart()
        => MountTable.Parse("36 35 98:0 /mnt1 /mnt2 rw,noatime shared:1 master:2 - ext3 /dev/root rw,errors=continue").Should().Be(
            new MountEntry(36, 35, "98:0", "/mnt1", "/mnt2", "rw,noatime", "ext3", "/dev/root", "rw,errors=continue"));

    [Fact]
    public void Optional_fields_may_be_missing()
        => MountTable.Parse("1 0 0:1 / / rw - rootfs none rw").Type.Should().Be("rootfs");

    [Theory]
    [InlineData(@"/a\040b", "/a b")]
    [InlineData(@"/a\011\012\134x", "/a\t\n\\x")]
    [InlineData(@"/a\04", @"/a\04")]
    [InlineData(@"/a\", @"/a\")]
    public void Blanks_tabs_line_breaks_and_backslashes_come_escaped(string written, string meant)
        => MountTable.Parse($"1 0 0:1 / {written} rw - tmpfs none rw").MountPoint.Should().Be(meant);

    [Theory]
    [InlineData("")]
    [InlineData("1 0 0:1 / / rw shared:1 ext4 /dev/x rw")]
    [InlineData("1 0 0:1 / / rw - ext4")]
    public void What_is_no_line_of_it_is_refused(string line)
        => FluentActions.Invoking(() => MountTable.Parse(line)).Should().Throw<FormatException>();

    [Fact]
    public void This_process_has_a_root_and_a_proc()
        => MountTable.Read().Should().Contain(mount => mount.MountPoint == "/").And.Contain(mount => mount.MountPoint == "/proc" && mount.Type == "proc");
}
