using System.ComponentModel;
using System.Diagnostics;

namespace LibContainer.Security;

/// <summary>AppArmor profiles: the one that container engines of 2014 gave to every container, and how a profile gets into the kernel. Source: apparmor.d(5).</summary>
public static class AppArmorProfile
{
    /// <summary>Name that Docker knows it by.</summary>
    public const string DockerDefaultName = "docker-default";

    private const string Tunables = "/etc/apparmor.d/tunables/global";
    private const string Base = "/etc/apparmor.d/abstractions/base";
    private const string Parser = "apparmor_parser";

    /// <summary>Mounts that a container may make, if it has the capability: file systems of its own, and those that have their one place.</summary>
    private static readonly string[] AllowedMounts =
    [
        "fstype=tmpfs", "fstype=mqueue", "fstype=fuse.*", "fstype=binfmt_misc -> /proc/sys/fs/binfmt_misc/", "fstype=efivarfs -> /sys/firmware/efi/efivars/",
        "fstype=fusectl -> /sys/fs/fuse/connections/", "fstype=securityfs -> /sys/kernel/security/", "fstype=debugfs -> /sys/kernel/debug/",
        "fstype=proc -> /proc/", "fstype=sysfs -> /sys/",
    ];

    private static readonly string[] DeniedMounts = ["options=(ro, remount) -> /", "fstype=debugfs -> /var/lib/ureadahead/debugfs/", "fstype=devpts"];

    /// <summary>
    /// What may be read but not changed: the settings of the kernel, but for those of System V shared memory (names that begin with shm), and /sys, but for the cgroups. A pattern cannot
    /// say "all but", so it is said letter by letter.
    /// </summary>
    private static readonly string[] ReadOnlyPaths =
    [
        "@{PROC}/sys/fs/**", "@{PROC}/sys/kernel/{?,??,[^s]*,s[^h]*,sh[^m]*}", "@{PROC}/sys/kernel/*/**",
        "/sys/[^f]*/**", "/sys/f[^s]*/**", "/sys/fs/[^c]*/**", "/sys/fs/c[^g]*/**", "/sys/fs/cg[^r]*/**",
    ];

    private static readonly string[] HiddenPaths = ["@{PROC}/sysrq-trigger", "@{PROC}/mem", "@{PROC}/kmem", "/sys/firmware/efi/efivars/**", "/sys/kernel/security/**"];

    /// <summary>Docker's default profile of 2014, for this host: it includes the distribution's own definitions where there are some.</summary>
    /// <param name="name">What it is called: letters, digits, <c>.</c>, <c>_</c> and <c>-</c>.</param>
    /// <exception cref="ArgumentException">The name has other characters.</exception>
    public static string DockerDefault(string name = DockerDefaultName) => DockerDefault(name, File.Exists);

    internal static string DockerDefault(string name, Func<string, bool> exists)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (!name.All(character => char.IsAsciiLetterOrDigit(character) || character is '.' or '_' or '-'))
            throw new ArgumentException($"'{name}' is not a profile name: letters, digits, '.', '_' and '-'", nameof(name));

        // Signals and tracing are mediated since AppArmor 2.9, so that without a rule the host itself could not kill the container.
        string[] rules =
        [
            "network", "capability", "file", "umount",
            "signal (receive) peer=unconfined", $"signal (send, receive) peer={name}", $"ptrace (trace, read, tracedby, readby) peer={name}",
            .. AllowedMounts.Select(mount => $"mount {mount}"),
            .. DeniedMounts.Select(mount => $"deny mount {mount}"),
            .. ReadOnlyPaths.Select(path => $"deny {path} wklx"),
            .. HiddenPaths.Select(path => $"deny {path} rwklx"),
        ];
        return $$"""
            {{(exists(Tunables) ? "include <tunables/global>" : "@{PROC}=/proc/")}}

            profile {{name}} flags=(attach_disconnected, mediate_deleted) {
            {{(exists(Base) ? "  include <abstractions/base>\n\n" : "")}}{{string.Concat(rules.Select(rule => $"  {rule},\n"))}}}

            """;
    }

    /// <summary>Loads profiles into the kernel, in the place of those of the same name, by the distribution's <c>apparmor_parser</c>. Needs root.</summary>
    /// <param name="profiles">Text as of apparmor.d(5).</param>
    /// <exception cref="FileNotFoundException">There is no apparmor_parser.</exception>
    /// <exception cref="InvalidOperationException">It refused: its own words.</exception>
    public static void Load(string profiles) => Run(profiles, "--replace");

    /// <summary>Takes profiles out of the kernel. What runs under one of them is unconfined then.</summary>
    /// <param name="profiles">The text that was loaded.</param>
    /// <exception cref="FileNotFoundException">There is no apparmor_parser.</exception>
    /// <exception cref="InvalidOperationException">It refused: its own words.</exception>
    public static void Unload(string profiles) => Run(profiles, "--remove");

    internal static void Run(string profiles, params IEnumerable<string> options)
    {
        ArgumentNullException.ThrowIfNull(profiles);
        Process parser;
        try
        {
            parser = Process.Start(new ProcessStartInfo(Parser, options) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        }
        catch (Win32Exception error)
        {
            throw new FileNotFoundException($"{Parser} cannot be run; on Debian and Ubuntu it is in the package apparmor", Parser, error);
        }
        using (parser)
        {
            Task<string> output = parser.StandardOutput.ReadToEndAsync(), said = parser.StandardError.ReadToEndAsync();
            try
            {
                parser.StandardInput.Write(profiles);
                parser.StandardInput.Close();
            }
            catch (IOException)
            {
                // It has ended before it read all, and says below why.
            }
            parser.WaitForExit();
            if (parser.ExitCode != 0)
                throw new InvalidOperationException($"{Parser} {string.Join(' ', options)}: exit code {parser.ExitCode}: {(said.Result + output.Result).Trim()}");
        }
    }
}
