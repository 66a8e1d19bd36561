using LibContainer;
using LibContainer.Configuration;

namespace RunUntrustedCode;

/// <summary>The compiler of the SDK, called by itself: no project, no restore, no network.</summary>
internal sealed class Compiler
{
    /// <summary>What a new console project has.</summary>
    private const string GlobalUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    private const ulong LongestFile = 16 << 20;

    private readonly string _assembly;
    private readonly string _references;

    private Compiler(string assembly, string references) => (_assembly, _references) = (assembly, references);

    /// <summary>That of the newest SDK beside the runtime that this program runs by.</summary>
    /// <exception cref="IOException">There is none.</exception>
    internal static Compiler Find()
    {
        string root = Path.GetFullPath(Path.Combine(System.Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory(), "../../.."));
        string sdk = Newest(Path.Combine(root, "sdk")), references = Newest(Path.Combine(root, "packs/Microsoft.NETCore.App.Ref"));
        return new Compiler(Path.Combine(sdk, "Roslyn/bincore/csc.dll"), Path.Combine(references, $"ref/net{Environment.Version.ToString(2)}"));

        // Of the versions that this runtime can run: 10.0.100-rc.1 is older than 10.0.100.
        static string Newest(string folder) => Directory.GetDirectories(folder)
            .Where(path => Number(path).Major == Environment.Version.Major)
            .OrderBy(Number).ThenBy(path => !path.Contains('-', StringComparison.Ordinal))
            .LastOrDefault() ?? throw new DirectoryNotFoundException($"there is nothing of .NET {Environment.Version.Major} in {folder}");

        static Version Number(string path) => Version.TryParse(Path.GetFileName(path).Split('-')[0], out Version? version) ? version : new Version(0, 0);
    }

    /// <summary>Compiles a program.</summary>
    /// <param name="source">C#.</param>
    /// <param name="folder">Of the host, for the submission's files: nobody else may reach what is below it.</param>
    /// <returns>Path of its assembly on the host; what the compiler had to say.</returns>
    internal async Task<(string? Assembly, string Messages)> CompileAsync(string source, string folder)
    {
        string sources = Directory.CreateDirectory(Path.Combine(folder, "source")).FullName, output = Directory.CreateDirectory(Path.Combine(folder, "output")).FullName;
        await File.WriteAllTextAsync(Path.Combine(sources, "Submission.cs"), source);
        await File.WriteAllTextAsync(Path.Combine(sources, "GlobalUsings.cs"), GlobalUsings);
        await File.WriteAllLinesAsync(Path.Combine(sources, "references.rsp"), Directory.GetFiles(_references, "*.dll").Select(path => $"-reference:\"{path}\""));
        // Written before the compiler runs. Later the directory has been in the hands of a program that reads hostile text, and root does not write into such a one: the name could be a link by then.
        await File.WriteAllTextAsync(Path.Combine(output, "Submission.runtimeconfig.json"), RuntimeConfiguration());
        File.SetUnixFileMode(output, (UnixFileMode)0x1FF); // 0777: the sandbox's user is nobody, and only the sandbox gets here

        ContainerRunResult result = await Sandbox.ForDotnet(_assembly).RunAsync(
            ["-noconfig", "-nostdlib", "-nologo", "-target:exe", "-optimize+", "-langversion:latest", "-out:/output/Submission.dll", "@references.rsp", "GlobalUsings.cs", "Submission.cs"],
            options => Limits.OfCompiler.ApplyTo(options)
                .Show(sources, "/source")
                .Show(output, "/output", writable: true)
                .WorkingDirectory("/source")
                .Variable("DOTNET_TieredPGO", "0") // it does not live long enough to gain by it
                .Variable("DOTNET_EnableWriteXorExecute", "0") // else the runtime keeps its code in a file in memory of 2 GB, which is longer than the limit below
                .Process(process => process with { ResourceLimits = [.. process.ResourceLimits, new ResourceLimit(ResourceKind.FileSize, LongestFile, LongestFile)] })); // on the disk of the host
        string assembly = Path.Combine(output, "Submission.dll");
        if (result.ExitStatus.IsSuccess && File.Exists(assembly))
            return (assembly, result.StandardOutput);
        return (null, result.ExitStatus.Reason == ContainerExitReason.Exited ? result.StandardOutput + result.StandardError : $"the compiler was stopped: {result.ExitStatus}");
    }

    private static string RuntimeConfiguration() => $$"""
        {
          "runtimeOptions": {
            "tfm": "net{{Environment.Version.ToString(2)}}",
            "framework": { "name": "Microsoft.NETCore.App", "version": "{{Environment.Version}}" },
            "configProperties": { "System.Globalization.Invariant": true }
          }
        }
        """;
}
