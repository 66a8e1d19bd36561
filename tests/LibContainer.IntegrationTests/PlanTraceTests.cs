using System.Text.RegularExpressions;
using LibContainer.TestUtilities;

namespace LibContainer.IntegrationTests;

/// <summary>What <c>nsinit plan</c> prints, held against what strace sees.</summary>
public sealed partial class PlanTraceTests
{
    [GeneratedRegex(@"^ *(\d+)  (.*)  \[(.*)\]$")]
    private static partial Regex PlanLine { get; }

    [GeneratedRegex(@"^(\w+)\((.*)\) += (\S+)(?: (E\w+))?")]
    private static partial Regex TraceLine { get; }

    private sealed record Step(string Description, string[] Calls);

    private sealed record Call(string Name, string Arguments, string Error);

    [Fact]
    public void The_plan_is_what_happens_in_its_order()
    {
        Requires.Root();
        Requires.Program("strace");
        using ProbeRoot root = new();
        using TemporaryDirectory folder = new();
        string[] container = ["--root", root.Path, "--hostname", "traced", "--bind", $"{folder.Path}:/data:ro", "--", "/probe", "0"];

        Step[] plan = ReadPlan(Command.Run(Repository.NsInit, ["plan", .. container]));
        Command.Result traced = Command.Run("strace", ["-ff", "-qq", "-s", "256", "-o", folder["trace"], Repository.NsInit, "run", .. container]);
        traced.ExitCode.Should().Be(0, traced.Error);
        Queue<Call> calls = new(ReadTrace(folder.Path));

        plan[0].Description.Should().Be("clone3 CLONE_NEWNS|CLONE_NEWUTS|CLONE_NEWIPC|CLONE_NEWPID|CLONE_NEWNET|CLONE_NEWCGROUP", "that is the launcher's call");
        foreach (Step step in plan[1..])
            Consume(step, calls);
        calls.Should().BeEmpty("the plan ends with execve");
    }

    private static Step[] ReadPlan(Command.Result result)
    {
        result.ExitCode.Should().Be(0, result.Error);
        Match[] lines = [.. result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => PlanLine.Match(line))];
        lines.Should().OnlyContain(line => line.Success);
        lines.Select(line => int.Parse(line.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture)).Should().Equal(Enumerable.Range(1, lines.Length));
        return [.. lines.Select(line => new Step(line.Groups[2].Value, line.Groups[3].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries)))];
    }

    /// <summary>The calls of the container's process from its first step to execve: what comes before is the launcher's (its descriptors).</summary>
    private static Call[] ReadTrace(string folder)
    {
        Directory.GetFiles(folder, "trace.*").SelectMany(File.ReadLines).Should().ContainSingle(line => line.StartsWith("clone3(", StringComparison.Ordinal) && line.Contains("CLONE_NEWPID"))
            .Which.Should().ContainAll("CLONE_NEWNS", "CLONE_NEWUTS", "CLONE_NEWIPC", "CLONE_NEWNET", "CLONE_NEWCGROUP", "CLONE_PARENT", "CLONE_PIDFD");
        // -ff: a file for each process, so that no call of one is cut in two by another's.
        foreach (string file in Directory.GetFiles(folder, "trace.*"))
        {
            Call[] calls = [.. File.ReadLines(file).Select(line => TraceLine.Match(line)).Where(match => match.Success)
                .Select(match => new Call(match.Groups[1].Value, match.Groups[2].Value, match.Groups[4].Value))];
            int last = Array.FindLastIndex(calls, call => call.Name == "execve" && call.Arguments.StartsWith("\"/probe\"", StringComparison.Ordinal));
            int unshared = Array.FindIndex(calls, call => call.Name == "close_range");
            int first = Array.FindIndex(calls, unshared + 1, call => call.Name == "close_range") + 1;
            if (last > 0)
                return [.. calls[first..(last + 1)].Where(call => call.Name != "close")];
        }
        throw new InvalidOperationException("nobody ran /probe");
    }

    private static void Consume(Step step, Queue<Call> calls)
    {
        foreach (string expected in step.Calls)
        {
            Call call = calls.Dequeue();
            call.Name.Should().BeOneOf(expected.Split('|'), $"that is next in \"{step.Description}\", not {call.Name}({call.Arguments})");
            if (call.Error == "ENOENT" && (step.Description.StartsWith("mask ", StringComparison.Ordinal) || step.Description.Contains("on itself", StringComparison.Ordinal)))
                return; // nothing there to protect
            if (call.Error == "ENOENT")
                MakeMissing(calls);
            if (call is { Name: "fchdir", Error: "ENOTDIR" })
                SkipLookAtNull(calls);
            if (call.Name is "mount" or "move_mount" && step.Description.StartsWith("mask ", StringComparison.Ordinal))
                return; // a directory needs no second call, and a second file has its flags from the first
            if (call.Name == "mount" && step.Description.StartsWith("mount ", StringComparison.Ordinal) && !step.Description.StartsWith("mount /", StringComparison.Ordinal))
                call.Arguments.Should().Contain($"\"{step.Description.Split(' ')[1]}\"", "the type is the one that the plan names");
        }
    }

    /// <summary>Directories that are not there are made on the way: look, make, look again, for each.</summary>
    private static void MakeMissing(Queue<Call> calls)
    {
        while (calls.Peek() is { Name: "openat2" or "mkdirat" } or { Name: "openat", Error: "" })
            if (calls.Dequeue() is { Name: "openat2", Error: "" } && calls.Peek().Name is not ("openat2" or "mkdirat"))
                return;
    }

    /// <summary>The host's /dev/null is opened and looked at for the first file that is masked.</summary>
    private static void SkipLookAtNull(Queue<Call> calls)
    {
        if (calls.Peek().Name != "openat")
            return;
        calls.Dequeue();
        calls.Dequeue().Name.Should().Be("statx");
    }
}
