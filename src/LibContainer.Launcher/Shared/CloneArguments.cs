namespace LibContainer.Launch;

/// <summary>struct clone_args of clone3(2), 88 bytes since Linux 5.7.</summary>
internal struct CloneArguments
{
    public ulong Flags, PidFd, ChildTid, ParentTid, ExitSignal, Stack, StackSize, Tls, SetTid, SetTidSize, Cgroup;
}
