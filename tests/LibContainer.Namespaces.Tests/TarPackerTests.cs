using System.Formats.Tar;
using System.Text;
using LibContainer.Linux;
using LibContainer.TestUtilities;

namespace LibContainer.Tests;

/// <summary>What a tar has of files that change, lie or are no files, without a container.</summary>
public sealed class TarPackerTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    public TarPackerTests()
    {
        Directory.CreateDirectory(_folder["root/top/deep"]);
        Directory.CreateDirectory(_folder["outside"]);
        File.WriteAllText(_folder["outside/secret"], "secret");
        File.WriteAllText(_folder["root/top/deep/file"], "content");
    }

    public void Dispose() => _folder.Dispose();

    private async Task<List<(string Name, string Content)>> Pack(string path, Action<long>? moved = null, Action<string>? leftOut = null, string? root = null)
    {
        MemoryStream tar = new();
        await PackTo(tar, path, moved, leftOut, root);
        return Read(tar);
    }

    private async Task PackTo(Stream tar, string path, Action<long>? moved = null, Action<string>? leftOut = null, string? root = null, CancellationToken cancellationToken = default)
    {
        using RootDirectory opened = RootDirectory.Open(root ?? _folder["root"]);
        using EntryDescriptor top = opened.OpenEntry(path);
        await new TarPacker(new CopyOutOptions { LeftOut = leftOut }).PackAsync(top, moved is null ? tar : new WatchedStream(tar, moved), () => { }, cancellationToken);
    }

    private static List<(string Name, string Content)> Read(MemoryStream tar)
    {
        tar.Position = 0;
        List<(string, string)> entries = [];
        using TarReader reader = new(tar, leaveOpen: true);
        while (reader.GetNextEntry() is { } entry)
        {
            using StreamReader? content = entry.DataStream is null ? null : new StreamReader(entry.DataStream);
            entries.Add((entry.Name, content?.ReadToEnd() ?? entry.LinkName));
        }
        entries.Sort((one, other) => string.CompareOrdinal(one.Item1, other.Item1));
        return entries;
    }

    [Theory]
    [InlineData("/top", "top/", "top/deep/", "top/deep/file")]
    [InlineData("/top/deep/", "deep/", "deep/file")]
    [InlineData("/top/deep/file", "file")]
    [InlineData("/top/deep/.", "./", "./file")]
    [InlineData("/top/deep/..", "./", "./deep/", "./deep/file")]
    [InlineData("/", "./", "./top/", "./top/deep/", "./top/deep/file")]
    public async Task Names_begin_with_the_last_part_of_the_path(string path, params string[] names)
        => (await Pack(path)).Select(entry => entry.Name).Should().Equal(names);

    [Fact]
    public async Task A_link_is_a_link_unless_a_slash_stands_behind_it()
    {
        File.CreateSymbolicLink(_folder["root/link"], "/top/deep");
        File.CreateSymbolicLink(_folder["root/out"], _folder["outside"]);

        (await Pack("/link")).Should().Equal(("link", "/top/deep"));
        (await Pack("/link/")).Should().Equal(("link/", ""), ("link/file", "content"));
        (await Pack("/link/file")).Should().Equal(("file", "content"));
        (await Pack("/out")).Should().Equal(("out", _folder["outside"]));
        await FluentActions.Awaiting(() => Pack("/out/secret")).Should().ThrowAsync<LinuxException>().WithMessage("openat2 /out/secret RESOLVE_IN_ROOT: ENOENT *");
    }

    [Fact]
    public async Task A_directory_that_becomes_a_link_to_elsewhere_is_still_the_directory()
    {
        bool isDone = false;

        List<(string Name, string Content)> entries = await Pack("/top", position =>
        {
            if (isDone || position < 2048) // the top's own entry; below it, one that is open by now, or not yet
                return;
            isDone = true;
            Directory.Move(_folder["root/top"], _folder["root/moved"]);
            File.CreateSymbolicLink(_folder["root/top"], _folder["outside"]);
        });

        isDone.Should().BeTrue();
        entries.Should().Equal(("top/", ""), ("top/deep/", ""), ("top/deep/file", "content"));
    }

    [Fact]
    public async Task A_file_that_grows_has_the_length_that_it_had()
    {
        string content = new('x', 200_000);
        File.WriteAllText(_folder["root/file"], content);

        (await Pack("/file", _ => File.AppendAllText(_folder["root/file"], "more"))).Should().Equal(("file", content));
    }

    [Fact]
    public async Task A_file_that_is_cut_is_an_error_or_what_was_read_already()
    {
        File.WriteAllText(_folder["root/large"], new string('x', 200_000));
        File.WriteAllText(_folder["root/small"], "small");

        await FluentActions.Awaiting(() => Pack("/large", _ => File.WriteAllText(_folder["root/large"], ""))).Should().ThrowAsync<InvalidDataException>()
            .WithMessage("/large had 200000 bytes, and was cut to 65536 while it was read");
        (await Pack("/small", _ => File.WriteAllText(_folder["root/small"], ""))).Should().Equal(("small", "small"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4095)]
    [InlineData(4096)]
    [InlineData(65535)]
    [InlineData(65536)]
    [InlineData(65537)]
    [InlineData(300_000)]
    public async Task A_file_of_any_length_is_whole(int length)
    {
        string content = string.Concat(Enumerable.Range(0, length).Select(number => (char)('a' + number % 23)));
        File.WriteAllText(_folder["root/file"], content);

        (await Pack("/file")).Should().Equal(("file", content));
    }

    [Fact]
    public async Task A_file_whose_length_is_a_lie_is_whole_or_an_error()
    {
        (await Pack("/version", root: "/proc")).Should().Equal(("version", File.ReadAllText("/proc/version")));
        (await Pack("/kernel/mm/ksm/run", root: "/sys")).Should().Equal(("run", File.ReadAllText("/sys/kernel/mm/ksm/run")));
        long length = File.ReadAllBytes("/proc/kallsyms").Length;
        length.Should().BeGreaterThan(FileContent.FirstPiece);
        await FluentActions.Awaiting(() => Pack("/kallsyms", root: "/proc")).Should().ThrowAsync<InvalidDataException>()
            .WithMessage("/kallsyms says that it has 0 bytes and has more: its length cannot be known before its end");
    }

    [Fact]
    public async Task A_socket_is_left_out_and_told()
    {
        using System.Net.Sockets.Socket socket = new(System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Unspecified);
        socket.Bind(new System.Net.Sockets.UnixDomainSocketEndPoint(_folder["root/top/socket"]));
        List<string> leftOut = [];

        (await Pack("/top", leftOut: leftOut.Add)).Select(entry => entry.Name).Should().Equal("top/", "top/deep/", "top/deep/file");
        leftOut.Should().Equal("/top/socket");
        await FluentActions.Awaiting(() => Pack("/top/socket")).Should().ThrowAsync<InvalidDataException>().WithMessage("/top/socket is a socket, which a tar cannot have");
    }

    [Fact]
    public async Task A_second_name_is_a_hard_link_and_a_FIFO_is_not_opened()
    {
        using (RootDirectory root = RootDirectory.Open(_folder["root"]))
        using (DirectoryDescriptor top = root.OpenDirectory("/top"), deep = root.OpenDirectory("/top/deep"))
        {
            top.CreateHardLink("another", deep, "file");
            top.CreateNode("fifo", EntryKind.Fifo).Dispose();
        }
        MemoryStream tar = new();

        await PackTo(tar, "/top");

        tar.Position = 0;
        using TarReader reader = new(tar);
        List<TarEntry> entries = [];
        while (reader.GetNextEntry(copyData: true) is { } entry)
            entries.Add(entry);
        TarEntry link = entries.Should().ContainSingle(entry => entry.EntryType == TarEntryType.HardLink).Subject, file = entries.Single(entry => entry.EntryType == TarEntryType.RegularFile);
        link.LinkName.Should().Be(file.Name);
        entries.IndexOf(link).Should().BeGreaterThan(entries.IndexOf(file));
        entries.Should().ContainSingle(entry => entry.EntryType == TarEntryType.Fifo).Which.Name.Should().Be("top/fifo");
    }

    [Fact]
    public async Task Directories_in_one_another_without_end_are_an_error()
    {
        string path = _folder["root/top/deep"];
        for (int depth = 0; depth < TarPacker.MaxDepth - 2; depth++)
            path = Directory.CreateDirectory($"{path}/d").FullName;
        (await Pack("/top")).Should().HaveCount(TarPacker.MaxDepth + 1);
        Directory.CreateDirectory($"{path}/d");

        await FluentActions.Awaiting(() => Pack("/top")).Should().ThrowAsync<InvalidDataException>().WithMessage("/top/deep/d/*/d is more than 256 directories deep");
    }

    [Fact]
    public async Task Cancelling_stops_within_a_file_and_no_end_is_written()
    {
        File.WriteAllBytes(_folder["root/file"], [.. Enumerable.Repeat((byte)1, 1 << 20)]);
        using CancellationTokenSource source = new();
        MemoryStream tar = new();

        await FluentActions.Awaiting(() => PackTo(
                tar, "/file",
                position =>
                {
                    if (position > 300_000)
                        source.Cancel();
                },
                cancellationToken: source.Token)).Should().ThrowAsync<OperationCanceledException>();

        tar.Length.Should().BeInRange(300_000, 600_000);
        tar.ToArray()[^1].Should().Be(1);
    }

    [Fact]
    public async Task Another_program_reads_it_whatever_the_names_are()
    {
        Requires.Program("tar");
        string name = $"{new string('n', 200)} gr\u00FC\u00DFe\n20 path=../../x\n";
        File.WriteAllText(_folder[$"root/top/{name}"], "content");
        File.SetLastWriteTimeUtc(_folder["root/top/deep/file"], new DateTime(2001, 1, 2, 3, 4, 5, DateTimeKind.Utc));
        using (FileStream file = File.Create(_folder["tar"]))
            await PackTo(file, "/top");

        Command.Result result = Command.Run("tar", "-x", "-f", _folder["tar"], "-C", _folder["outside"]);

        result.Should().Be(new Command.Result(0, "", ""));
        File.ReadAllText(_folder[$"outside/top/{name}"]).Should().Be("content");
        File.GetLastWriteTimeUtc(_folder["outside/top/deep/file"]).Year.Should().Be(2001);
        Encoding.UTF8.GetByteCount(name).Should().BeLessThan(256);
    }
}
