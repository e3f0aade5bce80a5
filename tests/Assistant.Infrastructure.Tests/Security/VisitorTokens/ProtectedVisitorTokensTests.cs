using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.WebChat;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Security.VisitorTokens;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Infrastructure.Tests.Security.VisitorTokens;

public sealed class ProtectedVisitorTokensTests
{
    private static readonly Connection Web = new(
        new ConnectionId("web"), TenantId.Default, WebChatProfile.ChannelType, "Web", AccessPolicy.Open, true, false, SettingValues.Empty, default, default);

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 3, 24, 9, 0, 0, TimeSpan.Zero));
    private readonly ProtectedVisitorTokens _tokens;
    private readonly VisitorId _visitor = VisitorId.Create();

    public ProtectedVisitorTokensTests() => _tokens = new(new EphemeralDataProtectionProvider(), _clock);

    [Fact]
    public void A_token_names_its_visitor()
    {
        Assert.Equal(new VisitorTicket(_visitor, ShouldRenew: false), _tokens.Read(Web, _tokens.Issue(Web, _visitor)));
    }

    [Fact]
    public void A_token_opens_nothing_of_another_connection_or_tenant_not_even_under_the_same_name()
    {
        var token = _tokens.Issue(Web, _visitor);

        Assert.Null(_tokens.Read(Web with { Id = new ConnectionId("other") }, token));
        Assert.Null(_tokens.Read(Web with { Tenant = new TenantId("other") }, token));
    }

    [Fact]
    public void An_altered_token_is_refused_at_every_byte()
    {
        var token = _tokens.Issue(Web, _visitor);

        for (var i = 0; i < token.Length - 1; i++)
        {
            Assert.Null(_tokens.Read(Web, token[..i] + (token[i] == 'A' ? 'B' : 'A') + token[(i + 1)..]));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("not base 64!")]
    [InlineData("AAAA")]
    public void Nonsense_is_refused(string token)
    {
        Assert.Null(_tokens.Read(Web, token));
        Assert.Null(_tokens.Read(Web, token + new string('A', 5000)));
    }

    [Fact]
    public void A_token_ages_and_ends()
    {
        var token = _tokens.Issue(Web, _visitor);
        _clock.Advance(TimeSpan.FromDays(31));
        Assert.True(_tokens.Read(Web, token)!.ShouldRenew);
        _clock.Advance(TimeSpan.FromDays(370));

        Assert.Null(_tokens.Read(Web, token));
    }

    [Fact]
    public void A_pass_works_once_within_minutes_and_is_no_token()
    {
        var (pass, late) = (_tokens.IssuePass(Web, _visitor), _tokens.IssuePass(Web, _visitor));

        Assert.Null(_tokens.Read(Web, pass));
        Assert.Null(_tokens.RedeemPass(Web, _tokens.Issue(Web, _visitor)));
        Assert.Equal(_visitor, _tokens.RedeemPass(Web, pass));
        Assert.Null(_tokens.RedeemPass(Web, pass));
        _clock.Advance(TimeSpan.FromMinutes(11));

        Assert.Null(_tokens.RedeemPass(Web, late));
    }

    [Fact]
    public void A_pass_works_again_for_the_device_that_used_it_and_no_longer_than_before()
    {
        var (pass, other) = (_tokens.IssuePass(Web, _visitor), _tokens.IssuePass(Web, _visitor));
        Assert.Equal(_visitor, _tokens.RedeemPass(Web, pass, "phone"));
        Assert.Equal(_visitor, _tokens.RedeemPass(Web, other));

        Assert.Equal(_visitor, _tokens.RedeemPass(Web, pass, "phone"));
        Assert.All(new[] { "tablet", "", null }, device => Assert.Null(_tokens.RedeemPass(Web, pass, device)));
        Assert.All(new[] { "phone", "", null }, device => Assert.Null(_tokens.RedeemPass(Web, other, device)));
        _clock.Advance(TimeSpan.FromMinutes(11));

        Assert.Null(_tokens.RedeemPass(Web, pass, "phone"));
    }

    [Fact]
    public void A_pass_that_is_given_back_works_once_more_and_no_longer_than_before()
    {
        var (pass, late) = (_tokens.IssuePass(Web, _visitor), _tokens.IssuePass(Web, _visitor));
        Assert.Equal(_visitor, _tokens.RedeemPass(Web, pass));
        Assert.Equal(_visitor, _tokens.RedeemPass(Web, late));

        _tokens.ReturnPass(pass);
        Assert.Equal(_visitor, _tokens.RedeemPass(Web, pass));
        Assert.Null(_tokens.RedeemPass(Web, pass));
        _tokens.ReturnPass(late);
        _clock.Advance(TimeSpan.FromMinutes(11));

        Assert.Null(_tokens.RedeemPass(Web, late));
    }

    [Fact]
    public void A_used_pass_stays_used_however_it_is_written()
    {
        var pass = _tokens.IssuePass(Web, _visitor);
        Assert.Equal(_visitor, _tokens.RedeemPass(Web, pass));

        Assert.All(
            [pass + " ", " " + pass, pass[..9] + "\n" + pass[9..], pass + "=", pass + "==", pass + "%", .. Endings(pass)],
            written => Assert.Null(_tokens.RedeemPass(Web, written)));
    }

    /// <summary>The last letter may have bits that mean nothing.</summary>
    private static IEnumerable<string> Endings(string pass) =>
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".Select(letter => pass[..^1] + letter);
}
