using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Tests.Persistence;
using Assistant.Testing.Contracts;
using Xunit;

namespace Assistant.Infrastructure.Tests.Conversations;

/// <summary>What an operator holds waits for a person while they may not answer.</summary>
public abstract class HeldConversationsTests : PathContract
{
    private static readonly CustomRole s_desk = new(Home, "desk", new HashSet<string> { Permissions.ConversationsReply }, default);
    private static readonly CustomRole s_lesser = s_desk with { Permissions = new HashSet<string> { Permissions.PeopleRead } };

    private TestHouse House => (TestHouse)Ports.Owner!;

    [Theory]
    [InlineData("membership")]
    [InlineData("role")]
    [InlineData("permissions")]
    public async Task A_members_conversations_wait_from_when_they_may_answer_no_more_until_they_may_again(string what)
    {
        var (memberships, roles) = (House.Get<IMembershipStore>(), House.Get<IRoleStore>());
        await roles.SaveAsync(s_desk, Draft(Home, "test", "x"), Cancel);
        await roles.SaveAsync(s_lesser with { Tenant = Office }, Draft(Office, "test", "x"), Cancel);
        var ann = await JoinAsync(Home, "desk");
        var (open, closed) = (await HoldAsync(Home, "open", ann), await HoldAsync(Home, "closed", ann));
        await HoldAsync(Home, "others", Bo);
        await HoldAsync(Office, "foreign", ann);
        await CloseAsync(Home, closed);

        await (what switch
        {
            "membership" => memberships.RemoveAsync(Home, ann.Id, Draft(Home, "test", "x"), Cancel),
            "role" => memberships.SetAsync(Home, ann.Id, Roles.Viewer, Draft(Home, "test", "x"), Cancel),
            _ => roles.SaveAsync(s_lesser, Draft(Home, "test", "x"), Cancel),
        });

        Assert.Equal([open], await WaitingAsync(Home));
        Assert.Empty(await WaitingAsync(Office));
        Assert.Equal(ann, (await Ports.Conversations.FindAsync(Home, open, Cancel))!.Operator);
        await roles.SaveAsync(s_desk, Draft(Home, "test", "x"), Cancel);
        await memberships.SetAsync(Home, ann.Id, "desk", Draft(Home, "test", "x"), Cancel);
        Assert.Empty(await WaitingAsync(Home));
    }

    [Fact]
    public async Task A_programs_conversations_wait_once_its_key_is_revoked_or_its_role_is_for_less()
    {
        var (keys, roles) = (House.Get<IApiKeyStore>(), House.Get<IRoleStore>());
        await roles.SaveAsync(s_desk, Draft(Home, "test", "x"), Cancel);
        var key = new ApiKey(ApiKeyId.Create(), Home, "script", "desk", "abcd", Ports.Clock.GetUtcNow(), null, null);
        await keys.AddAsync(key, ApiKeySecret.Create(), Draft(Home, "test", "x"), Cancel);
        var held = await HoldAsync(Home, "held", new UserRef(new UserId(key.Id.Value), "script"));

        await roles.SaveAsync(s_lesser, Draft(Home, "test", "x"), Cancel);
        Assert.Equal([held], await WaitingAsync(Home));
        await roles.SaveAsync(s_desk, Draft(Home, "test", "x"), Cancel);
        Assert.Empty(await WaitingAsync(Home));
        await keys.RevokeAsync(Home, key.Id, Draft(Home, "test", "x"), Cancel);
        Assert.Equal([held], await WaitingAsync(Home));

        Assert.Null(Assert.IsType<ControlOutcome.Changed>(await Ports.Conversations.TakeOverFromAsync(
            Home, held, new UserId(key.Id.Value), Bo, Draft(Home, AuditActions.ConversationTakenOver, "x"), Cancel)).Conversation.WaitingSince);
    }

    [Fact]
    public async Task A_role_of_the_same_name_in_another_tenant_counts_for_nothing()
    {
        var (memberships, roles) = (House.Get<IMembershipStore>(), House.Get<IRoleStore>());
        await roles.SaveAsync(s_desk, Draft(Home, "test", "x"), Cancel);
        await roles.SaveAsync(s_lesser with { Tenant = Office }, Draft(Office, "test", "x"), Cancel);
        var (cy, key) = (await JoinAsync(Office, Roles.Operator), new ApiKey(ApiKeyId.Create(), Office, "script", "desk", "abcd", Ports.Clock.GetUtcNow(), null, null));
        await House.Get<IApiKeyStore>().AddAsync(key, ApiKeySecret.Create(), Draft(Office, "test", "x"), Cancel);
        var theirs = await HoldAsync(Office, "theirs", cy);
        await HoldAsync(Home, "one", cy);
        await HoldAsync(Home, "two", new UserRef(new UserId(key.Id.Value), "script"));

        await memberships.SetAsync(Office, cy.Id, "desk", Draft(Office, "test", "x"), Cancel);
        await roles.SaveAsync(s_lesser, Draft(Home, "test", "x"), Cancel);

        Assert.Equal([theirs], await WaitingAsync(Office));
        Assert.Empty(await WaitingAsync(Home));
    }

    private async Task<UserRef> JoinAsync(TenantId tenant, string role)
    {
        var user = new UserId(Guid.CreateVersion7());
        await Ports.Users.CreateAsync(new NewUser(user, tenant, "ann@example.org", role, "correct horse battery"), false, Draft(tenant, "test", "x"), Cancel);
        return new UserRef(user, "Ann");
    }

    private async Task<ConversationId> HoldAsync(TenantId tenant, string chat, UserRef by)
    {
        var conversation = await HearAsync(tenant == Home ? HomeLine : OfficeLine, "1", "hello", chat, chat);
        await TakeOverAsync(tenant, conversation, by);
        return conversation;
    }

    private async Task<List<ConversationId>> WaitingAsync(TenantId tenant)
        => [.. (await Ports.Queries.ListAsync(tenant, Bo.Id, new ConversationFilter(ConversationView.Waiting), null, 9, Cancel)).Items.Select(row => row.Id)];
}

public sealed class SqliteHeldConversationsTests : HeldConversationsTests
{
    protected override async Task<PathPorts> OpenAsync() => (await TestHouse.OnSqliteAsync()).Ports;
}

public sealed class PostgresHeldConversationsTests : HeldConversationsTests
{
    protected override async Task<PathPorts> OpenAsync() => (await TestHouse.OnPostgresAsync()).Ports;
}
