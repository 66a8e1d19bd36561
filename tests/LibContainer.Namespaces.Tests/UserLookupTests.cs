using LibContainer.Configuration;
using LibContainer.Linux;
using LibContainer.TestUtilities;

namespace LibContainer.Tests;

/// <summary>Users and groups, from files that a container may have made up.</summary>
public sealed class UserLookupTests : IDisposable
{
    private readonly TemporaryDirectory _root = new();

    public UserLookupTests()
    {
        Directory.CreateDirectory(_root["etc"]);
        File.WriteAllText(_root["etc/passwd"], """
            root:x:0:0:root:/root:/bin/sh
            garbage
            nonumber:x:zero:0::/:
              trimmed:x:7:70:blanks around:/trim:/bin/sh
            1000:x:0:0:an entry named like an id:/trap:/bin/sh
            web:x:1000:33:web,,,:/srv/web:/bin/false
            web:x:1:1:a second one:/:/
            nohome:x:5:50:::
            :x:9:9:no name:/:
            """);
        File.WriteAllText(_root["etc/group"], """
            root:x:0:
            broken
            www:x:33:web
            audio:x:29:web, root
            1234:x:1:web
            """);
    }

    [Theory]
    [InlineData("root", 0, 0, "29", "/root")]
    [InlineData("web", 1000, 33, "33 29 1", "/srv/web")]
    [InlineData("1000", 1000, 33, "33 29 1", "/srv/web")] // never the entry that is named 1000: CVE-2016-3697
    [InlineData("trimmed", 7, 70, "", "/trim")]
    [InlineData("nohome", 5, 50, "", "/")]
    [InlineData("4711", 4711, 0, "", "/")]
    [InlineData("web:audio", 1000, 29, "", "/srv/web")]
    [InlineData("web:1234", 1000, 1234, "", "/srv/web")]
    [InlineData("4711:audio", 4711, 29, "", "/")]
    [InlineData("0:0", 0, 0, "", "/root")]
    [InlineData("2147483647:2147483647", int.MaxValue, int.MaxValue, "", "/")]
    public void A_user_is_resolved(string user, int userId, int groupId, string groups, string home)
    {
        ResolvedUser resolved = Resolve(user);

        resolved.UserId.Should().Be(userId);
        resolved.GroupId.Should().Be(groupId);
        string.Join(' ', resolved.AdditionalGroupIds).Should().Be(groups);
        resolved.Home.Should().Be(home);
    }

    [Theory]
    [InlineData("nobody", "process.user: user 'nobody' is not in the container's /etc/passwd")]
    [InlineData("nonumber", "process.user: user 'nonumber' is not in the container's /etc/passwd")]
    [InlineData("web:nobody", "process.user: group 'nobody' is not in the container's /etc/group")]
    [InlineData("2147483648", "process.user: 2147483648 is not a user id: 0 to 2147483647")]
    [InlineData("0:4294967295", "process.user: 4294967295 is not a group id: 0 to 2147483647")]
    public void One_who_is_not_there_is_told(string user, string sentence) => Refused(user).Should().Be(sentence);

    [Fact]
    public void Without_files_numbers_still_work()
    {
        Directory.Delete(_root["etc"], recursive: true);

        Resolve("5:6").Should().BeEquivalentTo(new { UserId = 5, GroupId = 6, Home = "/" });
        Refused("web").Should().Contain("is not in the container's /etc/passwd");
    }

    [Fact]
    public void A_fifo_is_not_waited_for()
    {
        Requires.Program("mkfifo");
        File.Delete(_root["etc/passwd"]);
        Command.Run("mkfifo", _root["etc/passwd"]).ExitCode.Should().Be(0);

        Refused("web").Should().Be("process.user: in the container, /etc/passwd is not a regular file");
    }

    [Fact]
    public void A_directory_is_refused()
    {
        File.Delete(_root["etc/group"]);
        Directory.CreateDirectory(_root["etc/group"]);

        Refused("web").Should().Be("process.user: in the container, /etc/group is not a regular file");
    }

    [Fact]
    public void A_file_without_end_is_refused()
    {
        File.WriteAllText(_root["etc/passwd"], new string('\n', UserLookup.MaxFileLength + 1));
        Refused("root").Should().Be("process.user: in the container, /etc/passwd is longer than 1048576 bytes");

        File.WriteAllText(_root["etc/passwd"], "root:x:0:0::/r:\n".PadRight(UserLookup.MaxFileLength, '\n'));
        Resolve("root").Home.Should().Be("/r", "the limit itself is fine");
    }

    [Fact]
    public void A_link_out_of_the_container_leads_nowhere()
    {
        File.Move(_root["etc/passwd"], _root["etc/real"]);
        File.CreateSymbolicLink(_root["etc/passwd"], "/etc/real");
        Resolve("web").UserId.Should().Be(1000, "the link is followed inside the root");

        File.Delete(_root["etc/passwd"]);
        File.CreateSymbolicLink(_root["etc/passwd"], "../../../../../../etc/passwd");
        Refused("nobody").Should().Contain("ELOOP", "inside the root it points to itself");
    }

    private ResolvedUser Resolve(string user)
    {
        using RootDirectory root = RootDirectory.Open(_root.Path);
        return UserLookup.Resolve(user, root);
    }

    private string Refused(string user) => FluentActions.Invoking(() => Resolve(user)).Should().Throw<ConfigurationException>().Which.Message;

    public void Dispose() => _root.Dispose();
}
