using System.Reflection;

namespace LibContainer.Benchmarks;

/// <summary>What is built beside this program.</summary>
internal static class Repository
{
    internal static string Root { get; } = typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "RepositoryRoot").Value!;

    /// <summary>The sample that is its own init, for the runtime.</summary>
    internal static string OwnInit => Path.Combine(Root, "samples/OwnInit/bin/Release/net10.0/OwnInit.dll");

    /// <summary>The same, compiled ahead of time. scripts/bench publishes it.</summary>
    internal static string NativeOwnInit => Path.Combine(Artifacts, "own-init/OwnInit");

    /// <summary>nsinit, compiled ahead of time. scripts/bench publishes it.</summary>
    internal static string NsInit => Path.Combine(Artifacts, "nsinit/nsinit");

    /// <summary>scripts/bench compiles it.</summary>
    internal static string KernelFloor => Path.Combine(Artifacts, "kernel-floor");

    internal static string Results => Path.Combine(Root, "benchmarks/results");

    internal static string ReadMe => Path.Combine(Root, "benchmarks/README.md");

    private static string Artifacts => Path.Combine(Root, "benchmarks/LibContainer.Benchmarks/obj/bench");
}
