using LibContainer.Configuration;
using LibContainer.Launch;
using LibContainer.Launch.Steps;

namespace LibContainer.Benchmarks.Compare;

/// <summary>
/// What the parts of a start cost: plans that break off after one part more each, and run the program there. The difference of two is the
/// part between them.
/// </summary>
internal sealed class StepCosts
{
    private readonly List<(string Name, int Steps, Candidate Candidate)> _parts = [];

    internal StepCosts(BenchmarkRoot root)
    {
        LaunchPlan whole = Namespaces.Plan(root.Container, BenchmarkRoot.Process);
        bool isInside = false;
        for (int start = 0, end; start < whole.Steps.Length - 1; start = end)
        {
            string name = PartOf(whole, start, isInside);
            for (end = start; end < whole.Steps.Length - 1 && PartOf(whole, end, isInside) == name; end++)
                isInside |= whole.Steps[end] is PivotRootStep or ChangeRootStep;
            LaunchPlan.Builder until = new(whole.CloneFlags);
            foreach (LaunchStep step in whole.Steps.AsSpan(0, end))
                until.Add(step);
            until.Add(new ExecuteStep([isInside ? BenchmarkRoot.Command[0] : root.Program], BenchmarkRoot.Command, []));
            _parts.Add((name, end - start, Candidates.OfPlan($"start until {name}", until.Build())));
        }
    }

    internal IEnumerable<Candidate> All => _parts.Select(part => part.Candidate);

    /// <summary>Each part, how many steps it has, and its cost in microseconds; the first and the last come from the two others.</summary>
    /// <param name="samples">Of <see cref="All"/>, taken in one run with the two.</param>
    /// <param name="floor">The plan without a step.</param>
    /// <param name="exec">All of it, called as every caller does.</param>
    internal List<(string Name, int Steps, double Microseconds)> Split(
        Dictionary<Candidate, Sample> samples, Candidate floor, Candidate exec)
    {
        double before = samples[floor].P50;
        List<(string, int, double)> split = [("namespaces, message, execve: the launcher's floor", 1, before * 1000)];
        foreach ((string name, int steps, Candidate candidate) in _parts)
        {
            split.Add((name, steps, (samples[candidate].P50 - before) * 1000));
            before = samples[candidate].P50;
        }
        split.Add(("checks, plan and streams, on the host", 0, (samples[exec].P50 - before) * 1000));
        return split;
    }

    private static string PartOf(LaunchPlan plan, int step, bool isInside) => plan.Steps[step] switch
    {
        OpenDirectoryStep => PartOf(plan, step + 1, isInside), // it is for what follows

        SetPropagationStep or OpenRootTreeStep or OpenRootMemoryStep => "root",
        MountStep or BindStep => "mounts",
        MakeNodeStep or MakeSymbolicLinkStep or WriteFileStep => "devices, links",
        MaskPathStep => "masked paths",
        ReadOnlyPathStep or ReadOnlyMountStep => "read-only paths",
        PivotRootStep or ChangeRootStep or UnmountStep => "change of root",
        SetDumpableStep or ReadOnlyRootStep => "read-only root",
        _ => isInside ? "limits, rights" : "session, loopback, host name",
    };
}
