using System.Text.Json.Serialization;

namespace PluginHost;

/// <summary>What the host asks: one line of JSON.</summary>
/// <param name="Id">Its answer has the same.</param>
/// <param name="Method">What is asked for.</param>
/// <param name="Text">With what.</param>
internal sealed record Request(long Id, string Method, string Text);

/// <summary>What the plug-in answers: one line of JSON.</summary>
/// <param name="Id">Of the request.</param>
/// <param name="Result">What came of it. Null: it failed.</param>
/// <param name="Error">Why it failed.</param>
internal sealed record Answer(long Id, string? Result, string? Error);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Request))]
[JsonSerializable(typeof(Answer))]
internal sealed partial class Messages : JsonSerializerContext;
