using Assistant.Domain.Attachments;
using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Testing.Fakes;
using Assistant.Testing.InMemory;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Domain.Tests.Conversations;

/// <summary>Who takes a conversation over from whom.</summary>
public sealed class ConversationHoldersTests
{
    private static readonly Caller Bob = Callers.Of(Roles.Operator, "Bob");

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 25, 9, 0, 0, TimeSpan.Zero));
    private readonly FakeConversations _conversations = new();
    private readonly InMemoryUserDirectory _users;
    private readonly InMemoryMembershipStore _memberships;
    private readonly InMemoryApiKeyStore _keys;
    private readonly InMemoryRoleStore _roles;
    private readonly ConversationDesk _desk;

    public ConversationHoldersTests()
    {
        var (log, signals, channel) = (new InMemoryAuditLog(), new RecordedSignals(), new FakeChannel());
        _users = new InMemoryUserDirectory(log, _clock, TenantId.Default);
        _memberships = new InMemoryMembershipStore(_users, log);
        _keys = new InMemoryApiKeyStore(log, _clock);
        _roles = new InMemoryRoleStore(_memberships, _keys, log);
        _desk = new ConversationDesk(
            _conversations, _conversations, new FakeConnections(), channel, signals, signals, signals, AttachmentLimits.Default, FakeFileAddresses.None, _clock,
            new ConversationHolders(_memberships, _roles, _keys));
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private ConversationId Id => _conversations.Only.Id;

    [Fact]
    public async Task What_a_member_holds_who_may_answer_stays_theirs()
    {
        var ann = await JoinAsync(Roles.Operator);
        await _desk.TakeOverAsync(ann, Id, Cancel);

        Assert.Equal(ann.AsUser, Assert.IsType<ControlOutcome.HeldByOther>(await _desk.TakeOverAsync(Bob, Id, Cancel)).Operator);
        Assert.False(await _desk.IsHolderGoneAsync(Bob, ann.AsUser, Cancel));
    }

    [Theory]
    [InlineData("removed")]
    [InlineData("viewer")]
    [InlineData("role")]
    public async Task What_somebody_holds_who_may_answer_no_more_is_taken_over_and_the_event_says_from_whom(string how)
    {
        await _roles.SaveAsync(new CustomRole(TenantId.Default, "desk", new HashSet<string> { Permissions.ConversationsReply }, default), Draft(), Cancel);
        var ann = await JoinAsync("desk");
        await _desk.TakeOverAsync(ann, Id, Cancel);

        await (how switch
        {
            "removed" => _memberships.RemoveAsync(TenantId.Default, ann.AsUser.Id, Draft(), Cancel),
            "viewer" => _memberships.SetAsync(TenantId.Default, ann.AsUser.Id, Roles.Viewer, Draft(), Cancel),
            _ => _roles.SaveAsync(new CustomRole(TenantId.Default, "desk", new HashSet<string> { Permissions.ConversationsRead }, default), Draft(), Cancel),
        });

        Assert.IsType<ControlOutcome.Changed>(await _desk.TakeOverAsync(Bob, Id, Cancel));
        Assert.Equal(Bob.AsUser, _conversations.Only.Operator);
        Assert.Equal("Ann", _conversations.Audited[^1].Details["from"]);
    }

    [Fact]
    public async Task What_a_program_holds_is_taken_over_once_its_key_is_revoked()
    {
        var (key, secret) = (new ApiKey(ApiKeyId.Create(), TenantId.Default, "script", Roles.Operator, "abcd", default, null, null), ApiKeySecret.Create());
        await _keys.AddAsync(key, secret, Draft(), Cancel);
        await _desk.TakeOverAsync(Bob with { Actor = key.AsActor }, Id, Cancel);
        Assert.IsType<ControlOutcome.HeldByOther>(await _desk.TakeOverAsync(Bob, Id, Cancel));

        await _keys.RevokeAsync(TenantId.Default, key.Id, Draft(), Cancel);

        Assert.IsType<ControlOutcome.Changed>(await _desk.TakeOverAsync(Bob, Id, Cancel));
    }

    private async Task<Caller> JoinAsync(string role)
    {
        await _users.CreateAsync(
            new NewUser(new UserId(Guid.CreateVersion7()), TenantId.Default, "owner@example.org", Roles.Owner, "correct horse battery", null), false, Draft(), Cancel);
        var ann = new UserId(Guid.CreateVersion7());
        await _users.CreateAsync(new NewUser(ann, TenantId.Default, "ann@example.org", role, "correct horse battery", null), false, Draft(), Cancel);
        return Bob with { Actor = new Actor("user", ann.ToString(), "Ann") };
    }

    private AuditDraft Draft() => new(TenantId.Default, _clock.GetUtcNow(), Actor.System, "test.changed", "x", "local", AuditDraft.NoDetails);
}
