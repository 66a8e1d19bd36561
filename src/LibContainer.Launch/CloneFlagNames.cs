using LibContainer.Linux;

namespace LibContainer.Launch;

/// <summary>CLONE_NEW* in words.</summary>
internal static class CloneFlagNames
{
    private static readonly (ulong Flag, string Name)[] Known =
    [
        ((ulong)Uapi.CLONE_NEWUSER, "CLONE_NEWUSER"),
        ((ulong)Uapi.CLONE_NEWNS, "CLONE_NEWNS"),
        ((ulong)Uapi.CLONE_NEWUTS, "CLONE_NEWUTS"),
        ((ulong)Uapi.CLONE_NEWIPC, "CLONE_NEWIPC"),
        ((ulong)Uapi.CLONE_NEWPID, "CLONE_NEWPID"),
        ((ulong)Uapi.CLONE_NEWNET, "CLONE_NEWNET"),
        ((ulong)Uapi.CLONE_NEWCGROUP, "CLONE_NEWCGROUP"),
        ((ulong)Uapi.CLONE_NEWTIME, "CLONE_NEWTIME"),
        ((ulong)Uapi.CLONE_INTO_CGROUP, "CLONE_INTO_CGROUP"),
    ];

    internal static string Describe(ulong flags)
    {
        List<string> names = [];
        foreach ((ulong flag, string name) in Known)
        {
            if ((flags & flag) != 0)
                names.Add(name);
            flags &= ~flag;
        }
        if (flags != 0)
            names.Add($"0x{flags:x}");
        return names.Count == 0 ? "no namespace of its own" : string.Join('|', names);
    }
}
