using System.Net;
using System.Net.Sockets;
using System.Text;
using LibContainer.Configuration;
using LibContainer.Launch;
using LibContainer.Linux;
using LibContainer.TestUtilities;
using Microsoft.Win32.SafeHandles;

namespace LibContainer.IntegrationTests;

/// <summary>What a program has open beside its three streams.</summary>
public sealed class DescriptorTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();
    private readonly Socket _listening = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public DescriptorTests()
    {
        Requires.Root();
        _listening.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listening.Listen();
    }

    public void Dispose()
    {
        _listening.Dispose();
        _folder.Dispose();
    }

    private string SocketLink => new FileInfo($"/proc/self/fd/{_listening.SafeHandle.DangerousGetHandle()}").LinkTarget!;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void They_have_the_numbers_from_three_on_and_there_are_no_others(bool hasUser)
    {
        File.WriteAllText(_folder["one"], "first\n");
        File.WriteAllText(_folder["two"], "second\n");
        using SafeFileHandle one = File.OpenHandle(_folder["one"]), two = File.OpenHandle(_folder["two"]);
        ProcessConfiguration process = new("/bin/sh", "-c", "cat <&3; cat <&4; ls /proc/$$/fd; env | grep -c LISTEN") { User = hasUser ? "nobody" : null };

        Run(process, new ExecOptions { Descriptors = [one, two] }).Should().Be("first\nsecond\n0\n1\n2\n3\n4\n0\n"); // not by a pipe: the shell has one for a moment

        one.IsClosed.Should().BeFalse("it stays the caller's");
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 2)]
    public void A_program_is_told_what_it_listens_on(bool hasInit, int id)
    {
        using SafeFileHandle other = File.OpenHandle("/dev/null");
        ProcessConfiguration process = new("/bin/sh", "-c", "echo $LISTEN_FDS $LISTEN_PID $LISTEN_FDNAMES; readlink /proc/$$/fd/3 /proc/$$/fd/4 /proc/$$/fd/5") { Environment = ["LISTEN_PID=77", "LISTEN_FDS=9", ProcessConfiguration.DefaultPath] };

        Run(process, new ExecOptions { ListenDescriptors = [new(_listening.SafeHandle, "web"), new(_listening.SafeHandle)], Descriptors = [other] }, Sandbox.Default with { InitProcess = hasInit })
            .Should().Be($"2 {id} web:unknown\n{SocketLink}\n{SocketLink}\n/dev/null\n");
    }

    [Fact]
    public void One_that_is_added_to_a_container_is_told_its_own_id() => EnteredContainer.Run(container =>
        container.Script("echo $$ $LISTEN_PID $LISTEN_FDS ${LISTEN_FDNAMES-none}; readlink /proc/$$/fd/3", new ExecInOptions { ListenDescriptors = [new(_listening.SafeHandle)] })
            .Lines.Should().Match<string[]>(lines => lines.Length == 2 && lines[0].Split(' ', StringSplitOptions.None)[0] == lines[0].Split(' ', StringSplitOptions.None)[1] && lines[0].EndsWith(" 1 none") && lines[1] == SocketLink));

    [Fact]
    public void What_cannot_be_passed_is_said_before_anything_is_made()
    {
        ExecOptions options = new()
        {
            Descriptors = [.. Enumerable.Repeat(_listening.SafeHandle, LaunchOptions.MaxMoreDescriptors)],
            ListenDescriptors = [new(_listening.SafeHandle, "a:b")],
            CreateCommand = _ => InitCommand.Self(),
        };

        FluentActions.Invoking(() => Namespaces.Exec(Sandbox.Default, new ProcessConfiguration("/bin/true"), options)).Should().Throw<ConfigurationException>().Which.Findings.Select(finding => finding.Message).Should().Equal(
            "11 are more than the 10 that a program can be passed",
            "through a program that sets the container up in the launcher's place, they are not supported yet",
            "'a:b' is not a name: 1 to 255 characters of ASCII, no colon");
    }

    private static string Run(ProcessConfiguration process, ExecOptions options, ContainerConfiguration? container = null)
    {
        using MemoryStream output = new();
        Namespaces.Exec(container ?? Sandbox.Default, process, options with { StandardOutput = StandardStream.FromStream(output) });
        return Encoding.UTF8.GetString(output.ToArray());
    }
}
