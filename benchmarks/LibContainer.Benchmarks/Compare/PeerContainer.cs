using LibContainer.Configuration;

namespace LibContainer.Benchmarks.Compare;

/// <summary>A container of another runtime that runs until this is disposed.</summary>
internal sealed class PeerContainer : IDisposable
{
    private readonly string _program, _id;
    private readonly string[] _options;
    private readonly OciBundle _bundle;

    private PeerContainer(string program, string[] options, ContainerConfiguration container)
    {
        (_program, _options, _id) = (program, options, $"libcontainer-bench-kept-{Environment.ProcessId}-{Path.GetFileName(program)}");
        _bundle = new OciBundle(container, [BenchmarkRoot.Command[0], "forever"]);
        int code = Programs.Run(program, [.. options, "run", "-d", "-b", _bundle.Directory, _id]);
        if (code == 0)
            return;
        _bundle.Dispose();
        throw new InvalidOperationException($"{program} run -d ended with {code}");
    }

    /// <returns>Null: this machine has no such program.</returns>
    internal static PeerContainer? Start(string name, string[] options, ContainerConfiguration container) => Programs.Find(name) is { } program ? new(program, options, container) : null;

    /// <summary>The benchmark's program in it.</summary>
    internal Candidate Exec => new TimedCandidate($"{Path.GetFileName(_program)} exec", () => Programs.Run(_program, [.. _options, "exec", _id, .. BenchmarkRoot.Command]));

    public void Dispose()
    {
        Programs.Run(_program, [.. _options, "delete", "-f", _id]);
        _bundle.Dispose();
    }
}
