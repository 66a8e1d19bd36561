using System.Formats.Tar;
using LibContainer.Linux;
using LibContainer.TestUtilities;

namespace LibContainer.Tests;

/// <summary>What becomes of a tar below a directory, without a container. Everything in it belongs to whoever runs the tests.</summary>
public sealed class TarUnpackerTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();
    private readonly int _userId, _groupId;

    public TarUnpackerTests()
    {
        Directory.CreateDirectory(_folder["root/top"]);
        Directory.CreateDirectory(_folder["root/beside"]);
        File.WriteAllText(_folder["secret"], "secret");
        using RootDirectory root = RootDirectory.Open(_folder.Path);
        using EntryDescriptor own = root.OpenEntry("/secret");
        (_userId, _groupId) = ((int)own.GetStatus().UserId, (int)own.GetStatus().GroupId);
    }

    public void Dispose() => _folder.Dispose();

    private string this[string name] => _folder[$"root/top/{name}"];

    private PaxTarEntry Entry(TarEntryType type, string name, string content = "", string link = "")
    {
        PaxTarEntry entry = new(type, name) { Uid = _userId, Gid = _groupId, Mode = (UnixFileMode)0b111_101_101 };
        if (type == TarEntryType.RegularFile)
            entry.DataStream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(content));
        else if (link.Length > 0)
            entry.LinkName = link;
        return entry;
    }

    private PaxTarEntry Text(string name, string content = "new") => Entry(TarEntryType.RegularFile, name, content);

    private PaxTarEntry Link(string name, string target) => Entry(TarEntryType.SymbolicLink, name, link: target);

    private static MemoryStream Tar(params TarEntry[] entries)
    {
        MemoryStream tar = new();
        using (TarWriter writer = new(tar, leaveOpen: true))
            Array.ForEach(entries, writer.WriteEntry);
        tar.Position = 0;
        return tar;
    }

    private async Task Unpack(Stream tar, string directory = "/top", CopyInOptions? options = null, CancellationToken cancellationToken = default)
    {
        using RootDirectory root = RootDirectory.Open(_folder["root"]);
        using DirectoryDescriptor top = root.OpenDirectory(directory);
        await new TarUnpacker(top, options ?? new CopyInOptions()).UnpackAsync(tar, cancellationToken);
    }

    private Task Unpack(params TarEntry[] entries) => Unpack(Tar(entries));

    private IEnumerable<string> Found => Below(new DirectoryInfo(_folder["root"])).Select(path => Path.GetRelativePath(_folder["root"], path)).Order(StringComparer.Ordinal);

    /// <summary>.NET's own would follow links.</summary>
    private static IEnumerable<string> Below(DirectoryInfo folder) => folder.EnumerateFileSystemInfos()
        .SelectMany(entry => entry is DirectoryInfo { LinkTarget: null } directory ? Below(directory).Prepend(entry.FullName) : [entry.FullName]);

    [Theory]
    [InlineData("file")]
    [InlineData("/file")]
    [InlineData("//./file")]
    [InlineData("./file")]
    public async Task A_name_begins_at_the_directory(string name)
    {
        await Unpack(Text(name));

        File.ReadAllText(this["file"]).Should().Be("new");
        Found.Should().Equal("beside", "top", "top/file");
    }

    [Theory]
    [InlineData("../../x")]
    [InlineData("/../x")]
    [InlineData("a/../../x")]
    [InlineData("a/..")]
    public async Task A_name_that_climbs_is_refused(string name)
    {
        await FluentActions.Awaiting(() => Unpack(Text("before"), Text(name), Text("behind"))).Should().ThrowAsync<InvalidDataException>().WithMessage($"entry {name} climbs with ..");

        Found.Should().Equal("beside", "top", "top/before");
    }

    [Theory]
    [InlineData("../beside")]
    [InlineData("/beside")]
    [InlineData("..")]
    [InlineData("/")]
    public async Task A_link_of_the_tar_that_leads_out_is_made_and_not_passed_through(string target)
    {
        await FluentActions.Awaiting(() => Unpack(Link("link", target), Text("link/x"))).Should().ThrowAsync<InvalidDataException>()
            .WithMessage("entry link/x passes through a symbolic link that leads out of /top");
        await FluentActions.Awaiting(() => Unpack(Entry(TarEntryType.Directory, "link/more/"))).Should().ThrowAsync<InvalidDataException>();
        await FluentActions.Awaiting(() => Unpack(Entry(TarEntryType.Directory, "link/"))).Should().ThrowAsync<InvalidDataException>();
        await FluentActions.Awaiting(() => Unpack(Entry(TarEntryType.HardLink, "hard", link: "link/x"))).Should().ThrowAsync<InvalidDataException>();

        Found.Should().Equal("beside", "top", "top/link");
        new FileInfo(this["link"]).LinkTarget.Should().Be(target);
    }

    [Fact]
    public async Task A_link_that_stays_below_is_passed_through()
    {
        await Unpack(Entry(TarEntryType.Directory, "usr/bin/"), Link("bin", "usr/bin"), Text("bin/program"), Entry(TarEntryType.Directory, "bin/"), Text("usr/lib/new"));

        Found.Should().Equal("beside", "top", "top/bin", "top/usr", "top/usr/bin", "top/usr/bin/program", "top/usr/lib", "top/usr/lib/new");
        new FileInfo(this["bin"]).LinkTarget.Should().Be("usr/bin");
    }

    [Fact]
    public async Task In_the_root_itself_links_lead_where_they_lead_inside()
    {
        await Unpack(Tar(Link("absolute", "/top"), Text("absolute/one"), Link("climbs", "../../../beside"), Text("climbs/two")), "/");

        Found.Should().Equal("absolute", "beside", "beside/two", "climbs", "top", "top/one");
    }

    [Fact]
    public async Task A_link_to_nothing_is_not_passed_through()
    {
        await FluentActions.Awaiting(() => Unpack(Link("link", "none"), Text("link/x"))).Should().ThrowAsync<InvalidDataException>()
            .WithMessage("entry link/x needs a directory /top/link, which is a link to nothing, or was removed again");
        await FluentActions.Awaiting(() => Unpack(Text("file"), Text("file/x"))).Should().ThrowAsync<InvalidDataException>()
            .WithMessage("entry file/x needs a directory /top/file, where something else is");
    }

    [Fact]
    public async Task What_is_replaced_is_not_written_to()
    {
        File.CreateSymbolicLink(this["link"], _folder["secret"]);
        File.WriteAllText(this["file"], "old");
        using (RootDirectory root = RootDirectory.Open(_folder["root"]))
        using (DirectoryDescriptor top = root.OpenDirectory("/top"), beside = root.OpenDirectory("/beside"))
            beside.CreateHardLink("other", top, "file");

        await Unpack(Text("link"), Text("file"), Text("file", "newer"));

        File.ReadAllText(_folder["secret"]).Should().Be("secret");
        new FileInfo(this["link"]).LinkTarget.Should().BeNull();
        File.ReadAllText(this["file"]).Should().Be("newer");
        File.ReadAllText(_folder["root/beside/other"]).Should().Be("old");
        Found.Should().Equal("beside", "beside/other", "top", "top/file", "top/link");
    }

    [Fact]
    public async Task Directories_and_others_do_not_replace_each_other()
    {
        Directory.CreateDirectory(this["directory"]);
        File.WriteAllText(this["file"], "old");

        await FluentActions.Awaiting(() => Unpack(Text("directory"))).Should().ThrowAsync<LinuxException>().WithMessage("renameat2 /top/directory: EISDIR *");
        await FluentActions.Awaiting(() => Unpack(Link("directory", "x"))).Should().ThrowAsync<LinuxException>();
        await FluentActions.Awaiting(() => Unpack(Entry(TarEntryType.Directory, "file/"))).Should().ThrowAsync<InvalidDataException>()
            .WithMessage("entry file/ needs a directory /top/file, where something else is");

        Found.Should().Equal("beside", "top", "top/directory", "top/file");
    }

    [Fact]
    public async Task Hard_links_are_names_of_one_file_also_the_second_time()
    {
        TarEntry[] Entries() => [Text("file", "content"), Entry(TarEntryType.HardLink, "a/link", link: "/file"), Entry(TarEntryType.HardLink, "file", link: "./a/link")];

        await Unpack(Entries());
        await Unpack(Entries());

        Found.Should().Equal("beside", "top", "top/a", "top/a/link", "top/file");
        using RootDirectory root = RootDirectory.Open(_folder["root"]);
        using EntryDescriptor file = root.OpenEntry("/top/file"), link = root.OpenEntry("/top/a/link");
        link.GetStatus().Should().Be(file.GetStatus());
        file.GetStatus().Names.Should().Be(2);
    }

    [Theory]
    [InlineData("../beside/x", "is a link to ../beside/x, which climbs with ..")]
    [InlineData("none/x", "is a link to none/x, which is not there")]
    [InlineData("/", "is a link to the directory itself")]
    public async Task A_hard_link_to_elsewhere_is_refused(string target, string reason)
    {
        await FluentActions.Awaiting(() => Unpack(Entry(TarEntryType.HardLink, "hard", link: target))).Should().ThrowAsync<InvalidDataException>().WithMessage($"entry hard {reason}");

        Found.Should().Equal("beside", "top");
    }

    [Fact]
    public async Task Modes_and_times_are_the_tars_also_those_of_directories_that_are_filled_later()
    {
        DateTimeOffset time = new DateTimeOffset(2020, 2, 3, 4, 5, 6, TimeSpan.Zero).AddTicks(1_234_567);
        DateTimeOffset ofTop = File.GetLastWriteTimeUtc(this["."]);
        PaxTarEntry top = Entry(TarEntryType.Directory, "./"), directory = Entry(TarEntryType.Directory, "d/"), file = Text("d/file"), fifo = Entry(TarEntryType.Fifo, "d/fifo"), link = Link("d/link", "/nowhere");
        foreach (PaxTarEntry entry in new[] { top, directory, file, fifo, link })
            (entry.ModificationTime, entry.Mode) = (time, (UnixFileMode)0b111_111_010);

        await Unpack(top, directory, file, fifo, link);

        using RootDirectory root = RootDirectory.Open(_folder["root"]);
        foreach (string name in new[] { "d", "d/file", "d/fifo", "d/link" })
        {
            using EntryDescriptor entry = root.OpenEntry($"/top/{name}");
            entry.GetStatus().ModifiedAt.Should().Be(time, name);
            entry.GetStatus().Mode.Should().Be((UnixFileMode)(name == "d/link" ? 0b111_111_111 : 0b111_111_010), name);
        }
        using EntryDescriptor self = root.OpenEntry("/top");
        self.GetStatus().ModifiedAt.Should().BeOnOrAfter(ofTop).And.NotBe(time);
        self.GetStatus().Mode.Should().NotBe((UnixFileMode)0b111_111_010);
    }

    [Fact]
    public async Task A_directory_that_was_replaced_meanwhile_is_not_touched()
    {
        DateTimeOffset time = new(2020, 2, 3, 4, 5, 6, TimeSpan.Zero);
        PaxTarEntry[] directories = [.. new[] { "one/", "two/", "three/", "four/" }.Select(name => Entry(TarEntryType.Directory, name))];
        Array.ForEach(directories, directory => directory.ModificationTime = time);
        MemoryStream tar = Tar([.. directories, Text("last")]);
        DateTime ofBeside = Directory.GetLastWriteTimeUtc(_folder["root/beside"]);
        bool isDone = false;

        await Unpack(new WatchedStream(tar, position =>
        {
            if (isDone || position < tar.Length - 1024) // the tar's end, which is two blocks
                return;
            isDone = true;
            Directory.Move(this["one"], _folder["root/one"]);
            File.CreateSymbolicLink(this["one"], "../beside");
            Directory.Move(this["two"], _folder["root/two"]);
            File.WriteAllText(this["two"], "");
            Directory.Move(this["three"], _folder["root/three"]);
            Directory.CreateDirectory(this["three"]);
        }));

        isDone.Should().BeTrue();
        Directory.GetLastWriteTimeUtc(_folder["root/beside"]).Should().Be(ofBeside);
        Directory.GetLastWriteTimeUtc(this["three"]).Should().NotBe(time.UtcDateTime);
        Directory.GetLastWriteTimeUtc(this["four"]).Should().Be(time.UtcDateTime);
    }

    [Fact]
    public async Task A_directory_that_becomes_a_link_to_elsewhere_takes_nothing_there()
    {
        MemoryStream tar = Tar(Entry(TarEntryType.Directory, "d/"), Text("d/a"), Text("d/b"), Text("d/c"));
        bool isDone = false;

        await FluentActions.Awaiting(() => Unpack(new WatchedStream(tar, _ =>
        {
            if (isDone || !File.Exists(this["d/b"]))
                return;
            isDone = true;
            Directory.Move(this["d"], this["e"]);
            File.CreateSymbolicLink(this["d"], _folder["root/beside"]);
        }))).Should().ThrowAsync<InvalidDataException>().WithMessage("entry d/c passes through *");

        Found.Should().Equal("beside", "top", "top/d", "top/e", "top/e/a", "top/e/b");
    }

    [Fact]
    public async Task A_tar_that_ends_early_leaves_what_was_whole()
    {
        MemoryStream tar = Tar(Text("one"), Text("two", new string('x', 5000)));
        tar.SetLength(tar.Length - 1024 - 2048);

        await FluentActions.Awaiting(() => Unpack(tar)).Should().ThrowAsync<EndOfStreamException>();

        Found.Should().Equal("beside", "top", "top/one");
    }

    [Fact]
    public async Task Cancelling_leaves_what_was_whole()
    {
        MemoryStream tar = Tar(Text("one"), Text("two", new string('x', 500_000)));
        using CancellationTokenSource source = new();

        await FluentActions.Awaiting(() => Unpack(
                new WatchedStream(tar, position =>
                {
                    if (position > 250_000)
                        source.Cancel();
                }),
                cancellationToken: source.Token)).Should().ThrowAsync<OperationCanceledException>();

        Found.Should().Equal("beside", "top", "top/one");
    }

    [Fact]
    public async Task What_is_no_tar_is_an_error()
    {
        await FluentActions.Awaiting(() => Unpack(new MemoryStream([.. Enumerable.Repeat((byte)'x', 2048)]))).Should().ThrowAsync<InvalidDataException>();

        Found.Should().Equal("beside", "top");
    }

    [Fact]
    public async Task Devices_are_refused_unless_they_are_asked_for()
    {
        PaxTarEntry device = Entry(TarEntryType.CharacterDevice, "null");
        (device.DeviceMajor, device.DeviceMinor) = (1, 3);

        await FluentActions.Awaiting(() => Unpack(device)).Should().ThrowAsync<InvalidDataException>().WithMessage("entry null is a device node, and CopyInOptions.MakesDevices is not set");

        Found.Should().Equal("beside", "top");
    }

    [Fact]
    public async Task What_is_not_supported_is_told()
    {
        PaxTarEntry sparse = new(TarEntryType.RegularFile, "sparse", [new("GNU.sparse.major", "1")]);

        await FluentActions.Awaiting(() => Unpack(sparse)).Should().ThrowAsync<InvalidDataException>().WithMessage("entry sparse is a sparse file, which is not supported yet");
        byte[] list = Tar(new GnuTarEntry(TarEntryType.RegularFile, "list")).ToArray();
        int sum = Convert.ToInt32(System.Text.Encoding.ASCII.GetString(list, 148, 6), 8) - list[156] + (byte)TarEntryType.DirectoryList; // of the header, in octal digits
        list[156] = (byte)TarEntryType.DirectoryList;
        System.Text.Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0'), list.AsSpan(148));
        await FluentActions.Awaiting(() => Unpack(new MemoryStream(list))).Should().ThrowAsync<InvalidDataException>()
            .WithMessage("entry list is of the kind DirectoryList, which is not supported yet");
    }

    [Theory]
    [InlineData(TarEntryFormat.V7)]
    [InlineData(TarEntryFormat.Ustar)]
    [InlineData(TarEntryFormat.Gnu)]
    public async Task Every_format_is_read(TarEntryFormat format)
    {
        MemoryStream tar = new();
        using (TarWriter writer = new(tar, format, leaveOpen: true))
            writer.WriteEntry(Text("d/file", "content"));
        tar.Position = 0;

        await Unpack(tar);

        File.ReadAllText(this["d/file"]).Should().Be("content");
    }
}
