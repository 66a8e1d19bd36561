namespace LibContainer.Cgroups.Tests.Statistics;

/// <summary>Fields of memory.stat, taken apart when asked for.</summary>
public sealed class StatDictionaryTests
{
    private readonly StatDictionary _fields = new("anon 1\nfile 18446744073709551615\n\nfile_mapped 3"u8);

    [Fact]
    public void A_value_is_found_by_its_whole_name()
    {
        _fields["file"].Should().Be(ulong.MaxValue);
        _fields["file_mapped"].Should().Be(3);
        _fields.ContainsKey("anon").Should().BeTrue();
        _fields.ContainsKey("ano").Should().BeFalse();
        _fields.ContainsKey("").Should().BeFalse();
        _fields.TryGetValue("anon_thp", out ulong value).Should().BeFalse();
        value.Should().Be(0);
    }

    [Fact]
    public void A_name_that_is_not_there_is_told()
        => FluentActions.Invoking(() => _fields["swap"]).Should().Throw<KeyNotFoundException>().WithMessage("*'swap'*");

    [Fact]
    public void All_of_them_come_in_the_order_of_the_file()
    {
        _fields.Should().HaveCount(3);
        _fields.Count.Should().Be(3);
        _fields.Keys.Should().Equal("anon", "file", "file_mapped");
        _fields.Values.Should().Equal(1, ulong.MaxValue, 3);
    }
}
