using System.Text;

namespace LibContainer.Benchmarks.Compare;

/// <summary>Results as markdown, printed as they come in, with pictures for benchmarks/README.md.</summary>
internal sealed class Report
{
    private const string Start = "<!-- results: written by scripts/bench --write -->", End = "<!-- end of results -->";

    private readonly StringBuilder _text = new();
    private readonly Dictionary<string, string> _pictures = [];

    /// <summary>A line.</summary>
    internal void Line(string text = "")
    {
        Console.WriteLine(text);
        _text.Append(text).Append('\n');
    }

    /// <summary>A heading of the third level, and what it is about.</summary>
    internal void Section(string heading, string? text = null)
    {
        Line($"### {heading}");
        Line();
        if (text is null)
            return;
        Line(text);
        Line();
    }

    /// <summary>A table and an empty line.</summary>
    internal void Table(IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        Line($"| {string.Join(" | ", columns)} |");
        Line($"| {string.Join(" | ", columns.Select((_, i) => i == 0 ? "---" : "---:"))} |");
        foreach (IReadOnlyList<string> row in rows)
            Line($"| {string.Join(" | ", row)} |");
        Line();
    }

    /// <summary>Lines that stay as they are.</summary>
    internal void Block(IEnumerable<string> lines)
    {
        Line("```text");
        foreach (string line in lines)
            Line(line);
        Line("```");
        Line();
    }

    /// <summary>A picture that the written report shows here.</summary>
    internal void Picture(string name, string description, string svg)
    {
        _pictures.Add($"{name}.svg", svg);
        _text.Append($"![{description}](results/{name}.svg)\n\n");
    }

    /// <summary>Replaces the results in a page, and the pictures beside it.</summary>
    /// <exception cref="InvalidOperationException">The page has no place for them.</exception>
    internal void Write(string page, string pictures)
    {
        string text = File.ReadAllText(page);
        int start = text.IndexOf(Start, StringComparison.Ordinal), end = text.IndexOf(End, StringComparison.Ordinal);
        if (start < 0 || end < start)
            throw new InvalidOperationException($"{page} has no lines '{Start}' and '{End}' for the results to stand between");
        File.WriteAllText(page, $"{text[..(start + Start.Length)]}\n\n{_text.ToString().TrimEnd('\n')}\n\n{text[end..]}");
        Directory.CreateDirectory(pictures);
        foreach ((string name, string svg) in _pictures)
            File.WriteAllText(Path.Combine(pictures, name), svg);
    }
}
