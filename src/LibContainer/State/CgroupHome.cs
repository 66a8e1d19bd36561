using System.Globalization;
using LibContainer.Cgroups;
using LibContainer.Launch;

namespace LibContainer;

/// <summary>Where the cgroups of a runtime's containers are whose callers have not said it. Thread-safe.</summary>
/// <param name="parent"><see cref="LibContainerOptions.CgroupParent"/>.</param>
/// <param name="backend">Who makes them.</param>
internal sealed class CgroupHome(string? parent, CgroupBackend backend) : IDisposable
{
    private const string SliceSuffix = ".slice";

    private readonly Lock _gate = new();
    private KeeperProcess? _keeper;
    private string _delegated = "";

    private bool IsOfSystemd => backend != CgroupBackend.FileSystem && (parent is null ? backend == CgroupBackend.Systemd || ContainerCgroup.HasSystemd : IsSlice(parent));

    /// <summary>It is asked for, and not there: the checks of a start say why.</summary>
    private bool IsWithoutSystemd => IsOfSystemd && !ContainerCgroup.HasSystemd;

    /// <summary>The next path takes as long as systemd does.</summary>
    internal bool WaitsForSystemd => IsOfSystemd && Volatile.Read(ref _keeper) is not { HasEnded: false };

    /// <summary>Who makes one: of systemd's own nobody could ask what was used, it goes as soon as its last process has. They are in one that it has left to this runtime.</summary>
    /// <param name="isGiven">The caller has said where it is.</param>
    internal CgroupBackend BackendOf(bool isGiven) => isGiven || IsWithoutSystemd ? backend : CgroupBackend.FileSystem;

    /// <summary>Where it is to be.</summary>
    /// <param name="name">One that nothing else has there.</param>
    /// <exception cref="CgroupException">systemd refuses, or does not answer.</exception>
    internal string PathOf(string name)
        => IsWithoutSystemd ? $"{parent}:libcontainer:{name}"
        : IsOfSystemd ? $"{Delegated()}/{name}"
        : parent is null ? ContainerCgroup.PathOf(name, CgroupBackend.FileSystem)
        : $"{parent}/libcontainer-{name}";

    /// <summary>As long as somebody is in it; then there is another one.</summary>
    private string Delegated()
    {
        lock (_gate)
        {
            if (_keeper is { HasEnded: false })
                return _delegated;
            _keeper?.Dispose();
            _keeper = null;
            KeeperProcess keeper = new();
            try
            {
                _delegated = DelegatedCgroup.Start(string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}-{Guid.NewGuid().ToString("N")[..8]}"), parent, keeper.Id);
            }
            catch
            {
                keeper.Dispose();
                throw;
            }
            _keeper = keeper;
            return _delegated;
        }
    }

    internal static bool IsSlice(string path) => path.EndsWith(SliceSuffix, StringComparison.Ordinal) && !path.Contains('/', StringComparison.Ordinal);

    /// <summary>systemd removes the delegated one when the last container is gone.</summary>
    public void Dispose()
    {
        lock (_gate)
            _keeper?.Dispose();
    }
}
