using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.People;
using Assistant.Domain.People.Acts;
using Assistant.Domain.Tenancy;
using Xunit;

namespace Assistant.Testing.Contracts;

/// <summary>What every store of what people ask for must hold, and of what they are told of it.</summary>
public abstract class PersonActStoreContract : PathContract
{
    private static readonly byte[] Digest = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    [Fact]
    public async Task An_act_is_read_as_it_was_made_and_claimed_once()
    {
        var act = await AddAsync();

        var found = Assert.IsType<PersonAct>(await Ports.Acts.FindAsync(act.Id, Cancel));
        Assert.Equal(act with { Digest = default }, found with { Digest = default });
        Assert.Equal(Digest, found.Digest.ToArray());
        Assert.False(await ClaimAsync(act, Office));
        Assert.True(await ClaimAsync(act));
        Assert.False(await ClaimAsync(act));

        Assert.Equal(Ports.Clock.GetUtcNow(), (await Ports.Acts.FindAsync(act.Id, Cancel))!.UsedAt);
        Assert.Single(await AuditOfAsync(Home), e => e.What.Action == AuditActions.PersonActDone);
        Assert.Null(await Ports.Acts.FindAsync(new PersonActId(Guid.CreateVersion7()), Cancel));
    }

    [Fact]
    public async Task Of_several_claims_at_once_one_succeeds()
    {
        var act = await AddAsync();

        var claims = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => Task.Run(() => ClaimAsync(act), Cancel)));

        Assert.Single(claims, claimed => claimed);
    }

    [Fact]
    public async Task An_act_ends_after_its_time_and_when_the_person_asks_again()
    {
        var late = await AddAsync();
        Ports.Clock.Advance(PersonAct.Lifetime);
        Assert.False(await ClaimAsync(late));

        var (first, others) = (await AddAsync(), await AddAsync(sender: "wu"));
        Ports.Clock.Advance(TimeSpan.FromSeconds(1));
        var second = await AddAsync();

        Assert.False(await ClaimAsync(first));
        Assert.True(await ClaimAsync(second));
        Assert.True(await ClaimAsync(others));
    }

    [Fact]
    public async Task Old_acts_are_forgotten()
    {
        var old = await AddAsync();
        Ports.Clock.Advance(TimeSpan.FromDays(1));
        var recent = await AddAsync();
        Ports.Clock.Advance(TimeSpan.FromHours(1));

        await AddAsync();

        Assert.Null(await Ports.Acts.FindAsync(old.Id, Cancel));
        Assert.NotNull(await Ports.Acts.FindAsync(recent.Id, Cancel));
    }

    [Fact]
    public async Task An_act_of_one_tenant_withdraws_and_forgets_none_of_another()
    {
        var theirs = await AddAsync(tenant: Office);
        Ports.Clock.Advance(TimeSpan.FromSeconds(1));
        await AddAsync();
        Assert.True(await ClaimAsync(theirs, Office));

        Ports.Clock.Advance(TimeSpan.FromDays(2));
        await AddAsync();

        Assert.NotNull(await Ports.Acts.FindAsync(theirs.Id, Cancel));
    }

    [Fact]
    public async Task A_notice_is_queued_for_its_person_whoever_holds_the_conversation()
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");
        var person = (await BeginAsync(conversation)).Person.Id;
        await TakeOverAsync(Home, conversation, Anna);

        Assert.True(await TellAsync(person, conversation, "It was done."));
        Assert.False(await TellAsync(PersonId.Create(), conversation, "Not for you."));
        Assert.False(await TellAsync(person, conversation, "Not from there.", Office));

        var told = (await ThreadAsync(Home, conversation))[^1];
        Assert.Equal((AuthorKind.System, "It was done.", DeliveryState.Stored), (told.Author, told.Body.Markdown, told.Delivery));
        Assert.Empty(await Ports.Queries.ListHeldAsync(Home, conversation, Cancel));
        Assert.Single(await AuditOfAsync(Home), e => e.What.Action == AuditActions.PersonTold);
    }

    [Fact]
    public async Task The_last_direct_conversation_is_the_one_the_person_used_last_and_no_group()
    {
        var other = await ConnectAsync(Home, "second-line", AccessPolicy.Open);
        var first = await HearAsync(HomeLine, "1", "hello");
        var person = (await BeginAsync(first)).Person.Id;
        Ports.Clock.Advance(TimeSpan.FromMinutes(1));
        var second = await HearAsync(other, "2", "hello again", "chat-2");
        Ports.Clock.Advance(TimeSpan.FromMinutes(1));
        await StoreAsync(HomeLine, Said(HomeLine, "3", "hello all", "group") with { Chat = new ExternalChat("group", IsGroup: true) });

        Assert.Equal(second, await Ports.Notices.FindLastDirectAsync(Home, person, Cancel));
        Assert.Null(await Ports.Notices.FindLastDirectAsync(Office, person, Cancel));
        await Ports.Connections.SaveAsync(other with { IsEnabled = false }, Draft(Home, AuditActions.ConnectionSaved, "connection/second-line"), Cancel);
        Assert.Equal(first, await Ports.Notices.FindLastDirectAsync(Home, person, Cancel));
    }

    private async Task<PersonAct> AddAsync(string sender = "lin", TenantId? tenant = null)
    {
        var start = await BeginAsync(await HearAsync(HomeLine, $"{Guid.CreateVersion7()}", "/export", $"chat-{sender}", sender));
        var now = Ports.Clock.GetUtcNow();
        var act = new PersonAct(
            new PersonActId(Guid.CreateVersion7()), tenant ?? Home, start.Person.Id, start.Conversation.Id, PersonActKind.ExportJson, Digest, now, now + PersonAct.Lifetime);
        await Ports.Acts.AddAsync(act, Draft(act.Tenant, AuditActions.PersonActAsked, $"person/{act.Person}"), Cancel);
        return act;
    }

    private Task<bool> ClaimAsync(PersonAct act, TenantId? tenant = null)
        => Ports.Acts.ClaimAsync(tenant ?? Home, act.Id, Draft(tenant ?? Home, AuditActions.PersonActDone, $"person/{act.Person}"), Cancel);

    private Task<bool> TellAsync(PersonId person, ConversationId conversation, string text, TenantId? tenant = null)
        => Ports.Notices.TellAsync(tenant ?? Home, person, conversation, text, Draft(tenant ?? Home, AuditActions.PersonTold, $"person/{person}"), Cancel);
}
