using LibContainer.Configuration;

namespace LibContainer.Capabilities.Tests;

/// <summary>The names and numbers of capabilities(7).</summary>
public sealed class CapabilityNamesTests
{
    /// <summary>As in include/uapi/linux/capability.h, by number.</summary>
    private static readonly string[] Kernel =
    [
        "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_DAC_READ_SEARCH", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL", "CAP_SETGID", "CAP_SETUID",
        "CAP_SETPCAP", "CAP_LINUX_IMMUTABLE", "CAP_NET_BIND_SERVICE", "CAP_NET_BROADCAST", "CAP_NET_ADMIN", "CAP_NET_RAW", "CAP_IPC_LOCK",
        "CAP_IPC_OWNER", "CAP_SYS_MODULE", "CAP_SYS_RAWIO", "CAP_SYS_CHROOT", "CAP_SYS_PTRACE", "CAP_SYS_PACCT", "CAP_SYS_ADMIN", "CAP_SYS_BOOT",
        "CAP_SYS_NICE", "CAP_SYS_RESOURCE", "CAP_SYS_TIME", "CAP_SYS_TTY_CONFIG", "CAP_MKNOD", "CAP_LEASE", "CAP_AUDIT_WRITE", "CAP_AUDIT_CONTROL",
        "CAP_SETFCAP", "CAP_MAC_OVERRIDE", "CAP_MAC_ADMIN", "CAP_SYSLOG", "CAP_WAKE_ALARM", "CAP_BLOCK_SUSPEND", "CAP_AUDIT_READ", "CAP_PERFMON",
        "CAP_BPF", "CAP_CHECKPOINT_RESTORE",
    ];

    public static TheoryData<int, string> ByNumber
    {
        get
        {
            TheoryData<int, string> data = [];
            for (int i = 0; i < Kernel.Length; i++)
                data.Add(i, Kernel[i]);
            return data;
        }
    }

    [Fact]
    public void All_41_names_are_known_in_the_order_of_their_numbers() => CapabilityNames.All.Should().HaveCount(41).And.Equal(Kernel);

    [Theory]
    [MemberData(nameof(ByNumber))]
    public void A_name_is_the_bit_of_its_number(int number, string name)
    {
        CapabilityNames.TryParse(name, out CapabilitySet capability).Should().BeTrue();

        ((ulong)capability).Should().Be(1UL << number);
        CapabilityNames.Of(capability).Should().Equal(name);
    }

    [Theory]
    [MemberData(nameof(ByNumber))]
    public void A_name_can_be_given_without_its_prefix(int number, string name)
    {
        CapabilityNames.TryParse(name["CAP_".Length..], out CapabilitySet capability).Should().BeTrue();

        ((ulong)capability).Should().Be(1UL << number);
    }

    [Theory]
    [InlineData("")]
    [InlineData("CAP_")]
    [InlineData("CAP_NONE")]
    [InlineData("NONE")]
    [InlineData("CAP_CAP_KILL")]
    [InlineData("cap_kill")]
    [InlineData("kill")]
    [InlineData("NetAdmin")]
    [InlineData(" CAP_KILL")]
    [InlineData("5")]
    [InlineData("CAP_41")]
    public void Any_other_name_is_not_known(string name)
    {
        CapabilityNames.TryParse(name, out CapabilitySet capability).Should().BeFalse();

        capability.Should().Be(CapabilitySet.None);
    }

    [Fact]
    public void The_names_of_a_set_come_in_the_order_of_their_numbers()
        => CapabilityNames.Of(CapabilitySet.CheckpointRestore | CapabilitySet.Kill | CapabilitySet.Chown).Should().Equal(
            "CAP_CHOWN", "CAP_KILL", "CAP_CHECKPOINT_RESTORE");

    [Fact]
    public void An_empty_set_has_no_names() => CapabilityNames.Of(CapabilitySet.None).Should().BeEmpty();
}
