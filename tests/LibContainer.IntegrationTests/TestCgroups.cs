using LibContainer.Cgroups;

namespace LibContainer.IntegrationTests;

/// <summary>Paths of cgroups below one parent of this test's own, in every hierarchy. A process id alone may be that of a process in another namespace.</summary>
internal sealed class TestCgroups : IDisposable
{
    private readonly string _parent = $"libcontainer-test-{Environment.ProcessId}-{Random.Shared.Next():x8}";
    private int _last;

    internal string LastPath { get; private set; } = "";

    /// <summary>Relative, and new.</summary>
    /// <param name="below">Cgroups between the parent and it.</param>
    internal string NewPath(string below = "")
        => LastPath = string.Join('/', new[] { _parent, below, $"{Interlocked.Increment(ref _last)}" }.Where(part => part.Length > 0));

    /// <summary>What is there of them.</summary>
    internal IEnumerable<string> Left() => ContainerCgroup.At(_parent).Paths.Values.Distinct().Where(Directory.Exists);

    public void Dispose() => ContainerCgroup.At(_parent).Delete();
}
