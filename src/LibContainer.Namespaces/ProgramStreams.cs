using LibContainer.Configuration;
using LibContainer.Launch;

namespace LibContainer;

/// <summary>Which streams a program has.</summary>
internal static class ProgramStreams
{
    /// <summary>Opens them.</summary>
    /// <param name="options">What they shall be.</param>
    /// <param name="process">The program, whose terminal gets the size of that which it is shown on.</param>
    /// <exception cref="ArgumentException">They contradict each other.</exception>
    /// <exception cref="ConfigurationException">A terminal is asked for, and there is none to show it on.</exception>
    internal static IProgramStreams Open(ProgramOptions options, ref ProcessConfiguration process)
    {
        if (process.Terminal is { Path: not null } && (options.StandardInput, options.StandardOutput, options.StandardError) is not (InheritedStream, InheritedStream, InheritedStream))
            throw new ArgumentException("a program whose terminal the host lends has no other streams", nameof(options));
        if (process.Terminal is not { Path: null } terminal)
            return new StandardStreams(options);
        TerminalStreams streams = new(options);
        process = process with { Terminal = streams.Sized(terminal) };
        return streams;
    }

    /// <summary>A start with these streams.</summary>
    internal static LaunchOptions Options(IProgramStreams streams, StepClock? clock, PassedDescriptors? passed = null)
        => new() { StandardInput = streams.ChildInput, StandardOutput = streams.ChildOutput, StandardError = streams.ChildError, MoreDescriptors = (passed ?? PassedDescriptors.None).All, Clock = clock };
}
