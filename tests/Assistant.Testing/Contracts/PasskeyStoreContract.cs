using System.Security.Cryptography;
using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Security.Passkeys;
using Assistant.Domain.Tenancy;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Testing.Contracts;

/// <summary>What every store of passkeys must do.</summary>
public abstract class PasskeyStoreContract
{
    private static readonly TenantId Own = TenantId.Default;
    private static readonly TenantId Other = new("other");

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 25, 9, 0, 0, TimeSpan.Zero));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>An empty store over a directory without users, in which the tenants exist.</summary>
    protected abstract Task<(IPasskeyStore Passkeys, IUserDirectory Users, IAuditLog Audit)> CreateAsync(TimeProvider clock, params TenantId[] tenants);

    [Fact]
    public async Task A_passkey_is_kept_as_it_was_made()
    {
        var (passkeys, users, audit) = await CreateAsync(_clock, Own, Other);
        var user = await AddUserAsync(users, "ada@example.org", Own);
        var made = Made(user);

        Assert.True(await passkeys.AddAsync(made, Draft(Own), Cancel));

        AssertSame(made, Assert.Single(await passkeys.ListAsync(Own, user.Id, Cancel)));
        AssertSame(made, (await passkeys.FindAsync(made.Credential.CredentialId, Cancel))!);
        Assert.Null(await passkeys.FindAsync([1, 2, 3], Cancel));
        Assert.Equal(1, await CountAsync(audit, Own));
    }

    [Fact]
    public async Task An_authenticators_credential_belongs_to_one_user_of_the_installation()
    {
        var (passkeys, users, audit) = await CreateAsync(_clock, Own, Other);
        var ada = Made(await AddUserAsync(users, "ada@example.org", Own));
        var bob = Made(await AddUserAsync(users, "bob@example.org", Other)) with { Credential = ada.Credential };
        Assert.True(await passkeys.AddAsync(ada, Draft(Own), Cancel));

        Assert.False(await passkeys.AddAsync(bob, Draft(Other), Cancel));
        Assert.False(await passkeys.AddAsync(Made(ada.User, Other), Draft(Other), Cancel));

        Assert.Equal(0, await CountAsync(audit, Other));
    }

    [Fact]
    public async Task A_tenant_does_not_see_or_change_anothers_passkeys()
    {
        var (passkeys, users, _) = await CreateAsync(_clock, Own, Other);
        var made = Made(await AddUserAsync(users, "ada@example.org", Own));
        await passkeys.AddAsync(made, Draft(Own), Cancel);

        Assert.Empty(await passkeys.ListAsync(Other, made.User, Cancel));
        Assert.False(await passkeys.RenameAsync(Other, made.User, made.Id, "mine", Draft(Other), Cancel));
        Assert.Null(await passkeys.RevokeAsync(Other, made.User, made.Id, Draft(Other), Cancel));
        Assert.Null(await passkeys.RevokeAsync(Own, new UserId(Guid.CreateVersion7()), made.Id, Draft(Own), Cancel));
        Assert.Single(await passkeys.ListAsync(Own, made.User, Cancel));
    }

    [Fact]
    public async Task Renaming_changes_the_name_alone_and_revoking_ends_sessions()
    {
        var (passkeys, users, audit) = await CreateAsync(_clock, Own);
        var user = await AddUserAsync(users, "ada@example.org", Own);
        var made = Made(user);
        await passkeys.AddAsync(made, Draft(Own), Cancel);
        var session = (await passkeys.UseAsync(made, made.Credential with { SignCount = 8 }, true, Draft(Own), Cancel))!;

        Assert.True(await passkeys.RenameAsync(Own, user.Id, made.Id, "钥匙", Draft(Own), Cancel));
        Assert.Equal("钥匙", Assert.Single(await passkeys.ListAsync(Own, user.Id, Cancel)).Name);
        Assert.NotNull(await users.FindSessionAsync(user.Id, session.Stamp, Cancel));

        var left = await passkeys.RevokeAsync(Own, user.Id, made.Id, Draft(Own), Cancel);

        Assert.Empty(await passkeys.ListAsync(Own, user.Id, Cancel));
        Assert.Null(await users.FindSessionAsync(user.Id, session.Stamp, Cancel));
        Assert.NotNull(await users.FindSessionAsync(user.Id, left!.Stamp, Cancel));
        Assert.Null(await passkeys.RevokeAsync(Own, user.Id, made.Id, Draft(Own), Cancel));
        Assert.Equal(4, await CountAsync(audit, Own));
    }

    [Fact]
    public async Task A_use_moves_the_count_and_is_recorded_once_for_each_count()
    {
        var (passkeys, users, audit) = await CreateAsync(_clock, Own);
        var user = await AddUserAsync(users, "ada@example.org", Own);
        var made = Made(user);
        await passkeys.AddAsync(made, Draft(Own), Cancel);
        _clock.Advance(TimeSpan.FromHours(1));
        var next = made.Credential with { SignCount = 8, IsBackedUp = true };

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => passkeys.UseAsync(made, next, true, Draft(Own), Cancel)));

        var session = Assert.Single(outcomes, outcome => outcome is not null)!;
        Assert.Equal((user.Id, _clock.GetUtcNow()), (session.User.Id, session.User.LastSignInAt));
        var used = Assert.Single(await passkeys.ListAsync(Own, user.Id, Cancel));
        Assert.Equal((8u, true, _clock.GetUtcNow()), (used.Credential.SignCount, used.Credential.IsBackedUp, used.LastUsedAt));
        Assert.Equal(2, await CountAsync(audit, Own));
    }

    [Fact]
    public async Task A_use_that_begins_no_session_is_no_sign_in()
    {
        var (passkeys, users, _) = await CreateAsync(_clock, Own);
        var user = await AddUserAsync(users, "ada@example.org", Own);
        var made = Made(user);
        await passkeys.AddAsync(made, Draft(Own), Cancel);

        Assert.Null((await passkeys.UseAsync(made, made.Credential with { SignCount = 8 }, false, Draft(Own), Cancel))!.User.LastSignInAt);
    }

    [Fact]
    public async Task A_challenge_is_claimed_once_by_whoever_comes_first()
    {
        var (passkeys, users, _) = await CreateAsync(_clock, Own);
        var user = await AddUserAsync(users, "ada@example.org", Own);
        var opened = Opened(user.Id, CeremonyPurpose.StepUp, SHA256.HashData([7]));
        await passkeys.OpenAsync(opened, _clock.GetUtcNow(), Cancel);

        var claims = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => passkeys.ClaimAsync(opened.Id, _clock.GetUtcNow(), Cancel)));

        var claimed = Assert.Single(claims, claim => claim is not null)!;
        Assert.Equal(opened with { PayloadHash = null }, claimed with { PayloadHash = null });
        Assert.Equal(opened.PayloadHash, claimed.PayloadHash);
        Assert.Null(await passkeys.ClaimAsync(Guid.CreateVersion7(), _clock.GetUtcNow(), Cancel));
    }

    [Fact]
    public async Task A_challenge_expires()
    {
        var (passkeys, _, _) = await CreateAsync(_clock, Own);
        var opened = Opened(null, CeremonyPurpose.SignIn, null);
        await passkeys.OpenAsync(opened, _clock.GetUtcNow(), Cancel);

        _clock.Advance(Ceremony.Lifetime);

        Assert.Null(await passkeys.ClaimAsync(opened.Id, _clock.GetUtcNow(), Cancel));
    }

    private static void AssertSame(Passkey expected, Passkey actual)
    {
        Assert.Equal(expected with { Credential = actual.Credential }, actual);
        Assert.Equivalent(expected.Credential, actual.Credential, strict: true);
    }

    private Ceremony Opened(UserId? user, CeremonyPurpose purpose, byte[]? payloadHash)
        => new(Guid.CreateVersion7(), Own, user, purpose, payloadHash, "{\"challenge\":\"x\"}", _clock.GetUtcNow() + Ceremony.Lifetime);

    private Passkey Made(User user) => Made(user.Id, user.Tenant);

    private Passkey Made(UserId user, TenantId tenant) => new(
        new PasskeyId(Guid.CreateVersion7()), tenant, user, "Phone",
        new PasskeyCredential(
            RandomNumberGenerator.GetBytes(64), RandomNumberGenerator.GetBytes(77), 7, ["internal", "hybrid"], Guid.CreateVersion7(), true, false),
        _clock.GetUtcNow(), null);

    private async Task<User> AddUserAsync(IUserDirectory users, string email, TenantId tenant) => Assert.IsType<CreateUserOutcome.Created>(
        await users.CreateAsync(
            new NewUser(new UserId(Guid.CreateVersion7()), tenant, email, Roles.Owner, "correct horse battery"), false,
            Draft(tenant) with { Action = AuditActions.UserCreated }, Cancel)).User;

    private AuditDraft Draft(TenantId tenant) => new(tenant, _clock.GetUtcNow(), Actor.System, "test.changed", "user/x", "local", AuditDraft.NoDetails);

    private static async Task<int> CountAsync(IAuditLog audit, TenantId tenant)
        => (await audit.ListAsync(tenant, new AuditFilter("test.changed"), null, 100, Cancel)).Items.Count;
}
