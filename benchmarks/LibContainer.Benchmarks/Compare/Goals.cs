using System.Globalization;

namespace LibContainer.Benchmarks.Compare;

/// <summary>What a start is to cost, each on a line of its own: <c>goal, figure, met|missed</c>. A contract has to hold, a goal is aimed at.</summary>
internal sealed class Goals
{
    private readonly List<string> _lines = [];

    internal IReadOnlyList<string> Lines => _lines;

    /// <summary>A figure that may be so large and no larger.</summary>
    internal void AtMost(string what, double figure, double contract, double? goal = null, string unit = "")
        => Add(what, figure, contract, goal, unit, atMost: true);

    /// <summary>A figure that has to be so large.</summary>
    internal void AtLeast(string what, double figure, double contract, double? goal = null, string unit = "")
        => Add(what, figure, contract, goal, unit, atMost: false);

    private void Add(string what, double figure, double contract, double? goal, string unit, bool atMost)
    {
        Line("contract", contract);
        if (goal is { } limit)
            Line("goal", limit);

        void Line(string kind, double limit)
        {
            // Judged as it is written, so that no line contradicts itself.
            double rounded = Math.Round(figure, 2);
            bool met = atMost ? rounded <= limit : rounded >= limit;
            _lines.Add(string.Create(
                CultureInfo.InvariantCulture, $"{kind}: {what} {(atMost ? "at most" : "at least")} {limit:0.##}{unit}, {rounded:0.##}, {(met ? "met" : "missed")}"));
        }
    }
}
