using LibContainer.TestUtilities;

namespace LibContainer.Linux.Tests;

public sealed class HostFileTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_new_file_is_its_owners_alone()
    {
        HostFile.Create(_directory["a"], "one"u8);

        File.ReadAllText(_directory["a"]).Should().Be("one");
        File.GetUnixFileMode(_directory["a"]).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public void A_file_that_is_there_is_not_written_over()
    {
        HostFile.Create(_directory["a"], "one"u8);

        FluentActions.Invoking(() => HostFile.Create(_directory["a"], "two"u8)).Should().Throw<LinuxException>().Which.Error.Should().Be(Errno.EEXIST);
        File.ReadAllText(_directory["a"]).Should().Be("one");
    }

    [Fact]
    public void Whoever_has_opened_a_file_that_is_replaced_reads_it_whole()
    {
        HostFile.Replace(_directory["a"], "a longer text"u8);
        using StreamReader open = File.OpenText(_directory["a"]);
        File.WriteAllText(_directory["a.next"], "what a program left that was killed as it wrote, and longer than all that comes");

        HostFile.Replace(_directory["a"], "two"u8);

        (open.ReadToEnd(), File.ReadAllText(_directory["a"])).Should().Be(("a longer text", "two"));
        File.Exists(_directory["a.next"]).Should().BeFalse();
    }

    [Fact]
    public void What_cannot_be_is_said_by_its_path()
    {
        FluentActions.Invoking(() => HostFile.Create(_directory["none/a"], "one"u8)).Should().Throw<LinuxException>().WithMessage($"*{_directory["none/a"]}*ENOENT*");
        Directory.CreateDirectory(_directory["folder"]);
        FluentActions.Invoking(() => HostFile.Replace(_directory["folder"], "one"u8)).Should().Throw<LinuxException>().Which.Error.Should().Be(Errno.EISDIR);
    }
}
