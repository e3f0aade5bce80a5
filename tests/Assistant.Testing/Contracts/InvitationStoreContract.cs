using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Security.Invitations;
using Assistant.Domain.Tenancy;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Testing.Contracts;

/// <summary>What every store of invitations must do.</summary>
public abstract class InvitationStoreContract
{
    private static readonly TenantId Own = TenantId.Default;
    private static readonly TenantId Other = new("other");

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 28, 9, 0, 0, TimeSpan.Zero));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>An empty store in which the tenants exist.</summary>
    protected abstract Task<(IInvitationStore Invitations, IAuditLog Audit)> CreateAsync(TimeProvider clock, params TenantId[] tenants);

    [Fact]
    public async Task An_invitation_is_kept_as_it_was_made_and_listed_in_its_tenant_alone()
    {
        var (invitations, audit) = await CreateAsync(_clock, Own, Other);
        var (first, second) = (Made(Own), Made(Own) with { CreatedAt = _clock.GetUtcNow().AddMinutes(1) });
        await invitations.AddAsync(first, Draft(Own, AuditActions.InvitationMade), Cancel);
        await invitations.AddAsync(second, Draft(Own, AuditActions.InvitationMade), Cancel);

        Assert.Equal(first, await invitations.FindAsync(first.Id, Cancel));
        Assert.Equal([second, first], await invitations.ListOpenAsync(Own, _clock.GetUtcNow(), Cancel));
        Assert.Empty(await invitations.ListOpenAsync(Other, _clock.GetUtcNow(), Cancel));
        Assert.Null(await invitations.FindAsync(new InvitationId(Guid.CreateVersion7()), Cancel));
        Assert.Equal(2, await CountAsync(audit, AuditActions.InvitationMade));
    }

    [Fact]
    public async Task Of_many_claims_at_once_one_succeeds()
    {
        var (invitations, audit) = await CreateAsync(_clock, Own);
        var made = Made(Own);
        await invitations.AddAsync(made, Draft(Own, AuditActions.InvitationMade), Cancel);

        var claims = await Task.WhenAll(Enumerable.Range(0, 12).Select(
            _ => Task.Run(() => invitations.ClaimAsync(made.Id, Draft(Own, AuditActions.InvitationUsed), Cancel), Cancel)));

        Assert.Single(claims, claimed => claimed);
        Assert.Equal(_clock.GetUtcNow(), (await invitations.FindAsync(made.Id, Cancel))?.UsedAt);
        Assert.Empty(await invitations.ListOpenAsync(Own, _clock.GetUtcNow(), Cancel));
        Assert.False(await invitations.RevokeAsync(Own, made.Id, Draft(Own, AuditActions.InvitationRevoked), Cancel));
        Assert.Equal((1, 0), (await CountAsync(audit, AuditActions.InvitationUsed), await CountAsync(audit, AuditActions.InvitationRevoked)));
    }

    [Fact]
    public async Task A_revoked_one_is_not_claimed_and_only_its_tenant_revokes_it()
    {
        var (invitations, audit) = await CreateAsync(_clock, Own, Other);
        var made = Made(Own);
        await invitations.AddAsync(made, Draft(Own, AuditActions.InvitationMade), Cancel);

        Assert.False(await invitations.RevokeAsync(Other, made.Id, Draft(Other, AuditActions.InvitationRevoked), Cancel));
        Assert.True(await invitations.RevokeAsync(Own, made.Id, Draft(Own, AuditActions.InvitationRevoked), Cancel));
        Assert.False(await invitations.RevokeAsync(Own, made.Id, Draft(Own, AuditActions.InvitationRevoked), Cancel));
        Assert.False(await invitations.ClaimAsync(made.Id, Draft(Own, AuditActions.InvitationUsed), Cancel));
        Assert.Equal((1, 0), (await CountAsync(audit, AuditActions.InvitationRevoked), await CountAsync(audit, AuditActions.InvitationUsed)));
    }

    [Fact]
    public async Task After_its_time_it_is_neither_listed_nor_claimed()
    {
        var (invitations, _) = await CreateAsync(_clock, Own);
        var (late, early) = (Made(Own), Made(Own));
        await invitations.AddAsync(late, Draft(Own, AuditActions.InvitationMade), Cancel);
        await invitations.AddAsync(early, Draft(Own, AuditActions.InvitationMade), Cancel);
        _clock.SetUtcNow(early.ExpiresAt.AddMilliseconds(-1));
        Assert.True(await invitations.ClaimAsync(early.Id, Draft(Own, AuditActions.InvitationUsed), Cancel));
        _clock.SetUtcNow(late.ExpiresAt);

        Assert.False(await invitations.ClaimAsync(late.Id, Draft(Own, AuditActions.InvitationUsed), Cancel));
        Assert.Empty(await invitations.ListOpenAsync(Own, _clock.GetUtcNow(), Cancel));
    }

    private Invitation Made(TenantId tenant) => new(
        new InvitationId(RandomToken.Create().Id), tenant, Roles.Operator, "给小明 for Ming", new Actor("user", Guid.CreateVersion7().ToString(), "ada@example.org"),
        _clock.GetUtcNow(), _clock.GetUtcNow() + Invitation.DefaultLifetime);

    private AuditDraft Draft(TenantId tenant, string action)
        => new(tenant, _clock.GetUtcNow(), Actor.System, action, "invitation/x", "local", AuditDraft.NoDetails);

    private static async Task<int> CountAsync(IAuditLog audit, string action)
        => (await audit.ListAsync(Own, new AuditFilter(action), null, 50, Cancel)).Items.Count;
}
