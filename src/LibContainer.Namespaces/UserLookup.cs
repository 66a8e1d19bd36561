using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using LibContainer.Configuration;
using LibContainer.Linux;

namespace LibContainer;

/// <summary>Who somebody is, in numbers.</summary>
/// <param name="UserId">User.</param>
/// <param name="GroupId">Group.</param>
/// <param name="AdditionalGroupIds">Supplementary groups.</param>
/// <param name="Home">Home directory; <c>/</c> for a user without an entry.</param>
internal sealed record ResolvedUser(int UserId, int GroupId, ImmutableArray<int> AdditionalGroupIds, string Home);

/// <summary>Finds a user in the container's own /etc/passwd and /etc/group, which the container may have made up. Source: passwd(5), group(5).</summary>
internal static class UserLookup
{
    /// <summary>A file that a container can offer without end is not read without end.</summary>
    internal const int MaxFileLength = 1 << 20;

    private const string PasswdFile = "/etc/passwd", GroupFile = "/etc/group";

    private sealed record Account(string Name, int UserId, int GroupId, string Home);

    private sealed record Group(string Name, int GroupId, string[] Members);

    /// <exception cref="ConfigurationException">The user or group is not there, or a file cannot be trusted.</exception>
    internal static ResolvedUser Resolve(string user, RootDirectory root)
    {
        string[] parts = user.Split(':', 2);
        Account account = FindAccount(parts[0], ReadLines(root, PasswdFile));
        if (parts.Length == 2)
            return new ResolvedUser(account.UserId, FindGroup(parts[1], ReadLines(root, GroupFile)), [], account.Home);

        // Without an entry there is no name that could be a member.
        ImmutableArray<int> groups = account.Name.Length == 0 ? [] :
            [.. Groups(ReadLines(root, GroupFile)).Where(group => group.Members.Contains(account.Name)).Select(group => group.GroupId)];
        return new ResolvedUser(account.UserId, account.GroupId, groups, account.Home);
    }

    private static Account FindAccount(string user, IEnumerable<string> passwd)
    {
        // A number is always an id: an entry *named* 1000 must not take over user 1000 (CVE-2016-3697).
        if (IsNumber(user))
        {
            int id = Id(user, "user");
            return Accounts(passwd).FirstOrDefault(account => account.UserId == id) ?? new Account("", id, 0, "/");
        }
        return Accounts(passwd).FirstOrDefault(account => account.Name == user)
            ?? throw Finding($"user '{user}' is not in the container's {PasswdFile}");
    }

    private static int FindGroup(string group, IEnumerable<string> groups)
    {
        if (IsNumber(group))
            return Id(group, "group");
        return Groups(groups).FirstOrDefault(entry => entry.Name == group)?.GroupId
            ?? throw Finding($"group '{group}' is not in the container's {GroupFile}");
    }

    /// <summary>Malformed lines are passed over. In 2014 a line without a number was user 0.</summary>
    private static IEnumerable<Account> Accounts(IEnumerable<string> lines)
    {
        foreach (string line in lines)
            if (line.Split(':') is [{ Length: > 0 } name, _, { } user, { } group, _, { } home, ..] && TryId(user, out int userId) && TryId(group, out int groupId))
                yield return new Account(name, userId, groupId, home.Length == 0 ? "/" : home);
    }

    private static IEnumerable<Group> Groups(IEnumerable<string> lines)
    {
        foreach (string line in lines)
            if (line.Split(':') is [{ Length: > 0 } name, _, { } group, { } members, ..] && TryId(group, out int groupId))
                yield return new Group(name, groupId, members.Split(',', StringSplitOptions.TrimEntries));
    }

    private static IEnumerable<string> ReadLines(RootDirectory root, string path)
    {
        byte[]? content;
        try
        {
            content = root.ReadFile(path, MaxFileLength);
        }
        catch (Exception error) when (error is InvalidDataException or LinuxException)
        {
            throw Finding($"in the container, {error.Message}");
        }
        return content is null ? [] : Encoding.UTF8.GetString(content).Split('\n').Select(line => line.Trim());
    }

    private static bool IsNumber(string text) => text.All(char.IsAsciiDigit);

    private static bool TryId(string text, out int id) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out id);

    private static int Id(string text, string what)
        => TryId(text, out int id) ? id : throw Finding($"{text} is not a {what} id: 0 to {int.MaxValue}");

    private static ConfigurationException Finding(string message) => new([new ConfigurationFinding("process.user", message)]);
}
