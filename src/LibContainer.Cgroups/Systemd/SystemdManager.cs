using System.Collections.Immutable;
using System.Globalization;
using LibContainer.Linux;

namespace LibContainer.Cgroups;

/// <summary>
/// A systemd that makes cgroups when it is asked for units: that of the host, or a user's own. Any thread may call it; calls do not wait for each other.
/// Source: org.freedesktop.systemd1(5).
/// </summary>
/// <param name="open">Makes a connection to its bus.</param>
/// <param name="timeout">How long it has for one job at most.</param>
internal sealed class SystemdManager(Func<SystemdBus> open, TimeSpan timeout) : IDisposable
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(30); // as runc

    private static readonly ImmutableArray<string> Accounting = ["MemoryAccounting", "CPUAccounting", "IOAccounting", "TasksAccounting"];

    private readonly SystemdClient _client = new(open, timeout);

    private int _version;

    private bool? _hasOomPolicy;

    /// <summary>That of the host. Connected to when first asked, and again whenever the connection is lost.</summary>
    internal static SystemdManager Host { get; } = new(SystemdBus.OpenSystem, DefaultTimeout);

    /// <summary>That of the user that this process is.</summary>
    internal static SystemdManager User { get; } = new(SystemdBus.OpenUser, DefaultTimeout);

    /// <summary>The one that starts units for this process: the host's for root, else its user's.</summary>
    internal static SystemdManager OfThisProcess => Environment.IsPrivilegedProcess ? Host : User;

    /// <summary>Its version: 252.</summary>
    /// <exception cref="CgroupException">It cannot be asked.</exception>
    internal int Version => _version != 0 ? _version : _version = ParseVersion(_client.ReadString("read the version of systemd", "Version"));

    /// <summary>The cgroup that all of its units are below: empty for the host's, <c>/user.slice/user-1000.slice/user@1000.service</c>.</summary>
    /// <exception cref="CgroupException">It cannot be asked.</exception>
    internal string ControlGroup => _client.ReadString("read the cgroup of systemd", "ControlGroup");

    /// <summary>Whether scopes have an OOMPolicy: since 253, and in some versions of 252. Asked of init.scope, which every systemd is in itself.</summary>
    /// <exception cref="CgroupException">It cannot be asked.</exception>
    internal bool HasOomPolicy => _hasOomPolicy ??= _client.HasProperty("read the properties of systemd", "init.scope", "OOMPolicy");

    /// <summary>
    /// Starts a scope, which takes a process of ours into a cgroup of its own. It ends by itself when its last process has. Slices that are not there yet
    /// come with it.
    /// </summary>
    /// <param name="name">Name of the unit: <c>x.scope</c>.</param>
    /// <param name="slice">The slice that it is in.</param>
    /// <param name="processId">The process.</param>
    /// <param name="description">What systemctl shows.</param>
    /// <param name="properties">Limits and other properties.</param>
    /// <param name="isDelegated">The cgroup is ours to make others in; systemd leaves those alone, and enables every controller that it has for them.</param>
    /// <param name="cancellationToken">Undoes the start.</param>
    /// <returns>Its cgroup: <c>/machine.slice/x.scope</c>.</returns>
    /// <exception cref="CgroupException">
    /// There is such a unit already, the process is gone, systemd refuses a property or does not answer. Nothing is left then, also not the process if it had
    /// got into the unit; but of a systemd that does not answer it is not known what it does later.
    /// </exception>
    internal string StartScope(
        string name, string slice, int processId, string description, IEnumerable<SystemdProperty> properties, bool isDelegated = true, CancellationToken cancellationToken = default)
        => Start(
            name,
            slice,
            [
                new("Slice", BusValue.String(slice)),
                new("Delegate", BusValue.Boolean(isDelegated)),
                new("PIDs", BusValue.Array("u", BusValue.UInt32((uint)processId))),
                .. Common(description),
                .. properties,
            ],
            isThereFine: false,
            cancellationToken);

    /// <summary>Starts a slice, which is a group of scopes. One that is there is left as it is. It stays until it is stopped.</summary>
    /// <returns>Its cgroup: <c>/a.slice/a-b.slice</c>.</returns>
    /// <inheritdoc cref="StartScope"/>
    internal string StartSlice(string name, string description, IEnumerable<SystemdProperty> properties, CancellationToken cancellationToken = default)
        => Start(
            name,
            name,
            [new("Wants", BusValue.Strings(SystemdNames.ParentOf(name))), .. Common(description), .. properties],
            isThereFine: true,
            cancellationToken);

    /// <summary>Changes properties of a unit: all of them, or none when one is refused.</summary>
    /// <param name="name">Name of the unit.</param>
    /// <param name="isRuntime">Until the next start of the host. False: for good, which a unit of ours cannot be.</param>
    /// <param name="properties">Nothing is asked when there are none.</param>
    /// <exception cref="CgroupException">There is no such unit, or systemd refuses a property.</exception>
    internal void SetUnitProperties(string name, bool isRuntime, IReadOnlyCollection<SystemdProperty> properties)
    {
        if (properties.Count > 0)
            _client.Use($"set {string.Join(", ", properties)} of unit {name}", bus =>
            {
                SystemdClient.Call(bus, timeout, "SetUnitProperties", BusValue.String(name), BusValue.Boolean(isRuntime), Array(properties)).Dispose();
                return true;
            });
    }

    /// <summary>
    /// Stops a unit and waits until nothing of it is left, also no cgroup. Processes that are still there get SIGTERM, and SIGKILL only after 90 s, which
    /// is longer than this waits: who is done with them kills them before. A unit that is not there is fine.
    /// </summary>
    /// <exception cref="CgroupException">It was not stopped in time.</exception>
    internal void StopUnit(string name, CancellationToken cancellationToken = default)
    {
        string what = $"stop unit {name}";
        if (SystemdNames.WhyNoUnit(name) is { } why)
            throw new CgroupException($"{what}: '{name}' {why}");
        string? result = _client.Use(what, bus =>
        {
            try
            {
                return SystemdJob.Run(
                    bus, name, timeout, left => SystemdClient.Call(bus, left, "StopUnit", BusValue.String(name), BusValue.String("replace")), cancellationToken);
            }
            catch (BusException error) when (error.ErrorName == SystemdClient.NoSuchUnit)
            {
                return SystemdJob.Done;
            }
        });
        ResetFailedUnit(name);
        if (result != SystemdJob.Done)
            throw new CgroupException($"{what}: {SystemdJob.Sentence(result, timeout)}");
    }

    /// <summary>Lets go of a unit that has failed, which systemd keeps for those who want to know why. A unit that is not there is fine.</summary>
    /// <exception cref="CgroupException">systemd does not answer.</exception>
    internal void ResetFailedUnit(string name) => _client.Use($"reset unit {name}", bus => _client.ResetFailed(bus, name));

    /// <summary>The cgroup of a unit. Empty: it has none, or not any more.</summary>
    /// <exception cref="CgroupException">systemd does not answer.</exception>
    internal string ControlGroupOf(string name)
        => _client.ReadString($"read the cgroup of unit {name}", SystemdNames.ObjectPath(name), SystemdNames.InterfaceOf(name), "ControlGroup");

    /// <summary>252 of <c>252.39-1~deb12u1</c>, <c>v249</c>, <c>257~rc1</c>.</summary>
    /// <exception cref="CgroupException">It does not begin with a number.</exception>
    internal static int ParseVersion(string text)
    {
        string digits = string.Concat(text.TrimStart('v').TakeWhile(char.IsAsciiDigit));
        return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int version)
            ? version
            : throw new CgroupException($"read the version of systemd: '{text}' is none");
    }

    /// <summary>Closes the connections.</summary>
    public void Dispose() => _client.Dispose();

    /// <summary>
    /// Without dependencies of its own, which would order it with the start and the end of the host; not kept after a failure; and counted from the
    /// begin, as the memory of a process that comes into a cgroup later is not.
    /// </summary>
    private static ImmutableArray<SystemdProperty> Common(string description) =>
    [
        new("Description", BusValue.String(description)),
        new("DefaultDependencies", BusValue.Boolean(false)),
        new("CollectMode", BusValue.String("inactive-or-failed")),
        .. Accounting.Select(name => new SystemdProperty(name, BusValue.Boolean(true))),
    ];

    private static BusValue Array(IEnumerable<SystemdProperty> properties) => BusValue.Array("(sv)", properties.Select(property => property.ToStructure()));

    private string Start(string name, string slice, ImmutableArray<SystemdProperty> properties, bool isThereFine, CancellationToken cancellationToken)
    {
        string what = $"start unit {name}";
        if (SystemdNames.WhyNoUnit(name) is { } whyNoUnit)
            throw new CgroupException($"{what}: '{name}' {whyNoUnit}");
        if (SystemdNames.WhyNoSlice(slice) is { } whyNoSlice)
            throw new CgroupException($"{what}: '{slice}' {whyNoSlice}");
        bool isStarted = false;
        try
        {
            string? result = _client.Use(what, bus =>
            {
                try
                {
                    return RunStart(bus);
                }
                catch (BusException error) when (error.ErrorName == SystemdClient.UnitExists)
                {
                    if (isThereFine)
                        return SystemdJob.Done;
                    _client.ResetFailed(bus, name); // what is left of one that has failed is in nobody's way then
                    return RunStart(bus);
                }
            });
            if (result != SystemdJob.Done)
                throw new CgroupException($"{what}: {SystemdJob.Sentence(result, timeout)}");
            string cgroup = ControlGroupOf(name);
            return cgroup.Length > 0 ? cgroup : throw new CgroupException($"{what}: it has no cgroup: its process has ended");
        }
        catch (Exception error) when (isStarted)
        {
            try
            {
                StopUnit(name, CancellationToken.None);
            }
            catch (CgroupException undo)
            {
                throw new CgroupException($"{error.Message}; and then: {undo.Message}", inner: error);
            }
            throw;
        }

        string? RunStart(SystemdBus bus) => SystemdJob.Run(bus, name, timeout, left =>
        {
            BusMessage answer = SystemdClient.Call(
                bus, left, "StartTransientUnit", BusValue.String(name), BusValue.String("replace"), Array(properties), BusValue.Array("(sa(sv))"));
            isStarted = true;
            return answer;
        }, cancellationToken);
    }
}
