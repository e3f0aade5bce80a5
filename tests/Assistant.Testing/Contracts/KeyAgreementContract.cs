using Assistant.Domain.Security.EndToEnd;
using Xunit;

namespace Assistant.Testing.Contracts;

/// <summary>What every X25519 must do; known answers of RFC 7748.</summary>
public abstract class KeyAgreementContract
{
    protected abstract IKeyAgreement Create();

    [Theory] // section 5.2
    [InlineData("a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4", "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
        "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552")]
    [InlineData("4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d", "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493",
        "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957")]
    public void A_key_and_a_point_give_the_known_secret(string key, string point, string secret)
    {
        var agreement = Create();

        Assert.Equal(secret, Convert.ToHexStringLower(agreement.Agree(agreement.Restore(Convert.FromHexString(key)), Convert.FromHexString(point))));
    }

    [Fact] // section 6.1
    public void Two_sides_agree_on_the_known_secret()
    {
        var agreement = Create();
        var alice = agreement.Restore(Convert.FromHexString("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a"));
        var bob = agreement.Restore(Convert.FromHexString("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb"));

        Assert.Equal("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a", Convert.ToHexStringLower(alice.Public.Span));
        Assert.Equal("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f", Convert.ToHexStringLower(bob.Public.Span));
        Assert.Equal("4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742", Convert.ToHexStringLower(agreement.Agree(alice, bob.Public.Span)));
        Assert.Equal(agreement.Agree(alice, bob.Public.Span), agreement.Agree(bob, alice.Public.Span));
    }

    [Fact]
    public void New_keys_differ_and_agree()
    {
        var agreement = Create();
        var (one, other) = (agreement.Create(), agreement.Create());

        Assert.NotEqual(one.Private.ToArray(), other.Private.ToArray());
        Assert.Equal(agreement.Agree(one, other.Public.Span), agreement.Agree(other, one.Public.Span));
        Assert.Equal(one.Public.ToArray(), agreement.Restore(one.Private.Span).Public.ToArray());
    }

    [Theory] // points of small order: whoever sends one would know the secret without a key
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("0100000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800")]
    [InlineData("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157")]
    [InlineData("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")]
    public void A_point_that_agrees_with_every_key_is_refused(string point)
    {
        var agreement = Create();

        Assert.Throws<LineBrokenException>(() => agreement.Agree(agreement.Create(), Convert.FromHexString(point)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(33)]
    public void What_is_no_key_is_refused(int length)
    {
        var agreement = Create();

        Assert.Throws<LineBrokenException>(() => agreement.Agree(agreement.Create(), new byte[length]));
        Assert.Throws<ArgumentException>(() => agreement.Restore(new byte[length]));
    }
}
