using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Forgetting;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Inbox;
using Assistant.Domain.Messaging.Outbox;
using Assistant.Domain.People;
using Xunit;

namespace Assistant.Testing.Contracts;

/// <summary>What every store of a message's path must hold of reactions.</summary>
public abstract class ReactionContract : OutboxSteps
{
    private static readonly ExternalChat Group = new("group-1", IsGroup: true);

    [Fact]
    public async Task A_reaction_stands_under_the_message_it_names_and_starts_no_turn()
    {
        var conversation = await HearAsync(HomeLine, "1", "done!");
        await AnswerAsync(conversation, "Well done.");

        Assert.Equal(new InboxOutcome.Stored(conversation, NeedsTurn: false), await ReactAsync("1", "👍"));

        Assert.Null(await Ports.Turns.BeginAsync(conversation, 20, Now, Cancel));
        var thread = await ThreadAsync(Home, conversation);
        Assert.Equal(2, thread.Count);
        var reaction = Assert.Single(thread[0].Reactions);
        Assert.Equal(("👍", "Li Wei", thread[0].Person!.Value), (reaction.Name, reaction.By, reaction.Person));
        Assert.Empty(thread[1].Reactions);
        Assert.Equal(["👍"], Names((await Ports.Queries.ReadSinceAsync(Home, conversation, 0, 10, Cancel))[0]));
        Assert.Empty(await Ports.Queries.ReadThreadAsync(Office, conversation, null, 10, Cancel));
    }

    [Fact]
    public async Task A_redelivery_changes_nothing_and_taking_back_leaves_the_others()
    {
        var conversation = await HearAsync(HomeLine, "1", "done!");
        var (first, second) = (Reacted("1", "👍"), Reacted("1", "🎉"));
        await StoreAsync(HomeLine, first);
        Later();
        await StoreAsync(HomeLine, second with { SentAt = Now });
        Later();
        await ReactAsync("1", "👍", ReactionChange.Removed);

        Assert.IsType<InboxOutcome.Duplicate>(await StoreAsync(HomeLine, first));
        Assert.Equal(["🎉"], Names(await LastAsync(conversation)));
        Assert.Equal(3, (await AuditOfAsync(Home)).Count(e => e.What.Action == AuditActions.MessageReacted));
    }

    [Fact]
    public async Task A_whole_set_takes_the_place_of_what_stood()
    {
        var conversation = await HearAsync(HomeLine, "1", "done!");
        await StoreAsync(HomeLine, Reacted("1", ReactionChange.Set, "👍", "🎉"));
        Later();
        await StoreAsync(HomeLine, Reacted("1", ReactionChange.Set, "❤️"));
        Assert.Equal(["❤️"], Names(await LastAsync(conversation)));

        Later();
        await StoreAsync(HomeLine, Reacted("1", ReactionChange.Set));
        Assert.Empty((await LastAsync(conversation)).Reactions);
    }

    [Fact]
    public async Task Each_part_of_a_sent_message_is_known_by_its_own_id()
    {
        var (conversation, first) = await AnsweredAsync("part one", "part two");
        var second = (await SentAsync(first, "sent-1"))!;
        await SentAsync(second, "sent-2");

        Assert.IsType<InboxOutcome.Stored>(await ReactAsync("sent-1", "👍"));
        Assert.IsType<InboxOutcome.Stored>(await ReactAsync("sent-2", "👍"));
        Assert.Equal(["👍"], Names(await LastAsync(conversation)));

        Later();
        await ReactAsync("sent-1", "👍", ReactionChange.Removed);
        Assert.Equal(["👍"], Names(await LastAsync(conversation)));
        await ReactAsync("sent-2", "👍", ReactionChange.Removed);
        Assert.Empty((await LastAsync(conversation)).Reactions);
    }

    [Fact]
    public async Task The_thread_need_not_be_named()
    {
        var thread = new ExternalChat("chat-1", "thread-7");
        await HearAsync(HomeLine, "1", "in the chat itself");
        var conversation = Assert.IsType<InboxOutcome.Stored>(await StoreAsync(HomeLine, Said(HomeLine, "2", "in a thread") with { Chat = thread })).Conversation;

        Assert.Equal(new InboxOutcome.Stored(conversation, false), await ReactAsync("2", "👍"));
        Assert.Equal(["👍"], Names(await LastAsync(conversation)));
    }

    [Fact]
    public async Task What_is_not_known_or_was_taken_back_gets_none_and_opens_nothing()
    {
        Assert.IsType<InboxOutcome.Unmatched>(await ReactAsync("1", "👍"));
        Assert.Null(await Ports.Queries.FindByChatAsync(HomeLine.Id, new ExternalChat("chat-1"), Cancel));
        Assert.Empty((await Ports.People.ListAsync(Home, null, null, 10, Cancel)).Items);

        var conversation = await HearAsync(HomeLine, "1", "done!");
        await ReactAsync("1", "👍");
        await StoreAsync(HomeLine, Said(HomeLine, "1", "") with { DedupeKey = "deleted:1", Content = new InboundContent.Deleted() });
        Assert.Empty((await LastAsync(conversation)).Reactions);
        Assert.IsType<InboxOutcome.Unmatched>(await ReactAsync("1", "🎉"));
        Assert.IsType<InboxOutcome.Unmatched>(await StoreAsync(OfficeLine, Reacted("1", "👍") with { Connection = OfficeLine.Id }));
    }

    [Fact]
    public async Task Who_is_not_let_in_reacts_to_nothing_and_is_asked_for_no_pairing()
    {
        var pairing = await ConnectAsync(Home, "pairing", AccessPolicy.Pairing);
        await StoreAsync(pairing, Said(pairing, "1", "let me in", sender: "ann") with { Chat = Group });
        var request = Assert.Single(await Ports.People.ListPairingAsync(Home, Cancel));
        await Ports.People.DecidePairingAsync(Home, request.Id, Standing.Approved, "Welcome.", Draft(Home, AuditActions.PairingApproved, "x"), Cancel);
        await StoreAsync(pairing, Said(pairing, "2", "thank you", sender: "ann") with { Chat = Group });

        var stranger = Reacted("2", "👍", "ben") with { Connection = pairing.Id, Chat = Group };
        Assert.IsType<InboxOutcome.Unmatched>(await StoreAsync(pairing, stranger));

        Assert.Empty(await Ports.People.ListPairingAsync(Home, Cancel));
        var conversation = (await Ports.Queries.FindByChatAsync(pairing.Id, Group, Cancel))!.Value;
        Assert.Empty((await LastAsync(conversation)).Reactions);
    }

    [Fact]
    public async Task A_name_the_event_does_not_tell_stays_as_it_is_known()
    {
        var conversation = await HearAsync(HomeLine, "1", "done!");

        await StoreAsync(HomeLine, Reacted("1", "👍") with { Sender = new ExternalSender("user-1", "") });
        await StoreAsync(HomeLine, Reacted("1", "👍", "user-2") with { Sender = new ExternalSender("user-2", "") });

        Assert.Equal(["Li Wei", "user-2"], (await LastAsync(conversation)).Reactions.Select(r => r.By).Order(StringComparer.Ordinal));
        Assert.Equal(["Li Wei", "user-2"], (await Ports.People.ListAsync(Home, null, null, 10, Cancel)).Items.Select(p => Assert.Single(p.Identities).DisplayName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task In_a_group_each_persons_reactions_are_theirs_and_go_with_them()
    {
        var (conversation, ben) = await GroupAsync();
        Assert.Equal(["👍", "🎉"], Names((await ThreadAsync(Home, conversation))[0]));
        Assert.Equal(conversation, Assert.Single(await Ports.Records.ListConversationsAsync(Home, ben, Cancel)).Id);

        await ForgetAsync(Home, ben);

        Assert.Equal(["🎉"], Names((await ThreadAsync(Home, conversation))[0]));
        Assert.IsType<InboxOutcome.Stored>(await StoreAsync(HomeLine, Reacted("1", "👍", "ben") with { Chat = Group, DedupeKey = "again", SentAt = Now }));
    }

    [Fact]
    public async Task An_erasure_counts_and_deletes_them()
    {
        var (conversation, ben) = await GroupAsync();
        var scope = ErasureScope.Of(ben);
        var preview = (await Ports.Erasures.PreviewAsync(Home, scope, Cancel))!;
        Assert.Equal(1, preview.Counts[Forgettable.Reactions]);

        var id = new ErasureId(Guid.CreateVersion7(Now));
        Assert.IsType<BeginErasureOutcome.Begun>(await Ports.Erasures.BeginAsync(id, scope, preview.Digest, 0, Draft(Home, AuditActions.ErasureBegun, scope.Subject), Cancel));
        Assert.Equal(["🎉"], Names((await ThreadAsync(Home, conversation))[0]));
        while (await Ports.Erasures.ContinueAsync(Home, id, Cancel))
        {
        }

        Assert.Equal(1, (await Ports.Erasures.FindAsync(Home, id, Cancel))!.Counts[Forgettable.Reactions]);
        Assert.Equal(1, (await Ports.Erasures.PreviewAsync(Home, ErasureScope.Of(conversation), Cancel))!.Counts[Forgettable.Reactions]);
        Assert.Equal(1, (await Ports.Erasures.PreviewAsync(Home, ErasureScope.Of(conversation, 1), Cancel))!.Counts[Forgettable.Reactions]);
    }

    /// <summary>Ann writes in a group, Ben reacts to it, then Ann does.</summary>
    private async Task<(ConversationId Conversation, PersonId Ben)> GroupAsync()
    {
        var conversation = Assert.IsType<InboxOutcome.Stored>(await StoreAsync(HomeLine, Said(HomeLine, "1", "I am Ann", sender: "ann") with { Chat = Group })).Conversation;
        await StoreAsync(HomeLine, Reacted("1", "👍", "ben") with { Chat = Group });
        Later();
        await StoreAsync(HomeLine, Reacted("1", "🎉", "ann") with { Chat = Group, SentAt = Now });
        return (conversation, (await LastAsync(conversation)).Reactions[0].Person);
    }

    private void Later() => Ports.Clock.Advance(TimeSpan.FromSeconds(1));

    private Task<InboxOutcome> ReactAsync(string to, string name, ReactionChange change = ReactionChange.Added)
        => StoreAsync(HomeLine, Reacted(to, change, name));

    private InboundMessage Reacted(string to, string name, string sender = "user-1")
        => Reacted(to, ReactionChange.Added, name) with { Sender = new ExternalSender(sender, "Li Wei", "zh-CN"), DedupeKey = $"reacted:{to}:{name}:{sender}" };

    private InboundMessage Reacted(string to, ReactionChange change, params string[] names) => Said(HomeLine, to, "") with
    {
        DedupeKey = $"reacted:{to}:{change}:{string.Join(' ', names)}",
        Content = new InboundContent.Reacted(change, names),
    };

    private static IEnumerable<string> Names(Message message) => message.Reactions.Select(reaction => reaction.Name);
}
