using System.Collections.Immutable;
using LibContainer.Linux;
using Microsoft.Win32.SafeHandles;

namespace LibContainer.Cgroups;

/// <summary>
/// The devices of a cgroup of version 2: a program that is attached to it and asked besides those of the cgroups above; each of them has to
/// say yes. It goes with the cgroup. Linux 4.15; needs CAP_SYS_ADMIN, or CAP_BPF and CAP_NET_ADMIN for a first one.
/// </summary>
internal static class DeviceFilter
{
    /// <summary>For a cgroup that is new. Where everything is allowed nothing is attached.</summary>
    /// <exception cref="CgroupException">The kernel does not take the program, or does not attach it.</exception>
    internal static void Attach(CgroupDirectory cgroup, DeviceRules rules)
    {
        if (IsEverything(rules))
            return;
        using SafeFileHandle directory = Open(cgroup);
        using SafeFileHandle program = Load(cgroup, rules);
        Try(cgroup, () => Bpf.AttachToCgroup(directory, program, Uapi.BPF_CGROUP_DEVICE));
    }

    /// <summary>
    /// For a cgroup that has one perhaps. At every moment at least the old rules or the new ones hold, and nothing is allowed that neither
    /// allows. Whatever other programs are attached to this cgroup itself are gone then.
    /// </summary>
    /// <exception cref="CgroupException">The kernel does not take the program, or does not attach it: the old rules hold.</exception>
    internal static void Replace(CgroupDirectory cgroup, DeviceRules rules)
    {
        using SafeFileHandle directory = Open(cgroup);
        ImmutableArray<SafeFileHandle> present = Programs(cgroup, directory);
        try
        {
            if (!IsEverything(rules))
            {
                using SafeFileHandle program = Load(cgroup, rules);
                if (present.Length == 1 && TryExchange(cgroup, directory, program, present[0]))
                    return;
                Try(cgroup, () => Bpf.AttachToCgroup(directory, program, Uapi.BPF_CGROUP_DEVICE)); // both hold until the old ones are gone
            }
            foreach (SafeFileHandle old in present)
                Try(cgroup, () => Bpf.DetachFromCgroup(directory, old, Uapi.BPF_CGROUP_DEVICE));
        }
        finally
        {
            foreach (SafeFileHandle old in present)
                old.Dispose();
        }
    }

    /// <summary>The ids of the programs that are attached to this cgroup itself.</summary>
    /// <exception cref="CgroupException">They cannot be asked for.</exception>
    internal static ImmutableArray<uint> Query(CgroupDirectory cgroup)
    {
        using SafeFileHandle directory = Open(cgroup);
        return Query(cgroup, directory);
    }

    private static bool IsEverything(DeviceRules rules) => rules.IsAllowedByDefault && rules.Exceptions.IsEmpty;

    private static ImmutableArray<SafeFileHandle> Programs(CgroupDirectory cgroup, SafeFileHandle directory)
    {
        ImmutableArray<SafeFileHandle>.Builder programs = ImmutableArray.CreateBuilder<SafeFileHandle>();
        try
        {
            foreach (uint id in Query(cgroup, directory))
                programs.Add(Try(cgroup, () => Bpf.OpenProgram(id)));
            return programs.ToImmutable();
        }
        catch
        {
            foreach (SafeFileHandle program in programs)
                program.Dispose();
            throw;
        }
    }

    /// <returns>False: the kernel is older than Linux 5.6 and cannot, or the old one was attached in a way that does not let it.</returns>
    private static bool TryExchange(CgroupDirectory cgroup, SafeFileHandle directory, SafeFileHandle program, SafeFileHandle old)
    {
        try
        {
            Bpf.AttachToCgroup(directory, program, Uapi.BPF_CGROUP_DEVICE, old);
            return true;
        }
        catch (LinuxException error) when (error.Error is Errno.EINVAL or Errno.EPERM)
        {
            return false;
        }
        catch (LinuxException error)
        {
            throw Failed(cgroup, error);
        }
    }

    private static ImmutableArray<uint> Query(CgroupDirectory cgroup, SafeFileHandle directory)
        => Try(cgroup, () => Bpf.QueryCgroup(directory, Uapi.BPF_CGROUP_DEVICE));

    private static SafeFileHandle Load(CgroupDirectory cgroup, DeviceRules rules)
        => Try(cgroup, () => Bpf.LoadProgram(Uapi.BPF_PROG_TYPE_CGROUP_DEVICE, "devices", DeviceProgram.From(rules).AsSpan()));

    private static SafeFileHandle Open(CgroupDirectory cgroup)
    {
        int descriptor = KernelFile.Open(NullTerminated.From(cgroup.Path), KernelFile.ReadOnly);
        return descriptor >= 0
            ? new SafeFileHandle(descriptor, ownsHandle: true)
            : throw Failed(cgroup, new LinuxException("open", (Errno)(-descriptor)));
    }

    private static void Try(CgroupDirectory cgroup, Action action) => Try(cgroup, () =>
    {
        action();
        return 0;
    });

    private static T Try<T>(CgroupDirectory cgroup, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (LinuxException error)
        {
            throw Failed(cgroup, error);
        }
    }

    private static CgroupException Failed(CgroupDirectory cgroup, LinuxException error)
        => new($"devices of {cgroup.Path}: {error.Message}", error.Error, error);
}
