using System.Runtime.InteropServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;

namespace LibContainer.Samples.Tests;

/// <summary>An example of the documentation: a program as it stands, or a part of one.</summary>
/// <param name="Place">File, and line of its first line.</param>
/// <param name="Code">What stands there.</param>
internal sealed record Example(string Place, string Code)
{
    private const string Fence = "```";

    /// <summary>Those of a new console project; a part of a program has the library's as well.</summary>
    private const string ImplicitUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    private const string UsualUsings = """
        using System.Collections.Immutable;
        using System.Diagnostics;
        using System.Text;
        using LibContainer;
        using LibContainer.Capabilities;
        using LibContainer.Cgroups;
        using LibContainer.Configuration;
        using LibContainer.Launch;
        using LibContainer.Linux;
        using LibContainer.Mount;
        using LibContainer.Network;
        using LibContainer.Security;
        """;

    private static readonly string[] Assemblies = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(':');

    private static readonly Lazy<MetadataReference[]> References = new(() => [.. Assemblies.Select(path => MetadataReference.CreateFromFile(path))]);

    /// <summary>What examples can use beside the runtime's own, as built with the tests.</summary>
    internal static IEnumerable<string> Libraries { get; } = Assemblies.Where(path => !path.StartsWith(RuntimeEnvironment.GetRuntimeDirectory(), StringComparison.Ordinal));

    /// <summary>It names what it uses, so that it can be copied into a new project.</summary>
    internal bool IsProgram { get; } = CSharpSyntaxTree.ParseText(Code).GetCompilationUnitRoot().Usings.Count > 0;

    /// <summary>All of a page.</summary>
    internal static IEnumerable<Example> Of(string page, IEnumerable<string> lines)
    {
        List<string>? code = null;
        int number = 0, first = 0;
        foreach (string line in lines)
        {
            number++;
            if (code is null)
            {
                if (line.TrimEnd() == Fence + "csharp")
                    (code, first) = ([], number + 1);
            }
            else if (line.TrimEnd() == Fence)
            {
                yield return new Example($"{page}:{first}", string.Join('\n', code));
                code = null;
            }
            else
                code.Add(line);
        }
        if (code is not null)
            throw new FormatException($"{page}:{first}: the example has no end");
    }

    /// <summary>Compiles it.</summary>
    /// <param name="assembly">Where the assembly is to be. Null: nowhere.</param>
    /// <returns>What the compiler has against it, at places of the page.</returns>
    internal IReadOnlyList<string> Compile(string? assembly = null)
    {
        string line = Place[(Place.LastIndexOf(':') + 1)..];
        string placed = $"#line {line} \"{Place[..^(line.Length + 1)]}\"\n{Code}\n#line hidden\n";
        string source = IsProgram ? placed : $"{UsualUsings}\ninternal static class Part\n{{\n    private static async Task Main()\n    {{\n{placed}    await Task.CompletedTask;\n    }}\n}}\n";
        CSharpCompilation compilation = CSharpCompilation.Create(
            assembly is null ? "Example" : Path.GetFileNameWithoutExtension(assembly),
            [CSharpSyntaxTree.ParseText(ImplicitUsings), CSharpSyntaxTree.ParseText(source)],
            References.Value,
            new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable));
        using MemoryStream emitted = new();
        EmitResult result = compilation.Emit(emitted);
        if (result.Success && assembly is not null)
            File.WriteAllBytes(assembly, emitted.ToArray());
        return [.. result.Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).Select(diagnostic =>
            $"{diagnostic.Location.GetMappedLineSpan().Path}:{diagnostic.Location.GetMappedLineSpan().StartLinePosition.Line + 1}: {diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture)}")];
    }
}
