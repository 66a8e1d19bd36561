using System.Text;
using System.Text.Json;
using LibContainer.Configuration;
using LibContainer.Launch;
using LibContainer.Linux;

namespace LibContainer;

/// <summary>What a host and an init of its own say to each other, line by line. docs/own-init.md is this in words.</summary>
internal static class InitWire
{
    /// <summary>Variable with the number of the descriptor.</summary>
    internal const string PipeVariable = "pipe";

    /// <summary>Variable with the terminal that the host lends; empty when it lends none.</summary>
    internal const string ConsoleVariable = "console";

    internal const string DataPathVariable = "data_path";

    /// <summary>Host to init: go on. Init to host: the program is next.</summary>
    internal static ReadOnlySpan<byte> Go => "go\n"u8;

    internal static ReadOnlySpan<byte> Exec => "exec\n"u8;

    /// <summary>Init to host, with a descriptor: the other end of the program's terminal.</summary>
    internal static ReadOnlySpan<byte> Terminal => "terminal\n"u8;

    private const string Step = "step", ErrorNumber = "errno", FindingsName = "findings", PathName = "path", Message = "message";

    /// <summary>The failure as a line of JSON.</summary>
    internal static byte[] Write(Exception failure)
    {
        using MemoryStream line = new();
        using (Utf8JsonWriter json = new(line))
        {
            json.WriteStartObject();
            switch (failure)
            {
                case LaunchException { Step: { } step } error:
                    json.WriteString(Step, step.Description);
                    json.WriteNumber(ErrorNumber, (int)error.Error);
                    json.WriteString(Message, error.Message);
                    break;
                case ConfigurationException error:
                    json.WriteStartArray(FindingsName);
                    foreach (ConfigurationFinding finding in error.Findings)
                    {
                        json.WriteStartObject();
                        json.WriteString(PathName, finding.Path);
                        json.WriteString(Message, finding.Message);
                        json.WriteEndObject();
                    }
                    json.WriteEndArray();
                    break;
                default:
                    json.WriteString(Message, failure.Message);
                    break;
            }
            json.WriteEndObject();
        }
        line.WriteByte((byte)'\n');
        return line.ToArray();
    }

    /// <summary>The exception that a line stands for.</summary>
    /// <param name="line">Without its line break.</param>
    /// <param name="plan">The steps that an init takes which does as the host would: an error of one of them names it.</param>
    internal static Exception Read(ReadOnlySpan<byte> line, LaunchPlan plan)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line.ToArray());
            JsonElement error = document.RootElement;
            if (error.TryGetProperty(FindingsName, out JsonElement findings))
                return new ConfigurationException([.. findings.EnumerateArray().Select(finding => new ConfigurationFinding(Text(finding, PathName), Text(finding, Message)))]);
            string step = Text(error, Step);
            Errno errno = error.TryGetProperty(ErrorNumber, out JsonElement number) && number.TryGetInt32(out int value) ? (Errno)value : 0;
            string message = Text(error, Message) is { Length: > 0 } words ? words : $"{step}: {LinuxException.Name(errno)}";
            return LaunchException.OfInit(message, plan.Steps.FirstOrDefault(known => known.Description == step), errno);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return LaunchException.OfInit($"the init said what is no error of one: {Encoding.UTF8.GetString(line)}", null, Errno.EPROTO);
        }
    }

    private static string Text(JsonElement element, string name) => element.TryGetProperty(name, out JsonElement text) ? text.GetString() ?? "" : "";
}
