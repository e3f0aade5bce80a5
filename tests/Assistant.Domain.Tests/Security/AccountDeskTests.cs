using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Testing.Fakes;
using Assistant.Testing.InMemory;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Domain.Tests.Security;

public sealed class AccountDeskTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly InMemoryAuditLog _audit = new();
    private readonly InMemoryUserDirectory _directory;
    private readonly UserDesk _users;
    private readonly ApiKeyDesk _keys;

    public AccountDeskTests()
    {
        _directory = new InMemoryUserDirectory(_audit, _clock, TenantId.Default);
        _users = new UserDesk(_directory, new OpenGuard(), _clock);
        _keys = new ApiKeyDesk(new InMemoryApiKeyStore(_audit, _clock), new OpenGuard(), _clock);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_the_permission_nothing_is_shown_or_made()
    {
        var viewer = Callers.Of(Roles.Viewer);

        await Assert.ThrowsAsync<PermissionDeniedException>(() => _users.ListAsync(viewer, Cancel));
        await Assert.ThrowsAsync<PermissionDeniedException>(
            () => _users.CreateAsync(viewer, "a@example.org", Roles.Viewer, "correct horse battery", null, Cancel));
        await Assert.ThrowsAsync<PermissionDeniedException>(() => _keys.ListAsync(viewer, Cancel));
        await Assert.ThrowsAsync<PermissionDeniedException>(() => _keys.CreateAsync(viewer, "ci", Roles.Viewer, Cancel));
    }

    [Fact]
    public async Task Nobody_gives_more_than_they_have()
    {
        var clerk = new Caller(
            new Actor("user", "1", "Clerk"), TenantId.Default, new HashSet<string> { Permissions.ApiKeysManage, Permissions.UsersManage }, "local");

        Assert.Equal("role", Assert.IsType<CreateApiKeyOutcome.Invalid>(await _keys.CreateAsync(clerk, "ci", Roles.Operator, Cancel)).Key);
        Assert.Equal("role", Assert.IsType<CreateUserOutcome.Invalid>(
            await _users.CreateAsync(clerk, "a@example.org", Roles.Viewer, "correct horse battery", null, Cancel)).Key);
        Assert.Equal("role", Assert.IsType<CreateApiKeyOutcome.Invalid>(await _keys.CreateAsync(Callers.Admin, "ci", "emperor", Cancel)).Key);
    }

    [Fact]
    public async Task Whoever_may_do_more_is_changed_by_nobody_who_knows_the_password()
    {
        var (seed, next) = (TotpSecret.Create(), TotpSecret.Create());
        var owner = Assert.IsType<CreateUserOutcome.Created>(
            await _users.CreateAsync(Callers.Of(Roles.Owner), "ola@example.org", Roles.Owner, "correct horse battery", seed, Cancel)).User;
        var (desk, admin) = (new AccountDesk(_directory, new FakeTotp(_clock), new OpenGuard(), _clock), Callers.Of(Roles.Admin));

        var refused = new CredentialOutcome.MayDoMore("ola@example.org");
        Assert.Equal(refused, await desk.RemoveTotpAsync(admin, owner.Id, "correct horse battery", Cancel));
        Assert.Equal(refused, await desk.EnrolTotpAsync(admin, owner.Id, "correct horse battery", next, FakeTotp.CodeAt(next, _clock.GetUtcNow()), Cancel));
        Assert.Equal(refused, await desk.ChangePasswordAsync(admin, owner.Id, "correct horse battery", "a quite different one", Cancel));

        Assert.IsType<CredentialOutcome.Changed>(await desk.RemoveTotpAsync(
            new Caller(owner.AsActor, TenantId.Default, Roles.PermissionsOf(Roles.Viewer), "local"), owner.Id, "correct horse battery", Cancel));
    }

    [Fact]
    public async Task The_audit_log_names_who_did_it_and_no_secret()
    {
        var created = Assert.IsType<CreateApiKeyOutcome.Created>(await _keys.CreateAsync(Callers.Admin, "ci", Roles.Viewer, Cancel));
        await _users.CreateAsync(Callers.Admin, "a@example.org", Roles.Viewer, "correct horse battery", null, Cancel);

        var lines = (await _audit.ListAsync(TenantId.Default, new AuditFilter(), null, 10, Cancel)).Items.Select(AuditExport.Format).ToList();

        Assert.Equal(2, lines.Count);
        Assert.All(lines, line => Assert.Contains("\"Ada\"", line, StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.Contains(created.Secret.Reveal(), StringComparison.Ordinal) || line.Contains("correct horse", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_presented_key_is_found_only_whole()
    {
        var created = Assert.IsType<CreateApiKeyOutcome.Created>(await _keys.CreateAsync(Callers.Admin, "ci", Roles.Viewer, Cancel));
        var text = created.Secret.Reveal();

        Assert.StartsWith("ask_", text, StringComparison.Ordinal);
        Assert.Equal(created.Key.Id, (await _keys.FindAsync(text, Cancel))?.Id);
        Assert.Null(await _keys.FindAsync(text[..^1], Cancel));
        Assert.Null(await _keys.FindAsync(text + "A", Cancel));
        Assert.Null(await _keys.FindAsync(text["ask_".Length..], Cancel));
        Assert.Null(await _keys.FindAsync(null, Cancel));
    }
}
