using LibContainer.Configuration;
using LibContainer.TestUtilities;

namespace LibContainer.IntegrationTests.Facade;

/// <summary>A runtime with a state directory and cgroups of the test's own, and a look at what is left of its containers.</summary>
internal sealed class TestRuntime : IAsyncDisposable
{
    private readonly TemporaryDirectory _folder = new();
    private readonly TestCgroups _cgroups = new();

    internal TestRuntime()
    {
        CgroupParent = Path.GetDirectoryName(_cgroups.NewPath())!;
        Runtime = Another();
    }

    internal ContainerRuntime Runtime { get; }

    internal string StateDirectory => _folder["states"];

    internal string CgroupParent { get; }

    /// <summary>Without a userland, and so more quickly there.</summary>
    internal static ContainerConfiguration Userland => Sandbox.Default;

    internal static ContainerStartOptions Quiet { get; } = new() { StandardInput = StandardStream.Null, StandardOutput = StandardStream.Null, StandardError = StandardStream.Null };

    /// <summary>One more with the same directory, as another program would have it.</summary>
    internal ContainerRuntime Another(LibContainerOptions? options = null)
    {
        options ??= new LibContainerOptions();
        (options.StateDirectory, options.CgroupParent) = (StateDirectory, CgroupParent);
        return ContainerRuntime.Create(options);
    }

    internal async Task<string[]> IdsAsync()
    {
        List<string> ids = [];
        await foreach (ContainerInformation found in Runtime.ListAsync())
            ids.Add(found.Id);
        return [.. ids];
    }

    /// <summary>Whatever there is of states and cgroups.</summary>
    internal IEnumerable<string> Left() => States().Concat(Cgroups());

    internal IEnumerable<string> States() => Directory.Exists(StateDirectory) ? Directory.GetFileSystemEntries(Path.Combine(StateDirectory, "containers")) : [];

    internal IEnumerable<string> Cgroups() => _cgroups.Left().SelectMany(Directory.GetDirectories);

    public async ValueTask DisposeAsync()
    {
        await Runtime.DisposeAsync();
        _cgroups.Dispose();
        _folder.Dispose();
    }
}
