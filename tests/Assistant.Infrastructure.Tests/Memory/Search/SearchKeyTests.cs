using Assistant.Infrastructure.Memory.Search;
using Xunit;

namespace Assistant.Infrastructure.Tests.Memory.Search;

public sealed class SearchKeyTests
{
    private static readonly Guid Ann = Guid.Parse("01900000-0000-7000-8000-000000000001");

    /// <summary>From the reference implementation's vectors: key 00 01 … 0f, input 00 01 … of this length.</summary>
    [Theory]
    [InlineData(0, 0x726fdb47dd0e0e31UL)]
    [InlineData(1, 0x74f839c593dc67fdUL)]
    [InlineData(8, 0x93f5f5799a932462UL)]
    [InlineData(15, 0xa129ca6149be45e5UL)]
    public void The_hash_is_SipHash(int length, ulong expected)
        => Assert.Equal(expected, new SipHash(0x0706050403020100, 0x0f0e0d0c0b0a0908).Of([.. Enumerable.Range(0, length).Select(i => (byte)i)]));

    [Fact]
    public void A_term_has_another_list_under_another_secret_and_one_of_its_own_within_the_persons_range()
    {
        var (first, last) = SearchKey.RangeOf(Ann);
        var one = new SearchKey(Ann, Enumerable.Repeat((byte)1, 32).ToArray());
        var other = new SearchKey(Ann, Enumerable.Repeat((byte)2, 32).ToArray());

        Assert.NotEqual(one.Of("boiler"), other.Of("boiler"));
        Assert.NotEqual(one.Of("boiler"), one.Of("attic"));
        Assert.Equal(one.Of("boiler"), new SearchKey(Ann, Enumerable.Repeat((byte)1, 32).ToArray()).Of("boiler"));
        Assert.All(["boiler", "attic", "锅炉", new string('x', 1000)], term => Assert.InRange(one.Of(term), first, last));
        Assert.All(["boiler", "attic", "锅炉", new string('x', 1000)], term => Assert.InRange(one.OfFacts(term), first, last));
        Assert.Equal(4, new HashSet<long> { one.Of("boiler"), one.OfFacts("boiler"), one.Of("attic"), one.OfFacts("attic") }.Count);
    }
}
