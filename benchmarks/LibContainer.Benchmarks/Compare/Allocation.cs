using LibContainer.Configuration;

namespace LibContainer.Benchmarks.Compare;

/// <summary>Managed memory that one call takes.</summary>
internal static class Allocation
{
    /// <param name="What">For tables.</param>
    /// <param name="Thread">Bytes on the thread of the caller.</param>
    /// <param name="Process">Bytes in the whole process.</param>
    internal sealed record Figure(string What, long Thread, long Process);

    internal static List<Figure> Measure(BenchmarkRoot root, IReadOnlyList<int> mounts)
    {
        List<Figure> figures = [OfExec("Exec", root.Container, 100)];
        figures.AddRange(mounts.Select(count => OfExec($"Exec with {count} mounts", root.WithMounts(count), count > 100 ? 10 : 100)));
        ContainerConfiguration container = root.Container;
        figures.Add(Measure("Plan", 100, () =>
        {
            if (Namespaces.Plan(container, BenchmarkRoot.Process).Steps.IsEmpty)
                throw new InvalidOperationException("the plan is empty: an error is not measured");
        }));
        return figures;
    }

    private static Figure OfExec(string what, ContainerConfiguration container, int count)
        => Measure(what, count, () => ProgramOutput.Expect(what, Namespaces.Exec(container, BenchmarkRoot.Process).ExitCode));

    internal static Figure OfCall(string what, Action action) => Measure(what, 100, action);

    private static Figure Measure(string what, int count, Action action)
    {
        action();
        long thread = GC.GetAllocatedBytesForCurrentThread(), process = GC.GetTotalAllocatedBytes(precise: true);
        for (int i = 0; i < count; i++)
            action();
        long threadAfter = GC.GetAllocatedBytesForCurrentThread(), processAfter = GC.GetTotalAllocatedBytes(precise: true);
        return new Figure(what, (threadAfter - thread) / count, (processAfter - process) / count);
    }
}
