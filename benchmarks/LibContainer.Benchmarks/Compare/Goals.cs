using System.Globalization;

namespace LibContainer.Benchmarks.Compare;

/// <summary>
/// What a start is to cost, each on a line of its own: <c>goal, figure, met|missed</c>. A contract has to hold, a goal is aimed at.
/// </summary>
internal sealed class Goals
{
    private readonly List<string> _lines = [];

    internal IReadOnlyList<string> Lines => _lines;

    /// <summary>A figure that may be so large and no larger.</summary>
    internal void AtMost(string what, double figure, double contract, double? goal = null)
        => Add(what, figure, contract, goal, atMost: true);

    /// <summary>A figure that has to be so large.</summary>
    internal void AtLeast(string what, double figure, double contract, double? goal = null)
        => Add(what, figure, contract, goal, atMost: false);

    private void Add(string what, double figure, double contract, double? goal, bool atMost)
    {
        Line("contract", contract);
        if (goal is { } limit)
            Line("goal", limit);

        void Line(string kind, double limit)
        {
            // Judged as it is written, so that no line contradicts itself.
            double rounded = Math.Round(figure, 2);
            string verdict = (atMost ? rounded <= limit : rounded >= limit) ? "met" : "missed";
            string direction = atMost ? "at most" : "at least";
            _lines.Add(string.Create(CultureInfo.InvariantCulture, $"{kind}: {what} {direction} {limit:0.##}, {rounded:0.##}, {verdict}"));
        }
    }
}
