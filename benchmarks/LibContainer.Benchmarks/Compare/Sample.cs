namespace LibContainer.Benchmarks.Compare;

/// <summary>Times of one candidate, in milliseconds.</summary>
internal sealed class Sample(IEnumerable<double> milliseconds)
{
    private readonly double[] _sorted = [.. milliseconds.Order()];

    /// <summary>These and those.</summary>
    internal Sample With(Sample other) => new(_sorted.Concat(other._sorted));

    internal double P50 => Percentile(50);

    internal double P90 => Percentile(90);

    internal double P99 => Percentile(99);

    /// <summary>How far the middle four fifths reach, as a part of the median.</summary>
    internal double Spread => (P90 - Percentile(10)) / P50;

    /// <summary>
    /// By nearest rank: the smallest of all that at least so many percent do not exceed. Of less than 100, the 99th is the slowest.
    /// </summary>
    internal double Percentile(int percent) => _sorted[Math.Max(0, (_sorted.Length * percent + 99) / 100 - 1)];
}
