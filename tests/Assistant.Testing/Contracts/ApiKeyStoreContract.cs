using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Testing.Contracts;

/// <summary>What every store of API keys must do.</summary>
public abstract class ApiKeyStoreContract
{
    private static readonly TenantId Own = TenantId.Default;
    private static readonly TenantId Other = new("other");

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 23, 9, 0, 0, TimeSpan.Zero));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>An empty store in which the tenants exist, and the log it writes to.</summary>
    protected abstract Task<(IApiKeyStore Keys, IAuditLog Audit)> CreateAsync(TimeProvider clock, params TenantId[] tenants);

    [Fact]
    public async Task A_key_is_found_by_its_secret_alone()
    {
        var (keys, audit) = await CreateAsync(_clock, Own, Other);
        var (key, secret) = await AddAsync(keys, Own);

        Assert.Equal(key.Id, (await keys.FindAsync(secret, Cancel))?.Id);
        Assert.Null(await keys.FindAsync(ApiKeySecret.Create(), Cancel));
        Assert.Contains((await audit.ListAsync(Own, new AuditFilter(), null, 10, Cancel)).Items, e => e.What.Action == AuditActions.ApiKeyCreated);
    }

    [Fact]
    public async Task A_tenant_neither_sees_nor_revokes_anothers_keys()
    {
        var (keys, _) = await CreateAsync(_clock, Own, Other);
        var (mine, _) = await AddAsync(keys, Own);
        var (theirs, secret) = await AddAsync(keys, Other);

        Assert.Equal([mine], await keys.ListAsync(Own, Cancel));
        Assert.False(await keys.RevokeAsync(Own, theirs.Id, Draft(Own, AuditActions.ApiKeyRevoked), Cancel));
        Assert.Equal(Other, (await keys.FindAsync(secret, Cancel))?.Tenant);
    }

    [Fact]
    public async Task A_revoked_key_is_useless_at_once_and_stays_listed()
    {
        var (keys, audit) = await CreateAsync(_clock, Own);
        var (key, secret) = await AddAsync(keys, Own);

        Assert.True(await keys.RevokeAsync(Own, key.Id, Draft(Own, AuditActions.ApiKeyRevoked), Cancel));
        Assert.False(await keys.RevokeAsync(Own, key.Id, Draft(Own, AuditActions.ApiKeyRevoked), Cancel));

        Assert.Null(await keys.FindAsync(secret, Cancel));
        Assert.Equal(_clock.GetUtcNow(), Assert.Single(await keys.ListAsync(Own, Cancel)).RevokedAt);
        Assert.Single((await audit.ListAsync(Own, new AuditFilter(Action: AuditActions.ApiKeyRevoked), null, 10, Cancel)).Items);
    }

    [Fact]
    public async Task The_last_use_is_remembered_to_within_ten_minutes()
    {
        var (keys, _) = await CreateAsync(_clock, Own);
        var (_, secret) = await AddAsync(keys, Own);
        var first = _clock.GetUtcNow();

        await keys.FindAsync(secret, Cancel);
        _clock.Advance(TimeSpan.FromMinutes(9));
        await keys.FindAsync(secret, Cancel);
        Assert.Equal(first, Assert.Single(await keys.ListAsync(Own, Cancel)).LastUsedAt);

        _clock.Advance(TimeSpan.FromMinutes(1));
        await keys.FindAsync(secret, Cancel);
        Assert.Equal(_clock.GetUtcNow(), Assert.Single(await keys.ListAsync(Own, Cancel)).LastUsedAt);
    }

    private async Task<(ApiKey Key, ApiKeySecret Secret)> AddAsync(IApiKeyStore keys, TenantId tenant)
    {
        var secret = ApiKeySecret.Create();
        var key = new ApiKey(ApiKeyId.Create(), tenant, "script", Roles.Viewer, secret.Hint, _clock.GetUtcNow(), null, null);
        await keys.AddAsync(key, secret, Draft(tenant, AuditActions.ApiKeyCreated), Cancel);
        return (key, secret);
    }

    private AuditDraft Draft(TenantId tenant, string action)
        => new(tenant, _clock.GetUtcNow(), Actor.System, action, "apikey/x", "local", AuditDraft.NoDetails);
}
