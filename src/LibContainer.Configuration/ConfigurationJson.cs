using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using LibContainer.Configuration.Json;

namespace LibContainer.Configuration;

/// <summary>
/// A container and its process as JSON, in a format of our own: the members of <see cref="ContainerConfiguration"/> in camel case,
/// <c>process</c> beside them, and
/// <c>version</c>. Findings of <see cref="ConfigurationValidator"/> name their places as this format has them.
/// </summary>
/// <remarks>
/// What is missing is what the model has by itself, and what is that is not written. Enums are names, flags are lists of names; one kind of
/// several is told by
/// <c>type</c>. Unknown and repeated members are errors.
/// </remarks>
public static class ConfigurationJson
{
    /// <summary>The only version there is.</summary>
    public const int Version = 1;

    private const string VersionMember = "version";

    private static readonly JsonWriterOptions WriterOptions = new()
    {
        Indented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // for people and files, not for web pages
    };

    /// <summary>Far more than the format has. A document that is nested deeper takes the time of its depth squared to read.</summary>
    private const int MaxDepth = 64;

    private static readonly ObjectShape<Document> Shape = new ObjectShape<Document>(
            new Document(Version, new ContainerConfiguration { Root = RootFileSystem.HostUserland() }, new ProcessConfiguration()))
        .Required(VersionMember, Shapes.Int, document => document.Version, (document, value) => document with { Version = value })
        .Include(ContainerShapes.Container, document => document.Container, (document, value) => document with { Container = value })
        .Required("process", ProcessShapes.Process, document => document.Process, (document, value) => document with { Process = value });

    /// <summary>Writes a document, in UTF-8, that <see cref="Read"/> reads as the same.</summary>
    /// <exception cref="ArgumentException">An enum has a value without a name, or a text is no Unicode: half a surrogate pair.</exception>
    public static byte[] Write(ContainerConfiguration container, ProcessConfiguration process) => Write(container, process, WriterOptions);

    private static byte[] Write(ContainerConfiguration container, ProcessConfiguration process, JsonWriterOptions options)
    {
        ArgumentNullException.ThrowIfNull(container);
        ArgumentNullException.ThrowIfNull(process);
        ArrayBufferWriter<byte> bytes = new();
        using (Utf8JsonWriter writer = new(bytes, options))
            Shape.Write(writer, new Document(Version, container, process));
        bytes.Write("\n"u8);
        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>The same document as one line, with a line break at its end and none inside.</summary>
    /// <exception cref="ArgumentException">As of <see cref="Write(ContainerConfiguration, ProcessConfiguration)"/>.</exception>
    public static byte[] WriteLine(ContainerConfiguration container, ProcessConfiguration process) => Write(container, process, WriterOptions with { Indented = false });

    /// <summary>Reads a document. What it says is not judged: that is the work of <see cref="ConfigurationValidator"/>.</summary>
    /// <param name="utf8">The document, in UTF-8.</param>
    /// <exception cref="ConfigurationException">It is no such document: all that is wrong with it, or of text that is no JSON the line and
    /// column.</exception>
    public static (ContainerConfiguration Container, ProcessConfiguration Process) Read(ReadOnlySpan<byte> utf8)
    {
        using JsonDocument json = Parse(utf8);
        Findings findings = new();
        Document document = new(Version, null!, null!);
        if (json.RootElement.ValueKind != JsonValueKind.Object)
            findings.Add("", "a document is an object");
        else if (IsOtherVersion(json.RootElement, out string version))
            findings.Add(VersionMember, $"{version} is not known; this library knows {Version}");
        else
            document = Shape.Read(json.RootElement, "", findings);
        ImmutableArray<ConfigurationFinding> wrong = findings.ToImmutable();
        return wrong.IsEmpty ? (document.Container, document.Process) : throw new ConfigurationException(wrong);
    }

    /// <summary>Of another version nothing else can be said.</summary>
    private static bool IsOtherVersion(JsonElement document, out string version)
    {
        JsonElement element = document.EnumerateObject().FirstOrDefault(property => JsonText.NameOf(property) == VersionMember).Value;
        version = element.ValueKind == JsonValueKind.Number ? element.GetRawText() : "";
        return version.Length > 0 && !(element.TryGetInt32(out int number) && number == Version);
    }

    private static JsonDocument Parse(ReadOnlySpan<byte> utf8)
    {
        try
        {
            return JsonDocument.Parse(utf8.ToArray(), new JsonDocumentOptions { MaxDepth = MaxDepth });
        }
        catch (JsonException error)
        {
            // The words are ours: those of the reader are not there in a trimmed program.
            int place = Offset(utf8, error.LineNumber ?? 0, error.BytePositionInLine ?? 0);
            throw new ConfigurationException([new ConfigurationFinding(Place(utf8[..place]), Refusal(utf8, place))]);
        }
    }

    private static string Refusal(ReadOnlySpan<byte> utf8, int place)
    {
        if (utf8[place..].Trim(" \t\r\n"u8).IsEmpty)
            return "the document ends too early";
        return IsTooDeep(utf8[..(place + 1)])
            ? $"the document is nested more than {MaxDepth} deep"
            : $"{Character(utf8, place)} is not what JSON has there";
    }

    /// <summary>Whether the end of a text was refused for its depth and not for what it is.</summary>
    private static bool IsTooDeep(ReadOnlySpan<byte> utf8)
    {
        Utf8JsonReader reader = new(utf8, isFinalBlock: false, new JsonReaderState(new JsonReaderOptions { MaxDepth = int.MaxValue }));
        try
        {
            while (reader.Read())
            {
            }
            return reader.CurrentDepth >= MaxDepth; // that of a bracket is the one outside of it
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static int Offset(ReadOnlySpan<byte> utf8, long line, long column)
    {
        int offset = 0;
        for (; line > 0; line--)
            offset += utf8[offset..].IndexOf((byte)'\n') + 1;
        return (int)Math.Min(offset + column, utf8.Length);
    }

    private static string Place(ReadOnlySpan<byte> before)
        => $"line {before.Count((byte)'\n') + 1}, column {before.Length - before.LastIndexOf((byte)'\n')}";

    private static string Character(ReadOnlySpan<byte> utf8, int place)
        => Rune.DecodeFromUtf8(utf8[place..], out Rune character, out _) == OperationStatus.Done
        && Rune.GetUnicodeCategory(character) is not (UnicodeCategory.Control or UnicodeCategory.Format)
            ? $"'{character}'"
            : $"byte {utf8[place]}";

    private sealed record Document(int Version, ContainerConfiguration Container, ProcessConfiguration Process);
}
