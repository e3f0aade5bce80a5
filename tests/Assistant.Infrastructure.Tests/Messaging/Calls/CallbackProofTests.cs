using Assistant.Infrastructure.Messaging.Calls;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Calls;

public sealed class CallbackProofTests
{
    private static readonly byte[] Proof = [0x00, 0xAB, 0xFF, 0x10];

    [Theory]
    [InlineData("00abff10", true)]
    [InlineData("00ABFF10", true)]
    [InlineData("00abff11", false)]
    [InlineData("00abff1", false)]
    [InlineData("00abff1000", false)]
    [InlineData("00abff1g", false)]
    [InlineData(" 00abff10", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void Hexadecimal_digits_are_read_whole(string? given, bool expected) => Assert.Equal(expected, CallbackProof.IsHex(given, Proof));

    [Theory]
    [InlineData("AKv/EA==", true)]
    [InlineData("AKv/EB==", false)] // the same bytes, with padding bits that are not zero
    [InlineData("AKv/EA", false)]
    [InlineData("AKv_EA==", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void Base64_has_one_spelling(string? given, bool expected) => Assert.Equal(expected, CallbackProof.IsBase64(given, Proof));

    [Theory]
    [InlineData("secret", "secret", true)]
    [InlineData("Secret", "secret", false)]
    [InlineData("", "", false)]
    [InlineData(null, "secret", false)]
    public void An_empty_secret_opens_nothing(string? given, string expected, bool isProof) => Assert.Equal(isProof, CallbackProof.IsText(given, expected));

    [Theory]
    [InlineData("1000", true)]
    [InlineData("700", true)]
    [InlineData("699", false)]
    [InlineData("1301", false)]
    [InlineData("-1000", false)]
    [InlineData("999999999999999", false)]
    [InlineData("1e3", false)]
    [InlineData(null, false)]
    public void A_time_is_fresh_within_the_tolerance(string? seconds, bool expected)
        => Assert.Equal(expected, CallbackProof.IsFresh(seconds, TimeSpan.FromSeconds(300), DateTimeOffset.FromUnixTimeSeconds(1000)));
}
