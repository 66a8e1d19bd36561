using LibContainer.Linux;

namespace LibContainer.Launch;

/// <summary>One small thing that the container's first process does before it runs the program.</summary>
/// <remarks>A step is data: it can be compared, printed and tested without root. What carries it out is the interpreter in the launcher.</remarks>
public abstract record LaunchStep
{
    private protected LaunchStep() { }

    /// <summary>The step in words, beginning with what it does: <c>mount proc on /proc (nosuid,nodev,noexec)</c>.</summary>
    public abstract string Description { get; }

    /// <summary>The system calls that it makes, in order, when all goes well and nothing is missing.</summary>
    public abstract IReadOnlyList<string> SystemCalls { get; }

    /// <summary><see cref="Description"/>.</summary>
    public sealed override string ToString() => Description;

    /// <summary>Puts the step into the form that the launcher reads.</summary>
    internal abstract void Write(PlanWriter plan, ref StepRecord record);

    /// <summary>What a failure usually means, where the errno alone does not say.</summary>
    internal virtual string? Hint(Errno error, string systemCall) => null;

    private protected static string InContainer(string path) => path.StartsWith('/') ? path : "/" + path;
}
