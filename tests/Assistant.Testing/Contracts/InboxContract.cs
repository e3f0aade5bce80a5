using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Inbox;
using Assistant.Domain.People;
using Assistant.Domain.Wording;
using Xunit;

namespace Assistant.Testing.Contracts;

/// <summary>What every <see cref="IInbox"/> must hold.</summary>
public abstract partial class InboxContract : PathContract
{
    [Fact]
    public async Task A_redelivered_message_is_stored_once()
    {
        Assert.IsType<InboxOutcome.Stored>(await StoreAsync(HomeLine, Said(HomeLine, "1", "hello")));
        Assert.IsType<InboxOutcome.Duplicate>(await StoreAsync(HomeLine, Said(HomeLine, "1", "hello")));

        var conversation = await HearAsync(HomeLine, "2", "again");
        Assert.Equal(["hello", "again"], (await ThreadAsync(Home, conversation)).Select(m => m.Body.Markdown));
    }

    [Fact]
    public async Task The_same_key_on_two_connections_is_two_messages()
    {
        var here = await HearAsync(HomeLine, "1", "hello");
        var there = await HearAsync(OfficeLine, "1", "hello");

        Assert.NotEqual(here, there);
    }

    [Fact]
    public async Task Concurrent_redeliveries_are_stored_once()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => StoreAsync(HomeLine, Said(HomeLine, "1", "hello"))));

        Assert.Single(outcomes.OfType<InboxOutcome.Stored>());
        Assert.Equal(19, outcomes.OfType<InboxOutcome.Duplicate>().Count());
    }

    [Fact]
    public async Task Messages_of_a_chat_keep_the_order_they_were_handed_over_in()
    {
        await Task.WhenAll(Enumerable.Range(1, 200).Select(i => StoreAsync(HomeLine, Said(HomeLine, $"{i}", $"number {i}", $"chat-{i % 5}"))));

        for (var chat = 0; chat < 5; chat++)
        {
            var conversation = (await Ports.Queries.FindByChatAsync(HomeLine.Id, new ExternalChat($"chat-{chat}"), Cancel))!.Value;
            var thread = await ThreadAsync(Home, conversation);
            Assert.Equal(Enumerable.Range(1, 40).Select(n => (long)n), thread.Select(m => m.Seq));
            Assert.Equal(Enumerable.Range(1, 200).Where(i => i % 5 == chat).Select(i => $"number {i}"), thread.Select(m => m.Body.Markdown));
        }
    }

    [Fact]
    public async Task Whatever_is_stored_while_somebody_holds_the_conversation_says_so()
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");
        await TakeOverAsync(Home, conversation, Anna);

        Assert.True(await IsHeldAsync(Said(HomeLine, "2", "anybody?")));
        Ports.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True(await IsHeldAsync(Edited("2", "anybody there?")));
        Assert.True(await IsHeldAsync(Said(HomeLine, "2", "") with { DedupeKey = "liked", Content = new InboundContent.Reacted(ReactionChange.Added, ["👍"]) }));
        Assert.True(await IsHeldAsync(Deleted("2")));
        Assert.False(await IsHeldAsync(Said(HomeLine, "3", "elsewhere", "chat-2", "user-2")));

        await Ports.Conversations.HandBackAsync(Home, conversation, Anna, Draft(Home, AuditActions.ConversationHandedBack, "x"), Cancel);

        Assert.False(await IsHeldAsync(Said(HomeLine, "4", "and now?")));

        async Task<bool> IsHeldAsync(InboundMessage message) => Assert.IsType<InboxOutcome.Stored>(await StoreAsync(HomeLine, message)).IsHeld;
    }

    [Fact]
    public async Task An_edit_changes_the_text_a_waiting_turn_sees()
    {
        var conversation = await HearAsync(HomeLine, "1", "meet at 4");
        Ports.Clock.Advance(TimeSpan.FromSeconds(1));

        var outcome = await StoreAsync(HomeLine, Edited("1", "meet at 5"));

        Assert.False(Assert.IsType<InboxOutcome.Stored>(outcome).NeedsTurn);
        Assert.Equal("meet at 5", (await BeginAsync(conversation)).Utterance.Body.Markdown);
        Assert.NotNull(Assert.Single(await ThreadAsync(Home, conversation)).EditedAt);
    }

    [Fact]
    public async Task An_edit_that_overtook_its_message_is_the_message()
    {
        var conversation = Assert.IsType<InboxOutcome.Stored>(await StoreAsync(HomeLine, Edited("1", "second thought"))).Conversation;

        Assert.IsType<InboxOutcome.Duplicate>(await StoreAsync(HomeLine, Said(HomeLine, "1", "first thought")));

        Assert.Equal("second thought", Assert.Single(await ThreadAsync(Home, conversation)).Body.Markdown);
        await AnswerAsync(conversation, "ok");
        Assert.Null(await Ports.Turns.BeginAsync(conversation, 20, Ports.Clock.GetUtcNow(), Cancel));
    }

    [Fact]
    public async Task An_older_edit_does_not_undo_a_newer_one()
    {
        var conversation = await HearAsync(HomeLine, "1", "a");
        var older = Edited("1", "b");
        Ports.Clock.Advance(TimeSpan.FromSeconds(5));
        await StoreAsync(HomeLine, Edited("1", "c"));

        Assert.IsType<InboxOutcome.Duplicate>(await StoreAsync(HomeLine, older));
        Assert.Equal("c", Assert.Single(await ThreadAsync(Home, conversation)).Body.Markdown);
    }

    [Fact]
    public async Task A_deletion_withdraws_a_message_that_waits_for_its_turn()
    {
        var conversation = await HearAsync(HomeLine, "1", "never mind");

        await StoreAsync(HomeLine, Deleted("1"));

        Assert.Null(await Ports.Turns.BeginAsync(conversation, 20, Ports.Clock.GetUtcNow(), Cancel));
        var message = Assert.Single(await ThreadAsync(Home, conversation));
        Assert.Equal("", message.Body.Markdown);
        Assert.NotNull(message.DeletedAt);
    }

    [Fact]
    public async Task A_deletion_that_overtook_its_message_keeps_it_out()
    {
        await StoreAsync(HomeLine, Deleted("1"));

        Assert.IsType<InboxOutcome.Duplicate>(await StoreAsync(HomeLine, Said(HomeLine, "1", "secret")));

        var conversation = (await Ports.Queries.FindByChatAsync(HomeLine.Id, new ExternalChat("chat-1"), Cancel))!.Value;
        Assert.Null(await Ports.Turns.BeginAsync(conversation, 20, Ports.Clock.GetUtcNow(), Cancel));
        Assert.DoesNotContain(await ThreadAsync(Home, conversation), m => m.Body.Markdown.Contains("secret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_deletion_that_does_not_name_the_thread_takes_back_what_was_said_in_it()
    {
        var main = await HearAsync(HomeLine, "1", "in the chat itself");
        var thread = new ExternalChat("chat-1", "$root");
        var conversation = Assert.IsType<InboxOutcome.Stored>(await StoreAsync(HomeLine, Said(HomeLine, "2", "secret") with { Chat = thread })).Conversation;
        Ports.Clock.Advance(TimeSpan.FromSeconds(1));
        await HearAsync(HomeLine, "3", "later, in the chat itself");

        Assert.Equal(new InboxOutcome.Stored(conversation, NeedsTurn: false), await StoreAsync(HomeLine, Deleted("2")));
        Assert.IsType<InboxOutcome.Duplicate>(await StoreAsync(HomeLine, Deleted("2") with { DedupeKey = "once more" }));

        var message = Assert.Single(await ThreadAsync(Home, conversation));
        Assert.Equal("", message.Body.Markdown);
        Assert.NotNull(message.DeletedAt);
        Assert.Equal(["1", "3"], (await ThreadAsync(Home, main)).Select(m => m.ExternalId));
        Assert.Null(await Ports.Turns.BeginAsync(conversation, 20, Ports.Clock.GetUtcNow(), Cancel));
    }

    [Fact]
    public async Task A_deletion_in_a_thread_opens_no_conversation_beside_it()
    {
        var thread = new ExternalChat("chat-1", "$root");
        var conversation = Assert.IsType<InboxOutcome.Stored>(await StoreAsync(HomeLine, Said(HomeLine, "1", "secret") with { Chat = thread })).Conversation;

        await StoreAsync(HomeLine, Deleted("1"));

        Assert.Null(await Ports.Queries.FindByChatAsync(HomeLine.Id, new ExternalChat("chat-1"), Cancel));
        Assert.NotNull(Assert.Single(await ThreadAsync(Home, conversation)).DeletedAt);
    }

    [Fact]
    public async Task An_id_that_two_threads_have_is_taken_back_in_the_one_that_is_named()
    {
        var (here, there) = (new ExternalChat("chat-1", "here"), new ExternalChat("chat-1", "there"));
        await StoreAsync(HomeLine, Said(HomeLine, "1", "here") with { Chat = here });
        Ports.Clock.Advance(TimeSpan.FromSeconds(1));
        await StoreAsync(HomeLine, Said(HomeLine, "1", "there") with { Chat = there, DedupeKey = "there" });

        var taken = Assert.IsType<InboxOutcome.Stored>(await StoreAsync(HomeLine, Deleted("1") with { Chat = here })).Conversation;

        Assert.Equal(await Ports.Queries.FindByChatAsync(HomeLine.Id, here, Cancel), taken);
        var kept = (await Ports.Queries.FindByChatAsync(HomeLine.Id, there, Cancel))!.Value;
        Assert.Equal("there", Assert.Single(await ThreadAsync(Home, kept)).Body.Markdown);
    }

    [Fact]
    public async Task A_refused_sender_leaves_nothing_of_what_they_said()
    {
        var closed = await ConnectAsync(Home, "closed", AccessPolicy.Allowlist);

        Assert.IsType<InboxOutcome.NotAdmitted>(await StoreAsync(closed, Said(closed, "1", "let me in")));

        Assert.Null(await Ports.Queries.FindByChatAsync(closed.Id, new ExternalChat("chat-1"), Cancel));
    }

    [Fact]
    public async Task An_unknown_sender_gets_one_pairing_code_until_it_expires()
    {
        var pairing = await ConnectAsync(Home, "pairing", AccessPolicy.Pairing);

        var first = Assert.IsType<InboxOutcome.PairingOpen>(await StoreAsync(pairing, Said(pairing, "1", "hello")));
        var second = Assert.IsType<InboxOutcome.PairingOpen>(await StoreAsync(pairing, Said(pairing, "2", "hello?")));

        Assert.NotNull(first.Claimed);
        Assert.Null(second.Conversation);
        var request = Assert.Single(await Ports.People.ListPairingAsync(Home, Cancel));
        Assert.Contains(request.Code, first.Claimed.Body.Markdown, StringComparison.Ordinal);

        Ports.Clock.Advance(TimeSpan.FromHours(2));
        Assert.NotNull(Assert.IsType<InboxOutcome.PairingOpen>(await StoreAsync(pairing, Said(pairing, "3", "hello??"))).Conversation);
    }

    [Fact]
    public async Task An_approved_sender_is_let_in()
    {
        var pairing = await ConnectAsync(Home, "pairing", AccessPolicy.Pairing);
        await StoreAsync(pairing, Said(pairing, "1", "hello"));
        var request = Assert.Single(await Ports.People.ListPairingAsync(Home, Cancel));

        var decided = await Ports.People.DecidePairingAsync(
            Home, request.Id, Standing.Approved, "Welcome.", Draft(Home, AuditActions.PairingApproved, $"pairing/{request.Id}"), Cancel);

        Assert.NotNull(decided);
        Assert.IsType<InboxOutcome.Stored>(await StoreAsync(pairing, Said(pairing, "2", "hello again")));
    }

    [Fact]
    public async Task A_failing_entry_waits_then_comes_back_then_dies_and_can_be_revived()
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");
        var entry = (await BeginAsync(conversation)).Entry;

        await Ports.Inbox.RetryLaterAsync(entry, new Phrase.Verbatim("boom"), Ports.Clock.GetUtcNow() + TimeSpan.FromSeconds(10), Cancel);
        Assert.Null(await Ports.Turns.BeginAsync(conversation, 20, Ports.Clock.GetUtcNow(), Cancel));
        Assert.Empty(await Ports.Inbox.FindDueAsync(Ports.Clock.GetUtcNow(), 10, Cancel));

        Ports.Clock.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal([conversation], await Ports.Inbox.FindDueAsync(Ports.Clock.GetUtcNow(), 10, Cancel));
        entry = (await BeginAsync(conversation)).Entry;
        Assert.Equal(1, entry.Attempts);

        await Ports.Inbox.DeadLetterAsync(entry, Phrase.Of("fault", ("kind", "Boom"), ("message", "again")), Cancel);
        Assert.Null(await Ports.Turns.BeginAsync(conversation, 20, Ports.Clock.GetUtcNow(), Cancel));
        var dead = Assert.Single((await Ports.DeadLetters.ListAsync(Home, null, 10, Cancel)).Items);
        Assert.True(dead.IsInbound);
        Assert.Empty((await Ports.DeadLetters.ListAsync(Office, null, 10, Cancel)).Items);
        Assert.Equal(Phrase.Of("fault", ("kind", "Boom"), ("message", "again")), dead.Reason);

        Assert.Null(await Ports.Inbox.ReviveAsync(Office, dead.Id, Draft(Office, AuditActions.MessageRevived, "x"), Cancel));
        Assert.Equal(conversation, await Ports.Inbox.ReviveAsync(Home, dead.Id, Draft(Home, AuditActions.MessageRevived, "x"), Cancel));
        Assert.Equal("hello", (await BeginAsync(conversation)).Utterance.Body.Markdown);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public async Task Dead_letters_of_one_moment_are_paged_without_gaps(int limit)
    {
        var died = new List<ConversationId>();
        for (var i = 0; i < 5; i++)
        {
            var conversation = await HearAsync(HomeLine, "1", "hello", $"chat-{i}");
            if (i % 2 == 0)
            {
                await Ports.Inbox.DeadLetterAsync((await BeginAsync(conversation)).Entry, new Phrase.Verbatim("gone"), Cancel);
            }
            else
            {
                await Ports.Outbox.DeadLetterAsync((await AnswerAsync(conversation, "hi"))!, new Phrase.Verbatim("gone"), Cancel);
            }

            died.Add(conversation);
        }

        var paged = new List<ConversationId>();
        string? after = null;
        do
        {
            var page = await Ports.DeadLetters.ListAsync(Home, after, limit, Cancel);
            paged.AddRange(page.Items.Select(d => d.Conversation));
            after = page.Next;
        }
        while (after is not null);

        Assert.Equal(died.OrderBy(c => c.Value), paged.OrderBy(c => c.Value));
        await Assert.ThrowsAsync<UnknownCursorException>(() => Ports.DeadLetters.ListAsync(Home, "elsewhere", limit, Cancel));
    }

    [Fact]
    public async Task The_same_account_is_a_person_of_each_tenant_it_writes_to_with_a_name_there()
    {
        await HearAsync(HomeLine, "1", "hello");
        await HearAsync(OfficeLine, "1", "hello");
        await StoreAsync(HomeLine, Said(HomeLine, "2", "I married") with { Sender = new ExternalSender("user-1", "Li Wei-Braun", "zh-CN") });

        var home = Assert.Single((await Ports.People.ListAsync(Home, null, null, 10, Cancel)).Items);
        var office = Assert.Single((await Ports.People.ListAsync(Office, null, null, 10, Cancel)).Items);

        Assert.NotEqual(home.Person.Id, office.Person.Id);
        Assert.Equal(("Li Wei-Braun", "Li Wei"), (Assert.Single(home.Identities).DisplayName, Assert.Single(office.Identities).DisplayName));
        Assert.Equal(("Li Wei-Braun", "Li Wei"), (home.Person.DisplayName, office.Person.DisplayName));
    }

    [Fact]
    public async Task A_stand_in_gives_way_to_a_name_and_takes_the_place_of_none()
    {
        var standIn = ExternalSender.Named("user-1", null, "LINE 4f2a1c");
        var id = 0;

        Assert.Equal("LINE 4f2a1c", await NameAfterAsync(standIn));
        Assert.Equal("Li Wei", await NameAfterAsync(standIn.Called("Li Wei")));
        Assert.Equal("Li Wei", await NameAfterAsync(standIn));
        Assert.Equal("Li Wei", await NameAfterAsync(new ExternalSender("user-1", "")));
        Assert.Equal("Braun", await NameAfterAsync(new ExternalSender("user-1", "Braun")));

        async Task<string> NameAfterAsync(ExternalSender sender)
        {
            await StoreAsync(HomeLine, Said(HomeLine, $"{++id}", "hello") with { Sender = sender });
            var row = Assert.Single((await Ports.People.ListAsync(Home, null, null, 10, Cancel)).Items);
            Assert.Equal(row.Person.DisplayName, Assert.Single(row.Identities).DisplayName);
            return row.Person.DisplayName;
        }
    }

    [Fact]
    public async Task Each_stored_message_is_in_the_audit_chain_of_its_tenant_only()
    {
        await HearAsync(HomeLine, "1", "hello");
        await HearAsync(OfficeLine, "1", "hello");

        Assert.Single(await AuditOfAsync(Home), e => e.What.Action == AuditActions.MessageReceived);
        Assert.Single(await AuditOfAsync(Office), e => e.What.Action == AuditActions.MessageReceived);
    }

    [Fact]
    public async Task In_a_group_the_audit_log_names_whoever_spoke_edited_or_took_back()
    {
        var group = new ExternalChat("group-1", IsGroup: true);
        InboundMessage InGroup(InboundMessage message, string sender) => message with { Chat = group, Sender = new ExternalSender(sender, sender) };
        var conversation = Assert.IsType<InboxOutcome.Stored>(await StoreAsync(HomeLine, InGroup(Said(HomeLine, "1", "hello"), "ann"))).Conversation;
        await StoreAsync(HomeLine, InGroup(Said(HomeLine, "2", "hi"), "bob"));
        Ports.Clock.Advance(TimeSpan.FromSeconds(1));
        await StoreAsync(HomeLine, InGroup(Edited("2", "hi all"), "bob"));
        await StoreAsync(HomeLine, InGroup(Deleted("2"), "bob"));
        await StoreAsync(HomeLine, InGroup(Deleted("3"), "bob"));
        await StoreAsync(HomeLine, InGroup(Edited("4", "first seen edited"), "bob"));

        var people = (await ThreadAsync(Home, conversation)).Select(m => m.Person!.Value.ToString()).Distinct().ToList();
        Assert.Equal(2, people.Count);
        var (ann, bob) = (people[0], people[1]);
        Assert.Equal(
            [
                (AuditActions.MessageReceived, ann, 1), (AuditActions.MessageReceived, bob, 2), (AuditActions.MessageEdited, bob, 2),
                (AuditActions.MessageDeleted, bob, 2), (AuditActions.MessageDeleted, bob, 3), (AuditActions.MessageReceived, bob, 4),
            ],
            from written in await AuditOfAsync(Home)
            where written.What.Action is AuditActions.MessageReceived or AuditActions.MessageEdited or AuditActions.MessageDeleted
            select (written.What.Action, written.What.Actor.Id, int.Parse(written.What.Subject.Split('/')[^1], System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Fact]
    public async Task A_new_message_reopens_a_closed_conversation()
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");
        await CloseAsync(Home, conversation);

        await HearAsync(HomeLine, "2", "one more thing");

        Assert.Equal(ConversationStatus.Open, (await Ports.Conversations.FindAsync(Home, conversation, Cancel))!.Status);
    }

    [Fact]
    public async Task A_dead_entry_put_back_reopens_a_closed_conversation()
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");
        var entry = (await BeginAsync(conversation)).Entry;
        await Ports.Inbox.DeadLetterAsync(entry, new Phrase.Verbatim("boom"), Cancel);
        await CloseAsync(Home, conversation);

        Assert.Null(await Ports.Inbox.ReviveAsync(Office, entry.Id, Draft(Office, AuditActions.MessageRevived, "x"), Cancel));
        Assert.Equal(ConversationStatus.Closed, (await Ports.Conversations.FindAsync(Home, conversation, Cancel))!.Status);
        await Ports.Inbox.ReviveAsync(Home, entry.Id, Draft(Home, AuditActions.MessageRevived, "x"), Cancel);

        Assert.Equal(ConversationStatus.Open, (await BeginAsync(conversation)).Conversation.Status);
    }

    private InboundMessage Edited(string id, string text) => Said(HomeLine, id, "") with
    {
        DedupeKey = $"edit:{id}:{Ports.Clock.GetUtcNow():O}",
        Content = new InboundContent.Edited(text),
    };

    private InboundMessage Deleted(string id) => Said(HomeLine, id, "") with { DedupeKey = $"delete:{id}", Content = new InboundContent.Deleted() };
}
