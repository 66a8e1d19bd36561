using LibContainer.TestUtilities;

namespace LibContainer.Linux.Tests;

public sealed class DirectoryDescriptorTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();
    private readonly RootDirectory _root;
    private readonly DirectoryDescriptor _top;

    public DirectoryDescriptorTests()
    {
        Directory.CreateDirectory(_folder["root/data/deep"]);
        Directory.CreateDirectory(_folder["outside"]);
        File.WriteAllText(_folder["outside/secret"], "secret");
        File.WriteAllText(_folder["root/data/file"], "content");
        File.CreateSymbolicLink(_folder["root/data/out"], "../../outside");
        File.CreateSymbolicLink(_folder["root/data/absolute"], _folder["outside"]);
        File.CreateSymbolicLink(_folder["root/data/inside"], "deep");
        File.CreateSymbolicLink(_folder["root/link"], "/data");
        _root = RootDirectory.Open(_folder["root"]);
        _top = _root.OpenDirectory("/link");
    }

    public void Dispose()
    {
        _top.Dispose();
        _root.Dispose();
        _folder.Dispose();
    }

    private static EntryAttributes OfUs(UnixFileMode mode, DateTimeOffset time)
    {
        using TemporaryDirectory own = new();
        using RootDirectory root = RootDirectory.Open(own.Path);
        using EntryDescriptor entry = root.OpenEntry("/");
        return new EntryAttributes(mode, (int)entry.GetStatus().UserId, (int)entry.GetStatus().GroupId, time);
    }

    [Fact]
    public void A_root_is_not_left_by_any_link()
    {
        _top.ReadNames().Should().BeEquivalentTo("deep", "file", "out", "absolute", "inside");
        FluentActions.Invoking(() => _root.OpenDirectory("/data/out")).Should().Throw<LinuxException>("there is no /outside in it").Which.Error.Should().Be(Errno.ENOENT);
        FluentActions.Invoking(() => _root.OpenEntry("/data/absolute/secret")).Should().Throw<LinuxException>().WithMessage("openat2 /data/absolute/secret RESOLVE_IN_ROOT: ENOENT *");
        using (EntryDescriptor link = _root.OpenEntry("/link"))
            link.ReadLink().Should().Be("/data");
        using (EntryDescriptor followed = _root.OpenEntry("/../link/"))
            followed.GetStatus().Kind.Should().Be(EntryKind.Directory);
        FluentActions.Invoking(() => _root.OpenEntry("data")).Should().Throw<ArgumentException>();
    }

    [Fact]
    public void A_directory_is_not_left_by_any_link_either()
    {
        using (DirectoryDescriptor? inside = _top.TryOpenDirectory("inside"))
            inside!.Path.Should().Be("/link/inside");
        _top.TryOpenDirectory("none").Should().BeNull();
        foreach (string path in new[] { "out", "absolute", "../data", "/" })
            FluentActions.Invoking(() => _top.TryOpenDirectory(path)).Should().Throw<LinuxException>(path).Which.Error.Should().Be(Errno.EXDEV);
        FluentActions.Invoking(() => _top.TryOpenDirectory("file")).Should().Throw<LinuxException>().Which.Error.Should().Be(Errno.ENOTDIR);
    }

    [Fact]
    public void Below_the_root_itself_links_are_followed_as_inside_of_it()
    {
        using DirectoryDescriptor top = _root.OpenDirectory("/");
        using DirectoryDescriptor? data = top.TryOpenDirectory("link/deep");

        data.Should().NotBeNull();
        top.TryOpenDirectory("data/out").Should().BeNull();
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("deep/x")]
    [InlineData("/x")]
    [InlineData("x\0")]
    public void A_name_is_one_name(string name)
    {
        Action[] calls =
        [
            () => _top.TryOpen(name), () => _top.TryMakeDirectory(name), () => _top.CreateFile(name), () => _top.CreateSymbolicLink(name, "x"), () => _top.CreateNode(name, EntryKind.Fifo),
            () => _top.CreateHardLink(name, _top, "file"), () => _top.CreateHardLink("x", _top, name), () => _top.Rename("file", name), () => _top.Rename(name, "x"), () => _top.Remove(name),
        ];
        foreach (Action call in calls)
            call.Should().Throw<ArgumentException>();
    }

    [Fact]
    public void What_is_held_stays_what_it_is_when_its_name_goes_to_another()
    {
        using EntryDescriptor file = _top.TryOpen("file")!;
        using DirectoryDescriptor deep = _top.TryOpenDirectory("deep")!;
        File.Delete(_folder["root/data/file"]);
        File.CreateSymbolicLink(_folder["root/data/file"], _folder["outside/secret"]);
        Directory.Move(_folder["root/data/deep"], _folder["root/moved"]);
        File.CreateSymbolicLink(_folder["root/data/deep"], _folder["outside"]);

        byte[] buffer = new byte[100];
        using (EntryDescriptor opened = file.OpenFile())
            buffer[..opened.Read(buffer)].Should().Equal("content"u8.ToArray());
        using (EntryDescriptor made = deep.CreateFile("new"))
            made.Write("x"u8);
        File.Exists(_folder["root/moved/new"]).Should().BeTrue();
        Directory.GetFiles(_folder["outside"]).Should().Equal(_folder["outside/secret"]);
    }

    [Fact]
    public void Attributes_are_exact_whatever_the_mask()
    {
        DateTimeOffset time = DateTimeOffset.UnixEpoch.AddTicks(-15_000_001), later = new DateTimeOffset(2020, 2, 3, 4, 5, 6, TimeSpan.Zero).AddTicks(1_234_567);
        using EntryDescriptor file = _top.CreateFile("new"), fifo = _top.CreateNode("fifo", EntryKind.Fifo), link = _top.CreateSymbolicLink("symbolic", "/etc");

        file.SetAttributes(OfUs((UnixFileMode)0b110_111_010_110, time));
        fifo.SetAttributes(OfUs((UnixFileMode)0b110_110_110, later));
        link.SetAttributes(OfUs(UnixFileMode.None, later));

        file.GetStatus().Should().BeEquivalentTo(new { Kind = EntryKind.RegularFile, Mode = (UnixFileMode)0b110_111_010_110, ModifiedAt = time, Names = 1L, Length = 0L });
        fifo.GetStatus().Should().BeEquivalentTo(new { Kind = EntryKind.Fifo, Mode = (UnixFileMode)0b110_110_110, ModifiedAt = later });
        link.GetStatus().Should().BeEquivalentTo(new { Kind = EntryKind.SymbolicLink, Mode = (UnixFileMode)0b111_111_111, ModifiedAt = later });
    }

    [Fact]
    public void A_FIFO_is_never_opened()
    {
        _top.CreateNode("fifo", EntryKind.Fifo).Dispose();
        using EntryDescriptor fifo = _top.TryOpen("fifo")!;

        FluentActions.Invoking(fifo.OpenFile).Should().Throw<InvalidOperationException>().WithMessage("/link/fifo is no regular file");
    }

    [Fact]
    public void A_new_file_takes_the_place_of_the_old_one_and_of_no_other()
    {
        _top.CreateHardLink("other", _top, "file");
        using (EntryDescriptor made = _top.CreateFile("new"))
            made.Write("new"u8);

        _top.Rename("new", "file");
        _top.Rename("file", "out");

        File.ReadAllText(_folder["root/data/other"]).Should().Be("content");
        File.ReadAllText(_folder["root/data/out"]).Should().Be("new");
        File.ReadAllText(_folder["outside/secret"]).Should().Be("secret");
        FluentActions.Invoking(() => _top.Rename("out", "deep")).Should().Throw<LinuxException>().WithMessage("renameat2 /link/deep: EISDIR *");
        _top.Remove("out");
        _top.Remove("out");
        _top.TryOpen("out").Should().BeNull();
    }

    [Fact]
    public void What_is_there_is_told()
    {
        _top.TryMakeDirectory("deep").Should().BeFalse();
        _top.TryMakeDirectory("more").Should().BeTrue();
        FluentActions.Invoking(() => _top.CreateFile("out")).Should().Throw<LinuxException>().WithMessage("openat2 /link/out O_CREAT|O_EXCL: EEXIST *");
        FluentActions.Invoking(() => _top.CreateSymbolicLink("file", "x")).Should().Throw<LinuxException>().WithMessage("symlinkat /link/file x: EEXIST *");
        FluentActions.Invoking(() => _top.CreateHardLink("x", _top, "none")).Should().Throw<LinuxException>().WithMessage("linkat /link/x /link/none: ENOENT *");
        FluentActions.Invoking(() => _top.CreateNode("x", EntryKind.BlockDevice, 0x1000, 0)).Should().Throw<LinuxException>().WithMessage("mknodat /link/x BlockDevice 4096:0: EINVAL *");
    }

    [Fact]
    public void A_name_that_is_not_UTF_8_is_told()
    {
        Requires.Program("sh");
        Command.Run("sh", "-c", $"touch '{_folder["root/data/deep"]}/'$(printf '\\377a')").ExitCode.Should().Be(0);
        using DirectoryDescriptor deep = _top.TryOpenDirectory("deep")!;

        FluentActions.Invoking(() => deep.ReadNames().ToList()).Should().Throw<InvalidDataException>().WithMessage("/link/deep: a name in this directory is not UTF-8: \u00FFa");
        Command.Run("sh", "-c", $"rm '{_folder["root/data/deep"]}/'*").ExitCode.Should().Be(0); // .NET cannot
    }

    [Fact]
    public void Ten_thousand_names_are_read()
    {
        string[] names = [.. Enumerable.Range(0, 10_000).Select(number => $"a long name, so that they do not go into one buffer {number}")];
        using DirectoryDescriptor deep = _top.TryOpenDirectory("deep")!;
        Array.ForEach(names, name => deep.CreateFile(name).Dispose());

        deep.ReadNames().Order().Should().Equal(names.Order());
    }

    [Fact]
    public void The_kernels_own_file_systems_are_known()
    {
        using RootDirectory host = RootDirectory.Open("/");
        using DirectoryDescriptor proc = host.OpenDirectory("/proc"), sys = host.OpenDirectory("/sys");

        (proc.ShowsKernel, sys.ShowsKernel, _top.ShowsKernel).Should().Be((true, true, false));
    }

    [Theory]
    [InlineData(1, 3, 0x103u)]
    [InlineData(0xFFF, 0xFFFFF, 0xFFFFFFFFu)]
    [InlineData(8, 0x12345, 0x12300845u)]
    public void Device_numbers_are_the_kernels(int major, int minor, uint number)
    {
        EntryStatus.DeviceNumber(major, minor).Should().Be(number);
        EntryStatus.DeviceNumbers(number).Should().Be((major, minor));
    }
}
