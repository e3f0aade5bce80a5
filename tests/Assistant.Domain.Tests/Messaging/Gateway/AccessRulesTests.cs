using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Gateway;
using Assistant.Domain.Messaging.Inbox;
using Assistant.Domain.People;
using Xunit;

namespace Assistant.Domain.Tests.Messaging.Gateway;

public sealed class AccessRulesTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 24, 9, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(AccessPolicy.Open, Standing.Unknown, typeof(Admission.Admit))]
    [InlineData(AccessPolicy.Open, Standing.Pending, typeof(Admission.Admit))]
    [InlineData(AccessPolicy.Open, Standing.Approved, typeof(Admission.Admit))]
    [InlineData(AccessPolicy.Open, Standing.Blocked, typeof(Admission.Refuse))]
    [InlineData(AccessPolicy.Pairing, Standing.Unknown, typeof(Admission.Pair))]
    [InlineData(AccessPolicy.Pairing, Standing.Pending, typeof(Admission.Pair))]
    [InlineData(AccessPolicy.Pairing, Standing.Approved, typeof(Admission.Admit))]
    [InlineData(AccessPolicy.Pairing, Standing.Blocked, typeof(Admission.Refuse))]
    [InlineData(AccessPolicy.Allowlist, Standing.Unknown, typeof(Admission.Refuse))]
    [InlineData(AccessPolicy.Allowlist, Standing.Pending, typeof(Admission.Refuse))]
    [InlineData(AccessPolicy.Allowlist, Standing.Approved, typeof(Admission.Admit))]
    [InlineData(AccessPolicy.Allowlist, Standing.Blocked, typeof(Admission.Refuse))]
    [InlineData(AccessPolicy.Blocked, Standing.Unknown, typeof(Admission.Refuse))]
    [InlineData(AccessPolicy.Blocked, Standing.Approved, typeof(Admission.Refuse))]
    public void A_policy_and_a_standing_decide(AccessPolicy policy, Standing standing, Type decision)
        => Assert.IsType(decision, AccessRules.Decide(policy, standing, "en", Now));

    [Theory]
    [InlineData("zh-CN", "配对码")]
    [InlineData("en", "pairing code")]
    [InlineData(null, "pairing code")]
    public void The_code_is_shown_in_the_senders_language_and_expires(string? locale, string words)
    {
        var pair = Assert.IsType<Admission.Pair>(AccessRules.Decide(AccessPolicy.Pairing, Standing.Unknown, locale, Now));

        Assert.Contains(words, pair.Notice, StringComparison.Ordinal);
        Assert.Contains(pair.Code.Value, pair.Notice, StringComparison.Ordinal);
        Assert.Matches("^[2-9A-HJKMNP-TWXYZ]{8}$", pair.Code.Value);
        Assert.Equal(Now + AccessRules.PairingCodeLifetime, pair.Code.ExpiresAt);
    }
}
