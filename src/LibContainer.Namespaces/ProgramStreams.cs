using LibContainer.Configuration;
using LibContainer.Launch;
using LibContainer.Linux;

namespace LibContainer;

/// <summary>Which streams a program has.</summary>
internal static class ProgramStreams
{
    /// <summary>Opens them.</summary>
    /// <param name="options">What they shall be.</param>
    /// <param name="process">The program, whose terminal gets the size of that which it is shown on.</param>
    /// <param name="returnsAtOnce">Who starts it does not wait for its end, and gets the other end of pipes and of a terminal.</param>
    /// <exception cref="ArgumentException">They contradict each other.</exception>
    /// <exception cref="ConfigurationException">A terminal is asked for, and there is none to show it on.</exception>
    internal static IProgramStreams Open(ProgramOptions options, ref ProcessConfiguration process, bool returnsAtOnce)
    {
        (StandardStream input, StandardStream output, StandardStream error) = (options.StandardInput, options.StandardOutput, options.StandardError);
        if (input is OutputStream || output is OutputStream)
            throw Bad("only the stream for errors can be the same as that for output");
        if (!returnsAtOnce && (input is PipeStream || output is PipeStream || error is PipeStream))
            throw Bad("a pipe is for a program that is started: who waits for its end has nobody at the other one");
        switch (process.Terminal)
        {
            case null:
                return new StandardStreams(options, returnsAtOnce);
            case { Path: not null } when (input, output, error) is not (InheritedStream, InheritedStream, InheritedStream):
                throw Bad("a program whose terminal the host lends has no other streams");
            case { Path: not null }:
                return new StandardStreams(options, returnsAtOnce);
            case not null when error is not (InheritedStream or OutputStream):
                throw Bad("a program with a terminal writes errors to the terminal, and has no stream for them");
            case not null when returnsAtOnce && (input, output) is not (PipeStream, PipeStream):
                throw Bad("a program with a terminal that is started has pipes as its streams: what they lead to is the terminal of the process");
            case not null when returnsAtOnce:
                return new ProgramTerminal(view: null);
            default:
                return OnView(new TerminalView(input, output), ref process);
        }

        static ArgumentException Bad(string message) => new(message, nameof(options));
    }

    private static ProgramTerminal OnView(TerminalView view, ref ProcessConfiguration process)
    {
        try
        {
            TerminalConfiguration wanted = process.Terminal!, sized = view.Sized(wanted);
            process = process with { Terminal = sized };
            return new ProgramTerminal(view, sized == wanted ? null : new TerminalSize(sized.Rows, sized.Columns));
        }
        catch
        {
            view.Dispose();
            throw;
        }
    }

    /// <summary>A start with these streams.</summary>
    internal static LaunchOptions Options(IProgramStreams streams, StepClock? clock, PassedDescriptors? passed = null)
        => new() { StandardInput = streams.ChildInput, StandardOutput = streams.ChildOutput, StandardError = streams.ChildError, MoreDescriptors = (passed ?? PassedDescriptors.None).All, Clock = clock };
}
