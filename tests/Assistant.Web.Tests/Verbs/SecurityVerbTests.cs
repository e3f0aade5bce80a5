using System.Text.Json;
using Assistant.Domain.Audit;
using Assistant.Domain.Audit.Checkpoints;
using Assistant.Domain.Audit.Tree;
using Assistant.Domain.Security;
using Assistant.Domain.Security.Invitations;
using Assistant.Domain.Security.Sessions;
using Assistant.Domain.Tenancy;
using Assistant.Testing.Fakes;
using Assistant.Testing.InMemory;
using Assistant.Web.Verbs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Web.Tests.Verbs;

public sealed class SecurityVerbTests : IDisposable
{
    private readonly string _file = Path.Combine(Path.GetTempPath(), $"assistant-{Guid.CreateVersion7():N}.jsonl");
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 23, 9, 0, 0, TimeSpan.Zero));
    private readonly InMemoryAuditLog _audit = new();
    private readonly UsersVerb _users;
    private readonly RolesVerb _roles;
    private readonly ApiKeysVerb _keys;
    private readonly CheckpointDesk _desk;
    private readonly AuditVerb _auditVerb;
    private readonly ApiKeyDesk _keyDesk;
    private readonly InMemoryUserSessionStore _sessions;
    private readonly SessionBoard _board;

    public SecurityVerbTests()
    {
        var tenants = new OneTenant();
        _keyDesk = new ApiKeyDesk(new InMemoryApiKeyStore(_audit, _clock), new OpenGuard(), _clock);
        var users = new InMemoryUserDirectory(_audit, _clock, TenantId.Default);
        _sessions = new InMemoryUserSessionStore(users, _audit, _clock);
        _board = new SessionBoard(_sessions, new SessionLimits(TimeSpan.FromHours(1), TimeSpan.FromDays(1)), _clock);
        var memberships = new InMemoryMembershipStore(users, _audit);
        var roles = new InMemoryRoleStore(memberships, new InMemoryApiKeyStore(_audit, _clock), _audit);
        _users = new UsersVerb(
            new UserDesk(users, new OpenGuard(), _clock, null, roles), new MembershipDesk(memberships, users, roles, new OpenGuard(), _clock),
            new SessionDesk(_sessions, _board, users, memberships, roles, _clock),
            new InvitationDesk(
                new InMemoryInvitationStore(_audit), users, memberships, roles, new InMemoryApiKeyStore(_audit, _clock), new OpenGuard(), _clock), tenants);
        _roles = new RolesVerb(new RoleDesk(roles, new OpenGuard(), _clock), tenants);
        _keys = new ApiKeysVerb(_keyDesk, tenants);
        _desk = new CheckpointDesk(
            _audit, new AuditTree(_audit, new InMemoryAuditTreeStore()), new InMemoryCheckpointStore(), new FakeCheckpointSigner(), [], new AuditAlarm(), _clock,
            NullLogger<CheckpointDesk>.Instance);
        _auditVerb = new AuditVerb(_audit, _desk, tenants, _clock);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _desk.Dispose();
        _board.Dispose();
        File.Delete(_file);
    }

    [Fact]
    public async Task An_invitation_is_printed_once_as_a_path_and_refused_for_a_role_there_is_not()
    {
        var (exit, output, _) = await RunAsync(_users, ["invite", "--role", "operator", "--note", "for Bob", "--hours", "5"]);

        Assert.Equal(VerbExit.Fine, exit);
        Assert.Matches("^/invitation/[A-Za-z0-9_-]{43}$", output.TrimEnd().Split('\n')[^1]);
        Assert.Equal(VerbExit.WrongUse, (await RunAsync(_users, ["invite", "--role", "none"])).Exit);
        Assert.Equal(VerbExit.WrongUse, (await RunAsync(_users, ["invite", "--role", "viewer", "--hours", "721"])).Exit);
        Assert.Equal(VerbExit.WrongUse, (await RunAsync(_users, ["invite", "--role", "viewer", "--hours", $"{int.MaxValue}"])).Exit);
        Assert.Equal(VerbExit.WrongUse, (await RunAsync(_users, ["invite", "--role", "viewer", "--hours", $"{int.MinValue}"])).Exit);
    }

    [Fact]
    public async Task A_user_is_signed_out_everywhere()
    {
        await RunAsync(_users, ["create", "--email", "ada@example.org", "--role", "owner", "--password-stdin"], "correct horse battery\n");
        var (_, list, _) = await RunAsync(_users, ["list"], json: true);
        var ada = new UserId(JsonDocument.Parse(list).RootElement[0].GetProperty("id").GetGuid());
        var now = _clock.GetUtcNow();
        var session = new UserSession(UserSessionId.Of(RandomToken.Create()), ada, TenantId.Default, now, now, SignInMethod.Password, DeviceLook.Unknown, "192.0.2.1");
        await _board.BeginAsync(session, Cancel);

        var (exit, output, _) = await RunAsync(_users, ["sign-out", "--email", "ADA@example.org"]);

        Assert.Equal((VerbExit.Fine, "ada@example.org is signed out; sessions ended: 1."), (exit, output.Trim()));
        Assert.False(_board.IsOpen(session.Id, ada));
        Assert.Equal(VerbExit.CheckFailed, (await RunAsync(_users, ["sign-out", "--email", "eve@example.org"])).Exit);
    }

    [Fact]
    public async Task A_user_is_created_with_the_password_from_standard_input()
    {
        var (exit, output, _) = await RunAsync(
            _users, ["create", "--email", "ada@example.org", "--role", "owner", "--password-stdin"], "correct horse battery\n");

        Assert.Equal((VerbExit.Fine, "Created ada@example.org as owner of tenant default."), (exit, output.Trim()));
        var (_, list, _) = await RunAsync(_users, ["list"], json: true);
        Assert.Equal("ada@example.org", JsonDocument.Parse(list).RootElement[0].GetProperty("email").GetString());
        Assert.Equal(VerbExit.Fine, (await RunAsync(_users, ["reset-mfa", "--email", "ADA@example.org"])).Exit);
        Assert.Equal(VerbExit.CheckFailed, (await RunAsync(_users, ["reset-mfa", "--email", "eve@example.org"])).Exit);
    }

    [Fact]
    public async Task A_forgotten_password_is_replaced_by_one_from_standard_input()
    {
        await RunAsync(_users, ["create", "--email", "ada@example.org", "--role", "owner", "--password-stdin"], "correct horse battery\n");

        var (exit, output, _) = await RunAsync(_users, ["reset-password", "--email", "ADA@example.org", "--password-stdin"], "a quite different one\n");

        Assert.Equal(VerbExit.Fine, exit);
        Assert.StartsWith("ada@example.org signs in by the new password", output, StringComparison.Ordinal);
        Assert.Equal("password-reset", (await _audit.ListAsync(TenantId.Default, new AuditFilter(), null, 1, Cancel)).Items[0].What.Details["change"]);
        Assert.Equal(VerbExit.WrongUse, (await RunAsync(_users, ["reset-password", "--email", "ada@example.org"], "a quite different one\n")).Exit);
        Assert.Equal(VerbExit.WrongUse, (await RunAsync(_users, ["reset-password", "--email", "ada@example.org", "--password-stdin"], "short\n")).Exit);
        Assert.Equal(
            VerbExit.CheckFailed, (await RunAsync(_users, ["reset-password", "--email", "eve@example.org", "--password-stdin"], "a quite different one\n")).Exit);
    }

    [Fact]
    public async Task A_role_is_made_given_and_deleted_only_when_nobody_holds_it()
    {
        await RunAsync(_users, ["create", "--email", "bo@example.org", "--role", "owner", "--password-stdin"], "correct horse battery\n");
        await RunAsync(_users, ["create", "--email", "ada@example.org", "--role", "viewer", "--password-stdin"], "correct horse battery\n");
        Assert.Equal(VerbExit.Fine, (await RunAsync(_roles, ["save", "--name", "desk", "--permissions", "people.read, conversations.read"])).Exit);

        Assert.Equal(VerbExit.Fine, (await RunAsync(_users, ["grant", "--email", "ada@example.org", "--role", "desk"])).Exit);
        var (_, list, _) = await RunAsync(_roles, ["list"]);
        Assert.Contains("conversations.read, people.read", list, StringComparison.Ordinal);
        var (exit, _, error) = await RunAsync(_roles, ["delete", "--name", "desk"]);
        Assert.Equal(VerbExit.CheckFailed, exit);
        Assert.Contains("1 members and 0 API keys", error, StringComparison.Ordinal);

        Assert.Equal(VerbExit.Fine, (await RunAsync(_users, ["remove", "--email", "ADA@example.org"])).Exit);
        Assert.Equal(VerbExit.Fine, (await RunAsync(_roles, ["delete", "--name", "desk"])).Exit);
        Assert.Equal(VerbExit.CheckFailed, (await RunAsync(_users, ["remove", "--email", "bo@example.org"])).Exit);
        Assert.Equal(VerbExit.CheckFailed, (await RunAsync(_users, ["grant", "--email", "eve@example.org", "--role", "viewer"])).Exit);
        Assert.Equal(VerbExit.WrongUse, (await RunAsync(_roles, ["save", "--name", "owner", "--permissions", "people.read"])).Exit);
    }

    [Theory]
    [InlineData("create", "--email", "ada@example.org", "--role", "owner")]
    [InlineData("create", "--email", "ada@example.org", "--password-stdin")]
    [InlineData("create", "--email", "ada@example.org", "--role", "emperor", "--password-stdin")]
    [InlineData("create", "--email", "ada@example.org", "--role", "owner", "--tenant", "nowhere", "--password-stdin")]
    [InlineData("create", "--email", "nobody", "--role", "owner", "--password-stdin")]
    [InlineData("create", "--password", "secret")]
    [InlineData("list", "--tenant")]
    [InlineData("drop")]
    public async Task A_wrong_call_says_how_it_is_meant_and_does_nothing(params string[] args)
    {
        var (exit, output, error) = await RunAsync(_users, args, "correct horse battery\n");

        Assert.Equal((VerbExit.WrongUse, ""), (exit, output));
        Assert.Contains("users create --email", error, StringComparison.Ordinal);
        Assert.Empty((await _audit.ListAsync(TenantId.Default, new AuditFilter(), null, 1, Cancel)).Items);
    }

    [Fact]
    public async Task A_key_is_printed_once_works_and_can_be_revoked()
    {
        var (exit, output, _) = await RunAsync(_keys, ["create", "--name", "ci", "--role", "operator"], json: true);
        var created = JsonDocument.Parse(output).RootElement;
        var (key, id) = (created.GetProperty("key").GetString()!, created.GetProperty("id").GetString()!);

        Assert.Equal(VerbExit.Fine, exit);
        Assert.NotNull(await _keyDesk.FindAsync(key, Cancel));
        Assert.DoesNotContain(key, (await RunAsync(_keys, ["list"], json: true)).Output, StringComparison.Ordinal);
        Assert.Equal(VerbExit.Fine, (await RunAsync(_keys, ["revoke", "--id", id])).Exit);
        Assert.Equal(VerbExit.CheckFailed, (await RunAsync(_keys, ["revoke", "--id", id])).Exit);
        Assert.Null(await _keyDesk.FindAsync(key, Cancel));
    }

    [Fact]
    public async Task An_export_verifies_and_a_changed_one_names_the_event()
    {
        await RunAsync(_keys, ["create", "--name", "ci", "--role", "operator"]);
        Assert.Equal(VerbExit.Fine, (await RunAsync(_auditVerb, ["export", "--out", _file])).Exit);

        Assert.Equal(VerbExit.Fine, (await RunAsync(_auditVerb, ["verify", "--file", _file])).Exit);
        Assert.Equal(VerbExit.Fine, (await RunAsync(_auditVerb, ["verify", "--checkpoint", _file])).Exit);

        var text = await File.ReadAllTextAsync(_file, Cancel);
        await File.WriteAllTextAsync(_file, text.Replace("operator", "owner", StringComparison.Ordinal), Cancel);
        var (exit, output, _) = await RunAsync(_auditVerb, ["verify", "--file", _file], json: true);
        Assert.Equal(VerbExit.CheckFailed, exit);
        Assert.Equal((1, "edited"), (JsonDocument.Parse(output).RootElement.GetProperty("brokenAt").GetInt64(), JsonDocument.Parse(output).RootElement.GetProperty("kind").GetString()));
    }

    [Fact]
    public async Task A_chain_shorter_than_a_kept_checkpoint_is_truncated()
    {
        await RunAsync(_keys, ["create", "--name", "ci", "--role", "operator"]);
        await File.WriteAllTextAsync(_file, AuditExport.Format(new AuditCheckpoint(TenantId.Default, 7, new string('a', 64), _clock.GetUtcNow())), Cancel);

        var (exit, output, _) = await RunAsync(_auditVerb, ["verify", "--checkpoint", _file]);

        Assert.Equal(VerbExit.CheckFailed, exit);
        Assert.Contains("BROKEN at event 2: truncated", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_checkpoint_is_signed_and_an_event_proven_by_it()
    {
        await RunAsync(_keys, ["create", "--name", "ci", "--role", "operator"]);
        Assert.Equal(VerbExit.CheckFailed, (await RunAsync(_auditVerb, ["proof", "1"])).Exit);

        var (exit, note, _) = await RunAsync(_auditVerb, ["checkpoint"]);
        Assert.Equal((VerbExit.Fine, 1), (exit, TreeHead.Parse(SignedNote.Parse(note).Text).Size));
        Assert.Equal((VerbExit.Fine, note), ((await RunAsync(_auditVerb, ["checkpoint"])) is var again ? (again.Exit, again.Output) : default));

        var (_, text, _) = await RunAsync(_auditVerb, ["proof", "1"]);
        var (_, key, _) = await RunAsync(_auditVerb, ["key"]);
        var proof = JsonDocument.Parse(text).RootElement;
        Assert.Equal(note, proof.GetProperty("checkpoint").GetString());
        Assert.Equal(key.Trim(), proof.GetProperty("key").GetString());
        Assert.Equal((1, 0), (proof.GetProperty("event").GetProperty("seq").GetInt32(), proof.GetProperty("hashes").GetArrayLength()));
        Assert.Equal(VerbExit.WrongUse, (await RunAsync(_auditVerb, ["proof", "first"])).Exit);
    }

    [Fact]
    public async Task A_changed_log_is_not_signed()
    {
        await RunAsync(_keys, ["create", "--name", "ci", "--role", "operator"]);
        await RunAsync(_auditVerb, ["checkpoint"]);
        _audit.Tamper(1, what => what with { Subject = "apikey/other" });

        var (exit, output, _) = await RunAsync(_auditVerb, ["checkpoint"]);

        Assert.Equal((VerbExit.CheckFailed, true), (exit, output.Contains("NOT SIGNED: event 1", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task An_export_carries_the_signed_checkpoint_and_a_table_is_a_table()
    {
        await RunAsync(_keys, ["create", "--name", "=cmd", "--role", "operator"]);

        var (_, export, _) = await RunAsync(_auditVerb, ["export"]);
        var (_, table, _) = await RunAsync(_auditVerb, ["export", "--format", "csv"]);

        var last = JsonDocument.Parse(export.TrimEnd().Split('\n')[^1]).RootElement.GetProperty("checkpoint");
        Assert.Equal(2, TreeHead.Parse(SignedNote.Parse(last.GetProperty("note").GetString()!).Text).Size);
        Assert.StartsWith("seq,at,", table, StringComparison.Ordinal);
        Assert.Equal(4, table.TrimEnd().Split("\r\n").Length);
        Assert.Equal(VerbExit.WrongUse, (await RunAsync(_auditVerb, ["export", "--format", "xml"])).Exit);
    }

    [Fact]
    public async Task A_missing_file_is_wrong_use()
        => Assert.Equal(VerbExit.WrongUse, (await RunAsync(_auditVerb, ["verify", "--file", _file + ".absent"])).Exit);

    [Theory]
    [InlineData("verify", "--file", "")]
    [InlineData("verify", "--checkpoint", "")]
    [InlineData("export", "--out", "")]
    [InlineData("export", "--out", "/no/such/folder/log")]
    public async Task A_path_that_cannot_be_used_is_wrong_use_and_nothing_is_recorded(params string[] args)
    {
        var (exit, output, error) = await RunAsync(_auditVerb, args);

        Assert.Equal((VerbExit.WrongUse, ""), (exit, output));
        Assert.NotEmpty(error);
        Assert.Empty((await _audit.ListAsync(TenantId.Default, new AuditFilter(), null, 1, Cancel)).Items);
    }

    private static async Task<(int Exit, string Output, string Error)> RunAsync(IVerb verb, string[] args, string input = "", bool json = false)
    {
        await using var services = new ServiceCollection().BuildServiceProvider();
        var (output, error) = (new StringWriter(), new StringWriter());
        var exit = await verb.RunAsync(new VerbContext(args, new StringReader(input), output, error, services, json), Cancel);
        return (exit, output.ToString(), error.ToString());
    }

    private sealed class OneTenant : ITenantDirectory
    {
        public Task<IReadOnlyList<Tenant>> ListAsync(CancellationToken cancellationToken)
            => Task.FromResult<IReadOnlyList<Tenant>>([new Tenant(TenantId.Default, "Default", DateTimeOffset.UnixEpoch)]);

        public Task<bool> EnsureAsync(TenantId id, string displayName, AuditDraft audit, CancellationToken cancellationToken) => Task.FromResult(false);

        public Task<bool> RenameAsync(TenantId id, string displayName, AuditDraft audit, CancellationToken cancellationToken) => Task.FromResult(false);
    }
}
