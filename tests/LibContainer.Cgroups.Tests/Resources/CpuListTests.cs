namespace LibContainer.Cgroups.Tests.Systemd;

/// <summary>Lists of CPUs as masks.</summary>
public sealed class CpuListTests
{
    [Theory]
    [InlineData("0", "01")]
    [InlineData("0-3,7", "8F")]
    [InlineData("8", "0001")]
    [InlineData("0-1, 15-16\n", "038001")]
    [InlineData("4-7,6,5", "F0")]
    [InlineData("0-15:2/8", "0303")]
    [InlineData("1-1", "02")]
    [InlineData("", "")]
    public void A_list_is_a_bit_for_each(string list, string mask)
    {
        CpuList.TryMask(list, out byte[] bytes).Should().BeTrue();
        Convert.ToHexString(bytes).Should().Be(mask);
    }

    [Theory]
    [InlineData("all")]
    [InlineData("3-1")]
    [InlineData("-1")]
    [InlineData("1-2-3")]
    [InlineData("0-7:3/2")]
    [InlineData("0-7:0/2")]
    [InlineData("0-7:2")]
    [InlineData("0x3")]
    [InlineData("99999999")]
    public void What_is_no_list_has_no_mask(string list) => CpuList.TryMask(list, out _).Should().BeFalse();

    [Theory]
    [InlineData("0-2,7", "0-7", null)]
    [InlineData("0-9", "0-7", 8)]
    [InlineData("1", "0,2", 1)]
    [InlineData("", "", null)]
    [InlineData("0", "", 0)]
    public void What_one_list_has_and_another_lacks_is_found(string wanted, string present, int? absent)
    {
        CpuList.TryMask(wanted, out byte[] first).Should().BeTrue();
        CpuList.TryMask(present, out byte[] second).Should().BeTrue();

        CpuList.FirstAbsent(first, second).Should().Be(absent);
    }
}
