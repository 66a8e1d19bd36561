using System.CommandLine;
using NsInit.Commands;

namespace NsInit;

/// <summary>A command line in two: what is nsinit's, and what is the container's.</summary>
/// <param name="Own">Command and options.</param>
/// <param name="Operands">From the first operand on, or what follows a leading <c>--</c>.</param>
internal sealed record CutArguments(string[] Own, string[] Operands)
{
    /// <summary>Cuts before the parser sees anything, so that nothing of the container's is taken for an option, a response file or a directive.</summary>
    internal static CutArguments AtFirstOperand(Command root, string[] arguments)
    {
        if (arguments.Length == 0 || root.Subcommands.FirstOrDefault(command => command.Name == arguments[0]) is not { } command)
            return new CutArguments(arguments, []);

        int at = 1;
        bool hasOptions = command is not OperandCommand { HasOptions: false };
        while (hasOptions && at < arguments.Length && arguments[at] is ['-', _, ..] argument && argument != "--")
        {
            Option? option = command.Options.FirstOrDefault(option => option.Name == argument || option.Aliases.Contains(argument));
            // "--name=value" is one argument; "--name value" is two; a flag is one.
            at += option is null || option.Arity.MaximumNumberOfValues == 0 || option.ValueType == typeof(bool) ? 1 : 2;
        }
        at = Math.Min(at, arguments.Length);
        int operands = at < arguments.Length && arguments[at] == "--" ? at + 1 : at;
        return new CutArguments(arguments[..at], arguments[operands..]);
    }
}
