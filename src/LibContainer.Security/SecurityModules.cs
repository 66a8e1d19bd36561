namespace LibContainer.Security;

/// <summary>Which security modules this kernel enforces labels with.</summary>
public static class SecurityModules
{
    /// <summary>AppArmor is on. Source: apparmor(7), /sys/module/apparmor/parameters/enabled.</summary>
    public static bool IsAppArmorEnabled => ReadFirst("/sys/module/apparmor/parameters/enabled") == 'Y';

    /// <summary>SELinux is on: its file system is mounted. Source: selinux(8).</summary>
    public static bool IsSELinuxEnabled => File.Exists("/sys/fs/selinux/enforce");

    private static char ReadFirst(string path) => File.Exists(path) && File.ReadAllText(path) is { Length: > 0 } text ? text[0] : '\0';
}
