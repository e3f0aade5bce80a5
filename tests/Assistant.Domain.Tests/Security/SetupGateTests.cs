using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Testing.InMemory;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Domain.Tests.Security;

public sealed class SetupGateTests : IDisposable
{
    private readonly FakeTimeProvider _clock = new();
    private readonly InMemoryUserDirectory _users;
    private readonly SetupGate _gate;

    public SetupGateTests()
    {
        _users = new InMemoryUserDirectory(new InMemoryAuditLog(), _clock, TenantId.Default);
        _gate = new SetupGate(_users, _clock);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _gate.Dispose();

    [Fact]
    public async Task The_token_makes_the_first_user_an_owner_once()
    {
        var token = await _gate.FindTokenAsync(Cancel);
        Assert.True(await _gate.OpensAsync(token, Cancel));

        var claimed = Assert.IsType<SetupOutcome.Claimed>(await ClaimAsync(token));

        Assert.Equal(Roles.Owner, claimed.User.Role);
        Assert.IsType<SetupOutcome.Closed>(await ClaimAsync(token, "eve@example.org"));
        Assert.False(await _gate.OpensAsync(token, Cancel));
        Assert.Null(await _gate.FindTokenAsync(Cancel));
    }

    [Fact]
    public async Task Of_many_claims_one_succeeds()
    {
        var token = await _gate.FindTokenAsync(Cancel);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(() => ClaimAsync(token, $"user{i}@example.org"), Cancel)));

        Assert.Single(outcomes.OfType<SetupOutcome.Claimed>());
        Assert.Single(await _users.ListAsync(TenantId.Default, Cancel));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("guess")]
    public async Task Another_token_opens_nothing(string? token)
    {
        Assert.False(await _gate.OpensAsync(token, Cancel));
        Assert.IsType<SetupOutcome.Closed>(await ClaimAsync(token));
        Assert.False(await _users.AnyAsync(Cancel));
    }

    [Fact]
    public async Task Each_start_has_its_own_token()
    {
        using var next = new SetupGate(_users, _clock);

        Assert.NotEqual(await _gate.FindTokenAsync(Cancel), await next.FindTokenAsync(Cancel));
        Assert.False(await next.OpensAsync(await _gate.FindTokenAsync(Cancel), Cancel));
    }

    [Fact]
    public async Task A_mistake_does_not_use_up_the_token()
    {
        var token = await _gate.FindTokenAsync(Cancel);

        Assert.Equal("password", Assert.IsType<SetupOutcome.Invalid>(await ClaimAsync(token, password: "short")).Key);
        Assert.Equal("email", Assert.IsType<SetupOutcome.Invalid>(await ClaimAsync(token, "nobody")).Key);

        Assert.IsType<SetupOutcome.Claimed>(await ClaimAsync(token));
    }

    private Task<SetupOutcome> ClaimAsync(string? token, string email = "ada@example.org", string password = "correct horse battery")
        => _gate.ClaimAsync(token, TenantId.Default, email, password, totp: null, "192.0.2.1", Cancel);
}
