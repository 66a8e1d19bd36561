using System.Text;
using LibContainer.Configuration;
using LibContainer.Launch;
using LibContainer.Linux;
using LibContainer.TestUtilities;
using Microsoft.Win32.SafeHandles;

namespace LibContainer.IntegrationTests;

/// <summary>Terminals as a program in a container has them, driven by a host that has none itself.</summary>
public sealed class TerminalTests
{
    private static Sandbox.Result Run(string script, string input = "", TerminalConfiguration? terminal = null, ContainerConfiguration? container = null, ProcessConfiguration? process = null)
    {
        Requires.Root();
        using MemoryStream source = new(Encoding.UTF8.GetBytes(input)), output = new();
        process = (process ?? new ProcessConfiguration()) with { Arguments = ["/bin/sh", "-c", script], Terminal = terminal ?? new TerminalConfiguration() };
        ExitStatus status = Sandbox.Exec(container ?? Sandbox.Default, process, new ExecOptions
        {
            StandardInput = StandardStream.FromStream(source),
            StandardOutput = StandardStream.FromStream(output),
        });
        return new Sandbox.Result(status, Encoding.UTF8.GetString(output.ToArray()).Replace("\r\n", "\n"), "");
    }

    [Fact]
    public void All_three_streams_and_the_console_are_one_terminal_that_controls_the_session()
        => Run("""
            for fd in 0 1 2; do readlink /proc/self/fd/$fd; done
            tty < /dev/tty > /dev/null && stat -c '%t:%T %a %u %g' /dev/console && echo to the console > /dev/console
            cut -d ' ' -f 7 /proc/self/stat
            """, terminal: new TerminalConfiguration(20, 70)).Lines.Should().Equal(
            "/dev/pts/0", "/dev/pts/0", "/dev/pts/0", "88:0 620 0 5", "to the console", $"{136 << 8}");

    [Fact]
    public void The_size_is_there_before_the_program()
        => Run("stty size", terminal: new TerminalConfiguration(20, 70)).Output.Should().Be("20 70\n");

    [Fact]
    public void Input_is_typed_and_its_end_is_typed_too()
        => Run("stty -echo; echo ready; cat", "one\ntwo\n").Output.Should().EndWith("ready\none\ntwo\n").And.NotContain("^D");

    [Fact]
    public void A_user_owns_the_terminal_and_can_open_it_again()
        => Run("id -u; stat -c %u /dev/pts/0 /dev/console; echo x > /dev/pts/0", process: new ProcessConfiguration { UserId = 1234, GroupId = 1234 })
            .Lines.Should().Equal("1234", "1234", "1234", "x");

    [Fact]
    public void A_user_by_name_owns_it_as_well()
        => Run("id -un; stat -c %U /dev/pts/0", process: new ProcessConfiguration { User = "nobody" }).Lines.Should().Equal("nobody", "nobody");

    [Fact]
    public void Nothing_is_lost_at_the_end()
    {
        string expected = string.Concat(Enumerable.Range(1, 20_000).Select(i => $"{i}\n"));

        Run("seq 20000").Output.Should().Be(expected);
        for (int i = 0; i < 30; i++)
            Run("echo end").Output.Should().Be("end\n");
    }

    /// <summary>As an init system does: between closing its terminal and opening it again there is nobody at the other end.</summary>
    [Fact]
    public void A_program_may_close_its_terminal_and_open_it_again()
        => Run("exec < /dev/null > /dev/null 2>&1; sleep 0.1; exec > /dev/console; echo back").Output.Should().Be("back\n");

    [Fact]
    public void Much_is_typed_while_much_is_shown()
    {
        string input = string.Concat(Enumerable.Range(1, 5000).Select(i => $"line {i}\n"));

        string output = Run("stty -echo; seq 5000; echo between; cat", input).Output;

        output[output.IndexOf("1\n2\n", StringComparison.Ordinal)..].Should().EndWith("5000\nbetween\n" + input);
    }

    [Fact]
    public void A_process_left_behind_does_not_hold_up_the_end()
    {
        ContainerConfiguration shared = Sandbox.Default with { Namespaces = NamespaceKinds.Default & ~NamespaceKinds.Pid };

        Run("trap '' HUP; (echo $$ > /tmp/x; sleep 0.5) & echo main", container: shared).Output.Should().Be("main\n");
    }

    [Fact]
    public void It_needs_a_devpts_of_the_containers_own()
        => FluentActions.Invoking(() => Run("true", container: Sandbox.Default with { Mounts = [.. MountConfiguration.Defaults.Where(mount => mount.Type != "devpts")] }))
            .Should().Throw<ConfigurationException>().WithMessage("process.terminal: a new terminal needs a devpts mounted at /dev/pts");

    [Fact]
    public void There_is_no_stream_for_errors_beside_a_terminal()
    {
        Requires.Root();

        FluentActions.Invoking(() => Sandbox.Exec(
            Sandbox.Default, new ProcessConfiguration("/bin/true") { Terminal = new() }, new ExecOptions { StandardInput = StandardStream.Null, StandardError = StandardStream.Null }))
            .Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => Sandbox.Exec(
            Sandbox.Default, new ProcessConfiguration("/bin/true") { Terminal = new() { Path = "/dev/pts/0" } }, new ExecOptions { StandardInput = StandardStream.Null }))
            .Should().Throw<ArgumentException>();
    }

    /// <summary>The image has put a link in the console's place.</summary>
    [Fact]
    public void A_link_in_the_consoles_place_is_not_followed()
    {
        Requires.Root();
        using ProbeRoot root = new();
        Directory.CreateDirectory(root["dev/pts"]);
        Directory.CreateDirectory(root["victim"]);
        File.CreateSymbolicLink(root["dev/console"], "/victim/file");
        ContainerConfiguration container = root.Container with { Mounts = [.. MountConfiguration.Defaults.Where(mount => mount.Destination is "/proc" or "/dev/pts")], Devices = [] };

        FluentActions.Invoking(() => Sandbox.Exec(
            container, new ProcessConfiguration("/probe", "exit", "0") { Terminal = new() }, new ExecOptions { StandardInput = StandardStream.Null, StandardOutput = StandardStream.Null }))
            .Should().Throw<LaunchException>().WithMessage("bind the terminal on console: openat2: ELOOP*");
        Directory.GetFileSystemEntries(root["victim"]).Should().BeEmpty();
    }

    [Fact]
    public void A_terminal_of_the_host_can_be_lent()
    {
        Requires.Root();
        (SafeFileHandle master, SafeFileHandle peer) = PseudoTerminal.Create();
        using (master)
        using (peer)
        {
            Terminal.SetSize(master, new TerminalSize(33, 44));
            string path = PseudoTerminal.PathOf(peer);
            ProcessConfiguration process = new("/bin/sh", "-c", "stty size; echo to the console > /dev/console; echo x > /dev/tty") { Terminal = new() { Path = path } };

            Sandbox.Exec(Sandbox.Default, process).ExitCode.Should().Be(0);

            byte[] shown = new byte[4096];
            Encoding.UTF8.GetString(shown, 0, Descriptor.Read(master, shown)).Should().Be("33 44\r\nto the console\r\nx\r\n");
        }
    }

    [Theory]
    [InlineData("/dev/null", "openat /dev/null, the terminal for streams 0 to 2: ioctl: ENOTTY (Inappropriate ioctl for device): it is not a terminal")]
    [InlineData("/dev/nowhere", "openat /dev/nowhere, the terminal for streams 0 to 2: ENOENT (No such file or directory)")]
    public void What_is_lent_has_to_be_a_terminal(string path, string sentence)
    {
        Requires.Root();

        FluentActions.Invoking(() => Sandbox.Exec(Sandbox.Default, new ProcessConfiguration("/bin/true") { Terminal = new() { Path = path } }))
            .Should().Throw<LaunchException>().WithMessage(sentence);
    }
}
