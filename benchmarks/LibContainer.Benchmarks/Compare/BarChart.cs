using System.Globalization;
using System.Security;
using System.Text;

namespace LibContainer.Benchmarks.Compare;

/// <summary>Horizontal bars as SVG, on no background and in colours that can be read on white and on black alike.</summary>
internal static class BarChart
{
    private const int LabelWidth = 190, PlotWidth = 420, TextWidth = 130, RowHeight = 24, HeaderHeight = 36, FooterHeight = 26;

    private const string Neutral = "#7d8590", Ours = "#2f81f7", Whisker = "#db6d28";

    /// <param name="Label">Left of it.</param>
    /// <param name="Value">Its length.</param>
    /// <param name="Whisker">Where the thin line ends that goes on from it.</param>
    /// <param name="Text">Right of it.</param>
    /// <param name="IsOurs">Whether it has the colour of this library.</param>
    internal sealed record Bar(string Label, double Value, double Whisker, string Text, bool IsOurs);

    /// <summary>The axis is logarithmic, from the power of ten below the least value.</summary>
    internal static string Draw(string title, IReadOnlyList<Bar> bars)
    {
        int first = (int)Math.Floor(Math.Log10(bars.Min(bar => bar.Value) * 0.999));
        double last = Math.Log10(bars.Max(bar => Math.Max(bar.Value, bar.Whisker)));
        double scale = PlotWidth / (last - first);
        int width = LabelWidth + PlotWidth + TextWidth, bottom = HeaderHeight + bars.Count * RowHeight;

        StringBuilder svg = new();
        Add($"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {bottom + FooterHeight}" width="{width}" """);
        Add($"""  font-family="sans-serif" font-size="12" fill="{Neutral}">""");
        Add($"""<text x="{LabelWidth}" y="20" font-size="14" font-weight="bold">{SecurityElement.Escape(title)}</text>""");
        for (int power = first; power <= last; power++)
        {
            Add($"""<path d="M{X(Math.Pow(10, power))} {HeaderHeight}V{bottom}" stroke="{Neutral}" stroke-opacity="0.4"/>""");
            Add($"""<text x="{X(Math.Pow(10, power))}" y="{bottom + 16}" text-anchor="middle">{Math.Pow(10, power):0.###}</text>""");
        }
        for (int i = 0; i < bars.Count; i++)
            AddBar(bars[i], HeaderHeight + i * RowHeight);
        svg.Append("</svg>\n");
        return svg.ToString();

        void AddBar(Bar bar, int top)
        {
            int middle = top + RowHeight / 2;
            string label = SecurityElement.Escape(bar.Label), text = SecurityElement.Escape(bar.Text);
            Add($"""<text x="{LabelWidth - 8}" y="{middle + 4}" text-anchor="end">{label}</text>""");
            string end = X(bar.Value), whisker = X(bar.Whisker), colour = bar.IsOurs ? Ours : Neutral;
            Add($"""<path d="M{LabelWidth} {top + 4}H{end}V{top + RowHeight - 4}H{LabelWidth}Z" fill="{colour}"/>""");
            Add($"""<path d="M{end} {middle}H{whisker}M{whisker} {middle - 4}v8" stroke="{Whisker}" stroke-width="2"/>""");
            Add($"""<text x="{LabelWidth + PlotWidth + 10}" y="{middle + 4}">{text}</text>""");
        }

        string X(double value) => (LabelWidth + (Math.Log10(value) - first) * scale).ToString("0.#", CultureInfo.InvariantCulture);

        void Add(FormattableString line) => svg.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
    }
}
