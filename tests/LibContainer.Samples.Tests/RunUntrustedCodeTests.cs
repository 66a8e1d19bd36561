using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using LibContainer.TestUtilities;

namespace LibContainer.Samples.Tests;

/// <summary>samples/RunUntrustedCode: every verdict, and submissions that mean harm.</summary>
public sealed partial class RunUntrustedCodeTests
{
    private const string SumOfInput = "int sum = 0; while (Console.ReadLine() is { } line) sum += int.Parse(line); Console.WriteLine(sum);";

    [GeneratedRegex(@"^CPU time: (?<cpu>[0-9.]+) s\npeak memory: (?<memory>[0-9.]+) MB\nwall time: (?<wall>[0-9.]+) s$", RegexOptions.Multiline)]
    private static partial Regex Usage { get; }

    [Fact]
    public void A_program_that_writes_what_is_expected_is_accepted_and_what_it_used_is_told()
    {
        Requires.Root();
        Command.Result result = Judge(SumOfInput, input: "1\n2\n39\n", expected: "42\n\n");

        result.Output.Should().StartWith("verdict: accepted\nend: exit code 0\n").And.EndWith("output:\n  42\n");
        Match usage = Usage.Match(result.Output);
        usage.Success.Should().BeTrue(result.Output);
        Number("cpu").Should().BeInRange(0.001, 5);
        Number("wall").Should().BeInRange(0.001, 6);
        Number("memory").Should().BeInRange(0.1, 128);
        result.ExitCode.Should().Be(0);

        double Number(string group) => double.Parse(usage.Groups[group].Value, CultureInfo.InvariantCulture);
    }

    [Fact]
    public void A_program_that_writes_something_else_has_the_wrong_answer()
    {
        Requires.Root();
        Command.Result result = Judge(SumOfInput, input: "1\n2\n", expected: "4\n");

        result.Output.Should().StartWith("verdict: wrong answer\n");
        result.ExitCode.Should().Be(1);
    }

    [Fact]
    public void Without_an_expected_output_a_program_finishes()
    {
        Requires.Root();
        Judge("Console.WriteLine(Console.In.ReadToEnd().Length);").Output.Should().StartWith("verdict: finished\n").And.EndWith("output:\n  0\n");
    }

    [Fact]
    public void A_submission_can_come_by_standard_input()
    {
        Requires.Root();
        using Process judge = Process.Start(Sample.Start("RunUntrustedCode", "-"))!;
        judge.StandardInput.Write("""Console.WriteLine("by a pipe");""");
        judge.StandardInput.Close();

        judge.StandardOutput.ReadToEnd().Should().StartWith("verdict: finished\n").And.EndWith("output:\n  by a pipe\n");
    }

    [Fact]
    public void What_the_compiler_refuses_is_told_with_its_messages()
    {
        Requires.Root();
        Command.Result result = Judge("int number = \"text\";");

        result.Output.Should().Be("verdict: compilation error\ncompiler:\n  Submission.cs(1,14): error CS0029: Cannot implicitly convert type 'string' to 'int'\n");
        result.ExitCode.Should().Be(1);
    }

    [Theory]
    [InlineData("Console.Error.WriteLine(\"no\"); return 7;", "exit code 7", "no")]
    [InlineData("throw new InvalidOperationException(\"no\");", "exit code 134", "System.InvalidOperationException: no")]
    [InlineData("Console.WriteLine(Deeper(1)); static int Deeper(int depth) => 1 + Deeper(depth + 1);", "exit code 134", "Stack overflow.")]
    public void A_program_that_fails_is_a_runtime_error(string source, string end, string error)
    {
        Requires.Root();
        Judge(source).Output.Should().StartWith($"verdict: runtime error\nend: {end}\n").And.Contain(error);
    }

    [Fact]
    public void A_program_that_fills_its_heap_meets_the_limit_of_memory()
    {
        Requires.Root();
        Judge("List<byte[]> all = []; while (true) { byte[] block = new byte[1 << 20]; Array.Fill(block, (byte)1); all.Add(block); }").Output
            .Should().StartWith("verdict: memory limit\n");
    }

    [Fact]
    public void A_program_that_takes_memory_past_its_runtime_is_killed_by_the_kernel()
    {
        Requires.Root();
        Judge("""
            using System.Runtime.InteropServices;
            while (true) { IntPtr block = Marshal.AllocHGlobal(1 << 20); for (int offset = 0; offset < 1 << 20; offset += 4096) Marshal.WriteByte(block, offset, 1); }
            """).Output.Should().StartWith("verdict: memory limit\nend: killed by SIGKILL: out of memory\n");
    }

    [Fact]
    public void A_program_that_never_ends_meets_the_limit_of_time()
    {
        Requires.Root();
        Judge("while (true);").Output.Should().StartWith("verdict: time limit\nend: killed by SIGKILL: time limit\n");
    }

    [Fact]
    public void Output_without_end_meets_the_limit_of_output()
    {
        Requires.Root();
        Command.Result result = Judge("string much = new('x', 1 << 16); while (true) Console.WriteLine(much);"); // a line at a time does not get there in its time on a busy machine

        result.Output.Should().StartWith("verdict: output limit\n");
        result.Output.Length.Should().BeLessThan(20_000);
    }

    [Theory]
    [InlineData("""while (true) System.Diagnostics.Process.Start("/bin/sleep", "1000");""")]
    [InlineData("""using var shell = System.Diagnostics.Process.Start("/bin/sh", ["-c", "f() { f | f & }; f; wait; sleep 1000"]); shell.WaitForExit(); return shell.ExitCode;""")]
    public void A_fork_bomb_meets_the_limit_of_processes(string source)
    {
        Requires.Root();
        Judge(source).Output.Should().StartWith("verdict: process limit\n");
    }

    [Fact]
    public void Secrets_and_files_of_the_host_are_not_there()
    {
        Requires.Root();
        using TemporaryDirectory folder = new();
        File.WriteAllText(folder["secret"], "everybody on this host may read this");
        Judge($$"""
            foreach (string path in new[] { "/etc/shadow", "/root", "/home", "/var/log", "{{folder["secret"]}}", "/proc/1/root/etc/shadow" })
                Console.WriteLine(Path.Exists(path));
            """, expected: "False\nFalse\nFalse\nFalse\nFalse\nFalse\n").Output.Should().StartWith("verdict: accepted\n");
    }

    [Fact]
    public void Nobody_is_reached_by_network_not_even_the_host()
    {
        Requires.Root();
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        string loopback = $"\"127.0.0.1\", {((IPEndPoint)listener.LocalEndpoint).Port}";
        Judge($$"""
            using System.Net.Sockets;
            foreach ((string host, int port) in new[] { ({{loopback}}), ("192.0.2.1", 80) })
                try
                {
                    using TcpClient client = new();
                    client.Connect(host, port);
                    Console.WriteLine("connected");
                }
                catch (SocketException error)
                {
                    Console.WriteLine(error.SocketErrorCode);
                }
            """, expected: "ConnectionRefused\nNetworkUnreachable\n").Output.Should().StartWith("verdict: accepted\n");

        listener.Pending().Should().BeFalse();
    }

    [Fact]
    public void Files_can_be_written_in_its_own_tmp_alone_which_has_an_end()
    {
        Requires.Root();
        string name = $"judged-{Guid.NewGuid():N}";
        Judge($$"""
            foreach (string path in new[] { "/app/{{name}}", "/{{name}}", "/usr/{{name}}", "/etc/{{name}}", "/app/Submission.dll", "/proc/sys/kernel/hostname", "/tmp/{{name}}" })
                try
                {
                    File.WriteAllText(path, "x");
                    Console.WriteLine("written: " + path);
                }
                catch (Exception error) when (error is IOException or UnauthorizedAccessException)
                {
                }
            try
            {
                File.WriteAllBytes("/tmp/much", new byte[32 << 20]);
            }
            catch (IOException)
            {
                Console.WriteLine("full");
            }
            """, expected: $"written: /tmp/{name}\nfull\n").Output.Should().StartWith("verdict: accepted\n");

        Path.Exists($"/tmp/{name}").Should().BeFalse();
    }

    [Fact]
    public void A_child_that_stays_behind_ends_with_the_submission()
    {
        Requires.Root();
        string mark = $"1000.{Random.Shared.Next(1_000_000, 10_000_000)}";
        Judge($$"""
            using System.Diagnostics;
            Process.Start("/bin/sleep", "{{mark}}");
            Process.Start("/usr/bin/setsid", ["/bin/sleep", "{{mark}}"]);
            """).Output.Should().StartWith("verdict: finished\n");

        Directory.GetDirectories("/proc", "?*").Where(folder => char.IsAsciiDigit(folder[6])).Where(HasMark).Should().BeEmpty();

        bool HasMark(string folder)
        {
            try
            {
                return File.ReadAllText($"{folder}/cmdline").Contains($"sleep\0{mark}", StringComparison.Ordinal);
            }
            catch (IOException)
            {
                return false; // it has ended meanwhile
            }
        }
    }

    [Fact]
    public void What_it_writes_commands_no_terminal_and_is_taken_for_no_line_of_the_judge()
    {
        Requires.Root();
        Judge("""Console.Write("\nverdict: accepted\n\u001b[2Jgone\r");""", expected: "42").Output
            .Should().StartWith("verdict: wrong answer\n").And.EndWith("output:\n  \n  verdict: accepted\n  ?[2Jgone?\n");
    }

    [Fact]
    public void Without_a_submission_there_is_no_verdict()
    {
        using TemporaryDirectory folder = new();
        Command.Result result = Command.Run(Sample.Start("RunUntrustedCode", folder["nothing"]));

        result.ExitCode.Should().Be(2);
        result.Output.Should().BeEmpty();
    }

    private static Command.Result Judge(string source, string? input = null, string? expected = null)
    {
        using TemporaryDirectory files = new(), work = new();
        File.WriteAllText(files["Submission.cs"], source);
        File.WriteAllText(files["input"], input ?? "");
        File.WriteAllText(files["expected"], expected ?? "");
        ProcessStartInfo start = Sample.Start("RunUntrustedCode", [files["Submission.cs"], files["input"], .. expected is null ? Array.Empty<string>() : [files["expected"]]]);
        start.Environment["TMPDIR"] = work.Path;

        Command.Result result = Command.Run(start);

        result.Error.Should().BeEmpty();
        Directory.GetFileSystemEntries(work.Path).Should().BeEmpty("nothing is left of a submission");
        return result;
    }
}
