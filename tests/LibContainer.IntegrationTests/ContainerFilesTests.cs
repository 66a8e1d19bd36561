using System.Formats.Tar;
using System.Text;
using LibContainer.Configuration;
using LibContainer.Linux;
using LibContainer.TestUtilities;

namespace LibContainer.IntegrationTests;

/// <summary>Files in and out of a container that runs, as seen from inside and from outside.</summary>
public sealed class ContainerFilesTests
{
    private const string Listing = "find . -printf '%P %y %m %U:%G %n %T@ %l %s\\n' | sort; find . -type f -print0 | sort -z | xargs -0 cksum";

    private static readonly DateTimeOffset Time = new DateTimeOffset(2020, 2, 3, 4, 5, 6, TimeSpan.Zero).AddTicks(1_234_567);

    private static PaxTarEntry Entry(TarEntryType type, string name, int mode = 0b110_100_100, int owner = 0, string? link = null, Stream? content = null)
    {
        PaxTarEntry entry = new(type, name) { Mode = (UnixFileMode)mode, Uid = owner, Gid = owner == 0 ? 0 : owner + 1, ModificationTime = Time };
        if (link is not null)
            entry.LinkName = link;
        if (content is not null)
            entry.DataStream = content;
        return entry;
    }

    private static PaxTarEntry Text(string name, string text) => Entry(TarEntryType.RegularFile, name, content: new MemoryStream(Encoding.UTF8.GetBytes(text)));

    private static MemoryStream Tar(params TarEntry[] entries)
    {
        MemoryStream tar = new();
        using (TarWriter writer = new(tar, leaveOpen: true))
            Array.ForEach(entries, writer.WriteEntry);
        tar.Position = 0;
        return tar;
    }

    private static void CopyIn(RunningContainer container, string directory, Stream tar, CopyInOptions? options = null)
        => ContainerFiles.CopyInAsync(container, directory, tar, options).GetAwaiter().GetResult();

    private static void CopyIn(RunningContainer container, string directory, params TarEntry[] entries) => CopyIn(container, directory, Tar(entries));

    private static List<(string Name, TarEntryType Type, string Content)> CopyOut(RunningContainer container, string path, CopyOutOptions? options = null)
    {
        using MemoryStream tar = new();
        ContainerFiles.CopyOutAsync(container, path, tar, options).GetAwaiter().GetResult();
        tar.Position = 0;
        List<(string, TarEntryType, string)> entries = [];
        using TarReader reader = new(tar);
        while (reader.GetNextEntry() is { } entry)
        {
            using StreamReader? content = entry.DataStream is null ? null : new StreamReader(entry.DataStream);
            entries.Add((entry.Name, entry.EntryType, content?.ReadToEnd() ?? entry.LinkName));
        }
        entries.Sort((one, other) => string.CompareOrdinal(one.Item1, other.Item1));
        return entries;
    }

    [Fact]
    public void A_tree_goes_in_and_out_and_in_again_as_it_is() => EnteredContainer.Run(container =>
    {
        Requires.Root();
        using TemporaryDirectory folder = new();
        byte[] large = new byte[50 << 20];
        new Random(1).NextBytes(large);
        MemoryStream given = Tar(
            Entry(TarEntryType.Directory, "tree/", 0b001_111_000_101, 1000),
            Entry(TarEntryType.RegularFile, "tree/program", 0b110_111_101_001, 1000, content: new MemoryStream(Encoding.UTF8.GetBytes("text"))),
            Entry(TarEntryType.RegularFile, "tree/empty", 0, 70_000),
            Entry(TarEntryType.RegularFile, "tree/large", content: new MemoryStream(large)),
            Entry(TarEntryType.Directory, "tree/\u20AC/", 0b111_000_000),
            Entry(TarEntryType.HardLink, "tree/\u20AC/again", link: "tree/program"),
            Entry(TarEntryType.SymbolicLink, "tree/link", owner: 3_000_000, link: "/etc/../nowhere"),
            Entry(TarEntryType.Fifo, "tree/fifo", 0b110_110_110, 5));

        CopyIn(container, "/tmp", given);
        string[] first = container.Script($"cd /tmp/tree && {{ {Listing}; }}").Lines;
        container.Script("mkdir /tmp/second").Status.Success.Should().BeTrue();
        long before = GC.GetTotalAllocatedBytes(precise: true);
        using (FileStream tar = File.Create(folder["tar"]))
        {
            ContainerFiles.CopyOutAsync(container, "/tmp/tree", tar).GetAwaiter().GetResult();
            tar.Position = 0;
            CopyIn(container, "/tmp/second", tar);
        }
        long allocated = GC.GetTotalAllocatedBytes(precise: true) - before;

        first.Should().Contain([
            " d 1705 1000:1001 3 1580702706.1234567000  160", "empty f 0 70000:70001 1 1580702706.1234567000  0", "fifo p 666 5:6 1 1580702706.1234567000  0",
            "link l 777 3000000:3000001 1 1580702706.1234567000 /etc/../nowhere 15", "program f 6751 1000:1001 2 1580702706.1234567000  4",
            "\u20AC/again f 6751 1000:1001 2 1580702706.1234567000  4", "\u20AC d 700 0:0 2 1580702706.1234567000  60", "large f 644 0:0 1 1580702706.1234567000  52428800",
        ]);
        container.Script($"cd /tmp/second/tree && {{ {Listing}; }}").Lines.Should().Equal(first);
        CopyOut(container, "/tmp/tree/program").Should().Equal(("program", TarEntryType.RegularFile, "text"));
        allocated.Should().BeLessThan(10 << 20, "a file is never in memory as a whole");
    });

    [Fact]
    public void A_link_to_the_host_leads_into_the_container() => EnteredContainer.Run(container =>
    {
        Requires.Root();
        using TemporaryDirectory folder = new();
        File.WriteAllText(folder["secret"], "secret");
        container.Script($"ln -s /etc /tmp/etc; ln -s ../../../../../../../etc /tmp/climbs; ln -s /proc/1/root /tmp/magic; ln -s {folder.Path} /tmp/host; ln -s {folder["secret"]} /tmp/file").Status.Success.Should().BeTrue();

        foreach (string path in new[] { "/tmp/etc/passwd", "/tmp/climbs/passwd", "/../../etc/passwd" })
            CopyOut(container, path).Should().Equal(("passwd", TarEntryType.RegularFile, container.Script("cat /etc/passwd").Output));
        container.Script("cat /etc/passwd").Output.Should().NotBe(File.ReadAllText("/etc/passwd"), "it has one of its own");
        CopyOut(container, "/tmp/etc").Should().Equal(("etc", TarEntryType.SymbolicLink, "/etc"));
        CopyOut(container, "/tmp/file").Should().Equal(("file", TarEntryType.SymbolicLink, folder["secret"]));
        FluentActions.Invoking(() => CopyOut(container, "/tmp/host/secret")).Should().Throw<LinuxException>().WithMessage("openat2 /tmp/host/secret RESOLVE_IN_ROOT: ENOENT *");
        FluentActions.Invoking(() => CopyOut(container, "/tmp/file/")).Should().Throw<LinuxException>();
        FluentActions.Invoking(() => CopyOut(container, "/tmp/magic/etc/passwd")).Should().Throw<LinuxException>("no magic link is followed").Which.Error.Should().Be(Errno.ELOOP);
        FluentActions.Invoking(() => CopyIn(container, "/tmp/host", Text("secret", "new"))).Should().Throw<LinuxException>().Which.Error.Should().Be(Errno.ENOENT);
        CopyIn(container, "/tmp", Text("file", "new"));

        container.Script("cat /tmp/file").Output.Should().Be("new");
        File.ReadAllText(folder["secret"]).Should().Be("secret");
    });

    /// <summary>CVE-2018-15664: a directory of the container becomes a link to the host's between the look and the use.</summary>
    [Fact]
    public void Who_swaps_directories_and_links_meanwhile_reaches_nothing_of_the_host()
    {
        Requires.Root();
        using TemporaryDirectory folder = new();
        File.WriteAllText(folder["canary"], "secret");
        DateTime written = File.GetLastWriteTimeUtc(folder["canary"]);
        int read = 0, refusedOut = 0, refusedIn = 0, wrote = 0;
        ProcessConfiguration swapping = new("/bin/sh", "-c", """
            cd /tmp; mkdir -p w "$1"; echo inside > "$1/canary"; cd w
            echo ready
            while :; do rm -rf d; mkdir -p "d$1"; echo own > "d$1/canary"; rm -rf d; ln -s / d; done 2> /dev/null &
            read end
            """, "sh", folder.Path);

        EnteredContainer.Run(
            container =>
            {
                for (int i = 0; i < 1000; i++)
                {
                    Try(() => read += Look(CopyOut(container, $"/tmp/w/d{folder["canary"]}")), ref refusedOut);
                    Try(() => Look(CopyOut(container, $"/tmp/w/d{folder.Path}")), ref refusedOut);
                    Try(() => CopyIn(container, $"/tmp/w/d{folder.Path}", Text("canary", "new"), Text("more", "new")), ref refusedIn);
                    Try(
                        () =>
                        {
                            CopyIn(container, "/tmp/w", Entry(TarEntryType.Directory, $"d{folder.Path}/", 0b111_111_111), Text($"d{folder.Path}/canary", "new"));
                            wrote++;
                        },
                        ref refusedIn);
                }
            },
            process: swapping);

        Directory.GetFileSystemEntries(folder.Path).Should().Equal(folder["canary"]);
        File.ReadAllText(folder["canary"]).Should().Be("secret");
        File.GetLastWriteTimeUtc(folder["canary"]).Should().Be(written);
        File.GetUnixFileMode(folder.Path).Should().Be((UnixFileMode)0b111_000_000);
        new[] { read, refusedOut, refusedIn, wrote }.Should().OnlyContain(count => count > 0, "both have been at it");

        static int Look(List<(string Name, TarEntryType Type, string Content)> entries)
        {
            entries.Should().NotContain(entry => entry.Content == "secret");
            return entries.Count;
        }

        static void Try(Action copy, ref int refused)
        {
            try
            {
                copy();
            }
            catch (Exception error) when (error is LinuxException or InvalidDataException)
            {
                refused++;
            }
        }
    }

    [Fact]
    public void Neither_a_FIFO_nor_a_device_is_opened() => EnteredContainer.Run(container =>
    {
        Requires.Root();
        container.Script("mkdir /tmp/d && mkfifo /tmp/d/fifo").Status.Success.Should().BeTrue();
        List<string> leftOut = [];

        CopyOut(container, "/tmp/d").Should().Equal(("d/", TarEntryType.Directory, ""), ("d/fifo", TarEntryType.Fifo, ""));
        CopyOut(container, "/tmp/d/fifo").Should().Equal(("fifo", TarEntryType.Fifo, ""));
        using MemoryStream zero = new();
        ContainerFiles.CopyOutAsync(container, "/dev/zero", zero).GetAwaiter().GetResult();
        zero.Position = 0;
        using (TarReader reader = new(zero, leaveOpen: true))
            reader.GetNextEntry().Should().BeOfType<PaxTarEntry>().Which.Should().BeEquivalentTo(new { EntryType = TarEntryType.CharacterDevice, DeviceMajor = 1, DeviceMinor = 5 });
        zero.Position = 0;
        FluentActions.Invoking(() => CopyIn(container, "/tmp", zero)).Should().Throw<InvalidDataException>().WithMessage("entry zero is a device node, and CopyInOptions.MakesDevices is not set");
        zero.Position = 0;
        CopyIn(container, "/tmp", zero, new CopyInOptions { MakesDevices = true });
        container.Script("stat -c '%F %t:%T %a' /tmp/zero").Output.Should().Be("character special file 1:5 666\n");
        CopyOut(container, "/dev", new CopyOutOptions { LeftOut = leftOut.Add }).Should().Contain(("dev/zero", TarEntryType.CharacterDevice, ""));
        leftOut.Should().BeEmpty();
    });

    [Fact]
    public void What_shows_the_kernel_is_left_out_unless_it_is_asked_for()
    {
        Requires.Root();
        Requires.File("/usr/bin/busybox", "busybox-static");
        using TemporaryDirectory root = new();
        Directory.CreateDirectory(root["data"]);
        File.Copy("/usr/bin/busybox", root["busybox"]);
        EnteredContainer.Run(
            container =>
            {
                List<string> leftOut = [];

                CopyOut(container, "/", new CopyOutOptions { LeftOut = leftOut.Add }).Select(entry => entry.Name).Should().Contain(["./", "./data/", "./busybox", "./proc/", "./sys/", "./dev/null"])
                    .And.NotContain(name => name.StartsWith("./proc/s", StringComparison.Ordinal) || name.StartsWith("./sys/f", StringComparison.Ordinal));
                leftOut.Should().BeEquivalentTo("/proc", "/sys");
                CopyOut(container, "/proc/version").Should().Equal(("version", TarEntryType.RegularFile, File.ReadAllText("/proc/version")));
                CopyOut(container, "/proc/1/ns").Should().Contain(entry => entry.Name == "ns/mnt" && entry.Type == TarEntryType.SymbolicLink);
            },
            Sandbox.Default with { Root = RootFileSystem.Directory(root.Path) },
            new ProcessConfiguration("/busybox", "sh", "-c", "echo ready; read end"));
    }

    [Fact]
    public void A_tar_that_wants_out_stays_in() => EnteredContainer.Run(container =>
    {
        Requires.Root();
        using TemporaryDirectory folder = new();
        File.WriteAllText(folder["canary"], "secret");
        container.Script("mkdir /tmp/w").Status.Success.Should().BeTrue();
        string up = string.Concat(Enumerable.Repeat("../", 12));

        FluentActions.Invoking(() => CopyIn(container, "/tmp/w", Text($"{up}{folder["canary"]}", "new"))).Should().Throw<InvalidDataException>().WithMessage("entry ../*/canary climbs with ..");
        FluentActions.Invoking(() => CopyIn(container, "/tmp/w", Entry(TarEntryType.SymbolicLink, "link", link: folder.Path), Text("link/canary", "new"))).Should().Throw<InvalidDataException>()
            .WithMessage("entry link/canary passes through a symbolic link that leads out of /tmp/w");
        FluentActions.Invoking(() => CopyIn(container, "/tmp/w", Entry(TarEntryType.HardLink, "hard", link: $"link/canary"))).Should().Throw<InvalidDataException>();
        CopyIn(container, "/tmp/w", Text(folder["canary"], "new"));

        container.Script("cd /tmp/w; find . -type f; cat link/canary").Lines.Should().Equal($".{folder["canary"]}");
        Directory.GetFileSystemEntries(folder.Path).Should().Equal(folder["canary"]);
        File.ReadAllText(folder["canary"]).Should().Be("secret");
    });

    [Fact]
    public void Mounts_of_the_container_hold_for_the_host_too()
    {
        Requires.Root();
        using TemporaryDirectory folder = new();
        File.WriteAllText(folder["file"], "old\n");
        Directory.CreateDirectory(folder["volume"]);
        EnteredContainer.Run(
            container =>
            {
                FluentActions.Invoking(() => CopyIn(container, "/", Text("new", "x"))).Should().Throw<LinuxException>().WithMessage("openat2 /new O_CREAT|O_EXCL: EROFS *");
                FluentActions.Invoking(() => CopyIn(container, "/tmp", Text("file", "new"))).Should().Throw<LinuxException>()
                    .WithMessage("renameat2 /tmp/file something is mounted there: EBUSY *");
                CopyIn(container, "/", Text("tmp/volume/new", "x"));

                container.Script("grep -c /tmp/file /proc/self/mountinfo; cat /tmp/file; ls -A /tmp").Lines.Should().Equal("1", "old", "file", "volume");
            },
            Sandbox.Default with
            {
                Mounts = [.. Sandbox.Default.Mounts, new MountConfiguration("/tmp/file", MountConfiguration.BindType, folder["file"]), new MountConfiguration("/tmp/volume", MountConfiguration.BindType, folder["volume"])],
            });

        File.ReadAllText(folder["file"]).Should().Be("old\n");
        File.ReadAllText(folder["volume/new"]).Should().Be("x");
    }

    [Fact]
    public void A_container_that_has_ended_has_no_files()
    {
        Requires.Root();
        using MemoryStream written = new();
        Sandbox.Exec(Sandbox.Default, new ProcessConfiguration("/bin/sh", "-c", "sleep 1000"), new ExecOptions
        {
            StandardInput = StandardStream.Null,
            StandardOutput = StandardStream.Null,
            Started = launched =>
            {
                using PidFd process = PidFd.Open(launched.Id);
                using RunningContainer container = RunningContainer.Of(launched);

                // It ends in the middle: the tar has no end that would say that it is whole.
                FluentActions.Invoking(() => ContainerFiles.CopyOutAsync(container, "/etc", new EndingStream(written, () =>
                {
                    launched.Kill();
                    Readiness.Wait([process], TimeSpan.FromSeconds(30)).Should().Equal(true);
                })).GetAwaiter().GetResult()).Should().Throw<ContainerStateException>().WithMessage($"the container does not run: there is no process {launched.Id} any more");

                FluentActions.Invoking(() => CopyOut(container, "/etc")).Should().Throw<ContainerStateException>();
                FluentActions.Invoking(() => CopyIn(container, "/tmp", Text("file", "x"))).Should().Throw<ContainerStateException>();
            },
        }).Signal.Should().Be(Signal.SIGKILL);
        written.ToArray()[^1024..].Should().Contain(value => value != 0);
    }

    /// <summary>Does something once, when it is first written to.</summary>
    private sealed class EndingStream(MemoryStream inner, Action first) : Stream
    {
        private bool _isWritten;

        public override bool CanRead => false;
        public override bool CanSeek => false;
        public override bool CanWrite => true;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override void Write(byte[] buffer, int offset, int count)
        {
            if (!_isWritten)
                first();
            _isWritten = true;
            inner.Write(buffer, offset, count);
        }

        public override void Flush() { }
        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
    }

    [Fact]
    public void Who_has_the_hosts_files_is_not_copied_to()
    {
        Requires.Root();
        Requires.Program("unshare");
        using TemporaryDirectory folder = new();
        using System.Diagnostics.Process other = Command.Start("unshare", "-u", "sh", "-c", "echo ready; read end");
        other.StandardOutput.ReadLine().Should().Be("ready");
        using (RunningContainer container = RunningContainer.Open(other.Id))
        {
            FluentActions.Invoking(() => CopyIn(container, folder.Path, Text("x", "x"))).Should().Throw<ContainerStateException>()
                .WithMessage($"the container of process {other.Id} has no files of its own: its mount namespace is this program's");
            FluentActions.Invoking(() => CopyOut(container, "/etc/hostname")).Should().Throw<ContainerStateException>();
        }
        other.StandardInput.Close();
        other.WaitForExit();
        Directory.GetFileSystemEntries(folder.Path).Should().BeEmpty();
    }

    [Fact]
    public void What_is_asked_for_is_judged_first() => EnteredContainer.Run(container =>
    {
        Requires.Root();
        using MemoryStream tar = new();
        FluentActions.Invoking(() => CopyIn(container, "tmp", tar)).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => CopyOut(container, "")).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => CopyIn(container, "/none", tar)).Should().Throw<LinuxException>().WithMessage("openat2 /none RESOLVE_IN_ROOT: ENOENT *");
        FluentActions.Invoking(() => CopyIn(container, "/etc/passwd", tar)).Should().Throw<LinuxException>().Which.Error.Should().Be(Errno.ENOTDIR);
        FluentActions.Awaiting(() => ContainerFiles.CopyInAsync(container, "/tmp", tar, cancellationToken: new CancellationToken(canceled: true))).Should().ThrowAsync<OperationCanceledException>().GetAwaiter().GetResult();
    });

    [Fact]
    public void Nothing_is_left_of_copies_and_of_those_that_fail() => EnteredContainer.Run(container =>
    {
        Requires.Root();
        container.Script("mkdir -p /tmp/d/e/f; echo x > /tmp/d/e/f/file").Status.Success.Should().BeTrue();
        Round();
        Footprint before = Footprint.Take();

        for (int i = 0; i < 200; i++)
            Round();

        Footprint.Take().Should().Be(before);
        container.Script("find /tmp -mindepth 1 | sort").Lines.Should().Equal("/tmp/d", "/tmp/d/e", "/tmp/d/e/f", "/tmp/d/e/f/file", "/tmp/in");

        void Round()
        {
            CopyOut(container, "/tmp/d").Should().HaveCount(4);
            CopyIn(container, "/tmp", Text("in", "x"));
            MemoryStream cut = Tar(Text("cut", new string('x', 5000)));
            cut.SetLength(3000);
            FluentActions.Invoking(() => CopyIn(container, "/tmp", cut)).Should().Throw<EndOfStreamException>();
            FluentActions.Invoking(() => CopyIn(container, "/tmp", Text("d", "x"))).Should().Throw<LinuxException>();
            FluentActions.Invoking(() => ContainerFiles.CopyOutAsync(container, "/tmp/d", new MemoryStream(new byte[1000])).GetAwaiter().GetResult()).Should().Throw<NotSupportedException>("it is full");
        }
    });
}
