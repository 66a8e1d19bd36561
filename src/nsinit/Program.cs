using System.CommandLine;
using System.Text.Unicode;
using LibContainer;
using LibContainer.Configuration;
using LibContainer.Launch;
using LibContainer.Launch.Steps;
using LibContainer.Linux;
using NsInit.Commands;

namespace NsInit;

/// <summary>Runs a program in a new container, with no image and no daemon.</summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        try
        {
            return Run(arguments);
        }
        catch (Exception error) when (error is UsageException or ConfigurationException or ContainerStateException or IOException or PlatformNotSupportedException or ContainerException)
        {
            ErrorLog.Write(error.Message);
            return ExitCode(error);
        }
    }

    private static readonly (string Name, Func<Command> Make)[] Commands =
    [
        ("run", () => new RunCommand()),
        ("plan", () => new PlanCommand()),
        ("exec", () => new ExecCommand()),
        ("init", () => new NsInit.Commands.InitCommand()),
        ("nsenter", () => new NsEnterCommand()),
        ("spec", () => new SpecCommand()),
        ("config", () => new ConfigCommand()),
        ("stats", () => new StatsCommand()),
        ("pause", () => new PauseCommand()),
        ("unpause", () => new UnpauseCommand()),
        ("oom", () => new OomCommand()),
        ("gc", () => new GcCommand()),
    ];

    private static int Run(string[] arguments)
    {
        ThrowIfNotUtf8(arguments);
        Command root = Root(arguments);

        // What follows the container's command belongs to it: "run ls --help" is not ours to answer.
        CutArguments cut = CutArguments.AtFirstOperand(root, arguments);
        ParserConfiguration parser = new() { ResponseFileTokenReplacer = null, EnablePosixBundling = false };
        ParseResult result = root.Parse(cut.Own, parser);
        if (result.Errors.Count > 0)
            throw new UsageException(string.Join(' ', result.Errors.Select(error => error.Message)));
        foreach (OperandCommand command in root.Subcommands.OfType<OperandCommand>())
            command.Operands = cut.Operands;
        return result.Invoke(new InvocationConfiguration
        {
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
            Output = Output.Standard,
            Error = Output.Error,
        });
    }

    /// <summary>Has the commands that have a say: with the others it takes 2 ms more.</summary>
    private static Command Root(string[] arguments)
    {
        Command[] commands = [.. Commands.Where(command => arguments.Length == 0 || arguments[0] == command.Name).Select(command => command.Make())];
        // Behind such a command everything is the container's. A root command looks up texts for "--help" and "--version", in another 2 ms.
        if (commands is [OperandCommand { HasOptions: false }])
            return new Command("nsinit") { commands[0] };
        RootCommand root = new("Runs a program in a new container, with no image and no daemon.");
        root.Directives.Clear(); // "[x]" is an argument like any other
        foreach (Command command in commands is [] ? Commands.Select(command => command.Make()) : commands)
            root.Subcommands.Add(command);
        return root;
    }

    /// <summary>What is no UTF-8 has become U+FFFD in our arguments, and would reach the program, or name a file, as something else.</summary>
    private static void ThrowIfNotUtf8(string[] arguments)
    {
        if (arguments.Any(argument => argument.Contains('\ufffd', StringComparison.Ordinal)) && !Utf8.IsValid(File.ReadAllBytes("/proc/self/cmdline")))
            throw new UsageException("an argument is not valid UTF-8 and could not be passed on as it is");
    }

    /// <summary>As shells count: 127 the command is not there, 126 it cannot be run, 1 anything else.</summary>
    private static int ExitCode(Exception error) => error is LaunchException { Step: ExecuteStep } launch
        ? launch.Error switch
        {
            Errno.ENOENT or Errno.ENOTDIR => 127,
            Errno.E2BIG or Errno.ENOMEM or Errno.EAGAIN => 1, // not the command's fault
            _ => 126,
        }
        : 1;
}
