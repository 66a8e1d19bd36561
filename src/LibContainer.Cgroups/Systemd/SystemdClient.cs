using LibContainer.Linux;

namespace LibContainer.Cgroups;

/// <summary>Calls of a systemd over its bus, and what goes wrong as <see cref="CgroupException"/>. Source: org.freedesktop.systemd1(5).</summary>
/// <param name="open">Makes a connection to the bus.</param>
/// <param name="timeout">How long an answer may take.</param>
internal sealed class SystemdClient(Func<SystemdBus> open, TimeSpan timeout) : IDisposable
{
    internal const string NoSuchUnit = "org.freedesktop.systemd1.NoSuchUnit";

    internal const string UnitExists = "org.freedesktop.systemd1.UnitExists";

    private static readonly BusMethod Manager = new("org.freedesktop.systemd1", "/org/freedesktop/systemd1", "org.freedesktop.systemd1.Manager", "");

    private readonly SystemdConnections _connections = new(open);

    /// <summary>Does something with a connection.</summary>
    /// <param name="what">What it is, for the error: <c>stop unit x.scope</c>.</param>
    /// <param name="action">May be called a second time, with another connection.</param>
    /// <exception cref="CgroupException">It failed, libsystemd is not installed, or there is no bus.</exception>
    internal T Use<T>(string what, Func<SystemdBus, T> action)
    {
        try
        {
            return _connections.Use(action);
        }
        catch (BusException error) when (error.ErrorName == UnitExists)
        {
            throw new CgroupException($"{what}: there is a unit of that name already: {error.Text}", error.Error, error);
        }
        catch (BusException error)
        {
            throw new CgroupException($"{what}: {error.Message}", error.Error, error);
        }
        catch (DllNotFoundException error)
        {
            throw new CgroupException($"{what}: {error.Message}", Errno.ENOENT, error);
        }
    }

    /// <summary>Calls a method of the manager.</summary>
    /// <param name="bus">The connection.</param>
    /// <param name="left">How long the answer may take.</param>
    /// <param name="member">Name of the method.</param>
    /// <param name="arguments">What it gets.</param>
    /// <exception cref="BusException">The answer is an error, or there is none.</exception>
    internal static BusMessage Call(SystemdBus bus, TimeSpan left, string member, params ReadOnlySpan<BusValue> arguments)
        => bus.Call(Manager with { Member = member }, arguments, left);

    /// <summary>A property of the manager itself.</summary>
    /// <exception cref="CgroupException">It cannot be asked.</exception>
    internal string ReadString(string what, string property) => ReadString(what, Manager.Path, Manager.Interface, property);

    /// <summary>A property of an object.</summary>
    /// <exception cref="CgroupException">There is no such property, or nobody can be asked.</exception>
    internal string ReadString(string what, string path, string @interface, string property) => Use(what, bus =>
    {
        BusMethod get = new(Manager.Destination, path, "org.freedesktop.DBus.Properties", "Get");
        using BusMessage answer = bus.Call(get, [BusValue.String(@interface), BusValue.String(property)], timeout);
        answer.EnterVariant("s");
        return answer.ReadString();
    });

    /// <summary>Whether a unit's kind has a property, which is text.</summary>
    /// <exception cref="CgroupException">Nobody can be asked.</exception>
    internal bool HasProperty(string what, string unit, string property)
    {
        try
        {
            ReadString(what, SystemdNames.ObjectPath(unit), SystemdNames.InterfaceOf(unit), property);
            return true;
        }
        catch (CgroupException error) when (error.InnerException is BusException { ErrorName: "org.freedesktop.DBus.Error.UnknownProperty" })
        {
            return false;
        }
    }

    /// <summary>Has systemd forget that a unit has failed.</summary>
    /// <returns>False: there is no such unit.</returns>
    /// <exception cref="BusException">The answer is another error, or there is none.</exception>
    internal bool ResetFailed(SystemdBus bus, string unit)
    {
        try
        {
            Call(bus, timeout, "ResetFailedUnit", BusValue.String(unit)).Dispose();
            return true;
        }
        catch (BusException error) when (error.ErrorName == NoSuchUnit)
        {
            return false;
        }
    }

    /// <summary>Closes the connections.</summary>
    public void Dispose() => _connections.Dispose();
}
