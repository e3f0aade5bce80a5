using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Outbox;
using Assistant.Domain.People;
using Assistant.Domain.People.Reach;
using Assistant.Domain.Tenancy;
using Xunit;

namespace Assistant.Testing.Contracts;

/// <summary>What every store of direct chats must hold.</summary>
public abstract class DirectChatsContract : PathContract
{
    [Fact]
    public async Task One_chat_of_each_connection_is_listed_the_one_spoken_in_last()
    {
        var phone = await ConnectAsync(Home, "phone", AccessPolicy.Open);
        await HearAsync(HomeLine, "1", "In the first thread", "thread-1");
        Ports.Clock.Advance(TimeSpan.FromMinutes(1));
        var second = await HearAsync(HomeLine, "2", "In the second", "thread-2");
        await StoreAsync(HomeLine, Said(HomeLine, "3", "All together") with { Chat = new ExternalChat("group", IsGroup: true) });
        Ports.Clock.Advance(TimeSpan.FromMinutes(1));
        var there = await HearAsync(phone, "4", "On the phone", "phone-1");
        var person = await PersonOfAsync(there);
        Ports.Clock.Advance(TimeSpan.FromMinutes(1));
        await AnswerAsync(second, "The assistant's words are not the person's.");

        var chats = await ListAsync(person);

        Assert.Equal(
            [(HomeLine.Id, second), (phone.Id, there)],
            chats.OrderBy(chat => chat.LastSaidAt).Select(chat => (chat.Connection, chat.Conversation)));
        Assert.All(chats, chat => Assert.Equal((person, "loopback", null), (chat.Person, chat.ChannelType, chat.PreferredAt)));
        Assert.Equal(TimeSpan.FromMinutes(1), chats.Max(chat => chat.LastSaidAt) - chats.Min(chat => chat.LastSaidAt));

        await Ports.Connections.PutAsync(phone with { IsEnabled = false }, Draft(Home, AuditActions.ConnectionSaved, "connection/phone"), Cancel);
        Assert.Equal(second, Assert.Single(await ListAsync(person)).Conversation);
        Assert.Empty(await Ports.Chats.ListAsync(Office, [person], Cancel));
    }

    [Fact]
    public async Task The_latest_preference_is_kept_until_it_is_dropped()
    {
        var phone = await ConnectAsync(Home, "phone", AccessPolicy.Open);
        var (here, there) = (await HearAsync(HomeLine, "1", "Here"), await HearAsync(phone, "2", "There"));
        var person = await PersonOfAsync(here);

        Assert.True(await PreferAsync(Home, here));
        Ports.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.True(await PreferAsync(Home, there));
        Assert.False(await PreferAsync(Office, there));

        Assert.Equal(there, (await ListAsync(person)).MaxBy(chat => chat.PreferredAt)!.Conversation);
        Assert.Equal(there, await Ports.Notices.FindLastDirectAsync(Home, person, Cancel));
        Assert.False(await DropAsync(Office, person));
        Assert.True(await DropAsync(Home, person));
        Assert.False(await DropAsync(Home, person));
        Assert.All(await ListAsync(person), chat => Assert.Null(chat.PreferredAt));
        Assert.Equal(
            [AuditActions.MessengerPreferred, AuditActions.MessengerPreferred, AuditActions.MessengerPreferenceDropped],
            (await AuditOfAsync(Home)).Select(e => e.What.Action).Where(action => action.StartsWith("person.messenger", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_conversation_goes_on_in_another_and_the_person_is_told_once()
    {
        var phone = await ConnectAsync(Home, "phone", AccessPolicy.Open);
        var (here, there) = (await HearAsync(HomeLine, "1", "Here"), await HearAsync(phone, "2", "There"));
        await AnswerAsync(there, "Yes.");
        var from = new ConversationPoint(here, 1);

        Assert.Equal(ContinuationOutcome.NotFound, await ContinueAsync(Office, from, there));
        Assert.Equal(ContinuationOutcome.Continued, await ContinueAsync(Home, from, there));
        Assert.Equal(ContinuationOutcome.Already, await ContinueAsync(Home, from, there)); // the turn that brought it may run twice

        var entered = (await Ports.Conversations.FindAsync(Home, there, Cancel))!;
        Assert.Equal((from, Ports.Clock.GetUtcNow()), (entered.ContinuedFrom, entered.ContinuedAt!.Value));
        Assert.Null((await Ports.Conversations.FindAsync(Home, here, Cancel))!.ContinuedFrom);
        Assert.Equal(["Here", "left"], (await ThreadAsync(Home, here)).Select(message => message.Body.Markdown));
        var thread = await ThreadAsync(Home, there);
        Assert.Equal(["There", "Yes.", "entered", "Let's go on here."], thread.Select(message => message.Body.Markdown));
        Assert.True(thread[2] is { IsLine: true, Body.Chinese: "进入" });
        Assert.Equal((false, DeliveryState.Stored), (thread[3].IsNote, thread[3].Delivery));
        Assert.Single(await AuditOfAsync(Home), e => e.What.Action == AuditActions.ConversationContinued);

        await HearAsync(phone, "3", "And now?");
        Assert.Equal(from, (await BeginAsync(there)).Conversation.ContinuedFrom);
    }

    [Fact]
    public async Task Nothing_goes_on_from_a_person_who_was_forgotten()
    {
        var phone = await ConnectAsync(Home, "phone", AccessPolicy.Open);
        var (here, there) = (await HearAsync(HomeLine, "1", "Here"), await HearAsync(phone, "2", "There", sender: "user-2"));
        await ForgetAsync(Home, await PersonOfAsync(here));

        Assert.Equal(ContinuationOutcome.NotFound, await ContinueAsync(Home, new ConversationPoint(here, 1), there));
        Assert.Equal(ContinuationOutcome.NotFound, await ContinueAsync(Home, new ConversationPoint(there, 1), here));

        Assert.Single(await ThreadAsync(Home, there));
        Assert.DoesNotContain(await AuditOfAsync(Home), e => e.What.Action == AuditActions.ConversationContinued);
    }

    private Task<ContinuationOutcome> ContinueAsync(TenantId tenant, ConversationPoint from, ConversationId to) => Ports.Chats.ContinueAsync(
        new Continuation(tenant, from, to, new MessageBody("left"), new MessageBody("entered") { Chinese = "进入" }, "Let's go on here."),
        Draft(tenant, AuditActions.ConversationContinued, $"conversation/{from.Conversation}"), Cancel);

    private Task<bool> PreferAsync(TenantId tenant, ConversationId conversation)
        => Ports.Chats.PreferAsync(tenant, conversation, Draft(tenant, AuditActions.MessengerPreferred, $"conversation/{conversation}"), Cancel);

    private Task<bool> DropAsync(TenantId tenant, PersonId person)
        => Ports.Chats.DropPreferencesAsync(tenant, [person], Draft(tenant, AuditActions.MessengerPreferenceDropped, $"person/{person}"), Cancel);

    private Task<IReadOnlyList<DirectChat>> ListAsync(PersonId person) => Ports.Chats.ListAsync(Home, [person], Cancel);

    private async Task<PersonId> PersonOfAsync(ConversationId conversation) => (await Ports.Conversations.FindAsync(Home, conversation, Cancel))!.Person;
}
