using Assistant.Domain.Security.EndToEnd;
using Xunit;

namespace Assistant.Domain.Tests.Security.EndToEnd;

public sealed class SafetyNumberTests
{
    [Fact]
    public void A_key_has_the_known_number()
        => Assert.Equal(
            "89838 45593 93381 25687 12553 39233", SafetyNumber.Of(Convert.FromHexString("358072d6365880d1aeea329adf9121383851ed21a28e3b75e965d0d2cd166254")));

    [Fact]
    public void Keys_that_differ_in_a_bit_have_other_numbers()
    {
        var key = new byte[KeyPair.Bytes];
        var numbers = new HashSet<string> { SafetyNumber.Of(key) };
        for (var bit = 0; bit < 8 * KeyPair.Bytes; bit++)
        {
            var other = new byte[KeyPair.Bytes];
            other[bit / 8] = (byte)(1 << (bit % 8));
            Assert.True(numbers.Add(SafetyNumber.Of(other)));
        }
    }
}
