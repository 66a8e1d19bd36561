namespace LibContainer.Configuration;

/// <summary>How a process leaves the host's root for the container's.</summary>
public enum RootSwitch
{
    /// <summary>pivot_root(2): the host's root is unmounted, and nothing of it can be reached.</summary>
    Pivot,

    /// <summary>
    /// MS_MOVE and chroot(2): for a host whose root is an initramfs (rootfs), which cannot be pivoted away from. What stays mounted behind the new root is hidden from the program, and it
    /// must not have CAP_SYS_CHROOT together with CAP_SYS_ADMIN to keep it so.
    /// </summary>
    Move,
}
