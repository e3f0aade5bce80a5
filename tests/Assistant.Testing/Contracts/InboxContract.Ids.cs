using Assistant.Domain.Audit;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Gateway;
using Assistant.Domain.Messaging.Inbox;
using Assistant.Testing.InMemory;
using Assistant.Testing.Messaging;
using Xunit;

namespace Assistant.Testing.Contracts;

public abstract partial class InboxContract
{
    [Fact]
    public async Task What_the_door_lets_in_has_room_however_long_its_ids_and_whatever_their_letters()
    {
        var message = Said(HomeLine, Long(ExternalLimits.Message, 1), "hello") with
        {
            DedupeKey = Long(400, 2),
            Chat = new ExternalChat(Long(ExternalLimits.Chat, 3), Long(ExternalLimits.Chat, 4)),
            Sender = new ExternalSender(Long(ExternalLimits.Sender, 5), Long(ExternalLimits.Name, 6)),
        };
        var conversation = Assert.IsType<InboxOutcome.Stored>(await StoreAsync(HomeLine, message)).Conversation;
        Assert.IsType<InboxOutcome.Duplicate>(await StoreAsync(HomeLine, message));
        var next = message with { DedupeKey = message.DedupeKey[..^1] + "!", ExternalMessageId = "2" };
        Assert.Equal(new InboxOutcome.Stored(conversation, NeedsTurn: true), await StoreAsync(HomeLine, next));
        var reaction = message with { DedupeKey = Long(400, 7), Content = new InboundContent.Reacted(ReactionChange.Added, ["👍"]) };
        Assert.Equal(new InboxOutcome.Stored(conversation, NeedsTurn: false), await StoreAsync(HomeLine, reaction));
        Assert.IsType<InboxOutcome.Duplicate>(await StoreAsync(HomeLine, reaction));

        Assert.Equal([message.ExternalMessageId, "2"], (await ThreadAsync(Home, conversation)).Select(m => m.ExternalId));
    }

    [Theory]
    [InlineData(292)]
    [InlineData(293)]
    [InlineData(ExternalLimits.DedupeKey)]
    [InlineData(ExternalLimits.DedupeKey + 1)]
    public async Task An_edit_that_overtook_its_message_has_room_for_both_its_keys(int length)
    {
        var edit = Edited("1", "second thought") with { DedupeKey = new string('e', length) };

        var conversation = Assert.IsType<InboxOutcome.Stored>(await StoreAsync(HomeLine, edit)).Conversation;

        Assert.IsType<InboxOutcome.Duplicate>(await StoreAsync(HomeLine, edit));
        Assert.IsType<InboxOutcome.Duplicate>(await StoreAsync(HomeLine, Said(HomeLine, "1", "first thought")));
        await AnswerAsync(conversation, "ok");
        await HearAsync(HomeLine, "2", "and on it goes");
    }

    [Fact]
    public async Task A_message_stored_under_its_former_id_is_the_same()
    {
        var conversation = await HearAsync(HomeLine, "5001:1", "hello");
        var former = new FormerId("5001:1", Ports.Clock.GetUtcNow());

        Assert.IsType<InboxOutcome.Duplicate>(await StoreAsync(HomeLine, Said(HomeLine, "7000/5001:1", "hello") with { Former = former }));
        Assert.Equal(new InboxOutcome.Stored(conversation, NeedsTurn: false), await StoreAsync(HomeLine, Edited("7000/5001:1", "hi") with { Former = former }));
        var reaction = Said(HomeLine, "7000/5001:1", "") with { DedupeKey = "liked", Former = former, Content = new InboundContent.Reacted(ReactionChange.Added, ["👍"]) };
        Assert.Equal(new InboxOutcome.Stored(conversation, NeedsTurn: false), await StoreAsync(HomeLine, reaction));

        var only = Assert.Single(await ThreadAsync(Home, conversation));
        Assert.Equal(("hi", "5001:1", "👍"), (only.Body.Markdown, only.ExternalId, Assert.Single(only.Reactions).Name));
    }

    [Fact]
    public async Task A_part_sent_under_its_former_id_is_the_same()
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");
        await Ports.Outbox.MarkSentAsync((await AnswerAsync(conversation, "part one", "part two"))!, "5001:2", Cancel);
        var reaction = Said(HomeLine, "7000/5001:2", "") with { DedupeKey = "liked", Content = new InboundContent.Reacted(ReactionChange.Added, ["👍"]) };

        Assert.IsType<InboxOutcome.Unmatched>(await StoreAsync(HomeLine, reaction with { Former = new("5001:2", Ports.Clock.GetUtcNow() + TimeSpan.FromSeconds(1)) }));
        Assert.IsType<InboxOutcome.Stored>(await StoreAsync(HomeLine, reaction with { Former = new("5001:2", Ports.Clock.GetUtcNow()) }));

        Assert.Single((await ThreadAsync(Home, conversation))[^1].Reactions);
    }

    [Fact]
    public async Task A_former_id_from_before_or_of_another_chat_is_another_message()
    {
        var conversation = await HearAsync(HomeLine, "5001:1", "of the account before");
        await HearAsync(HomeLine, "5001:2", "elsewhere", "chat-2", "user-2");
        var since = Ports.Clock.GetUtcNow() + TimeSpan.FromSeconds(1);
        Ports.Clock.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(
            new InboxOutcome.Stored(conversation, NeedsTurn: true),
            await StoreAsync(HomeLine, Said(HomeLine, "222/5001:1", "hello") with { Former = new("5001:1", since) }));
        Assert.Equal(
            new InboxOutcome.Stored(conversation, NeedsTurn: true),
            await StoreAsync(HomeLine, Edited("222/5001:2", "hello again") with { Former = new("5001:2", DateTimeOffset.UnixEpoch) }));
        Assert.Equal(
            new InboxOutcome.Stored(conversation, NeedsTurn: false),
            await StoreAsync(HomeLine, Edited("222/5001:1", "hello!") with { DedupeKey = "edit-2", Former = new("5001:1", since) }));

        Assert.Equal(["of the account before", "hello!", "hello again"], (await ThreadAsync(Home, conversation)).Select(m => m.Body.Markdown));
    }

    [Fact]
    public async Task Whatever_length_an_id_has_the_door_answers_and_hears_what_follows()
    {
        var gateway = new MessageGateway(
            new QuietLine { Running = HomeLine }, Ports.Inbox, Ports.Audit, new RecordingSignals(), new HandedOver(), GatewayLimits.Default, Ports.Clock);
        var message = Said(HomeLine, "1", "hello");
        InboundMessage[] overlong =
        [
            message with { Chat = new ExternalChat(new string('c', ExternalLimits.Chat + 1)) },
            message with { Chat = new ExternalChat("chat-1", new string('t', ExternalLimits.Chat + 1)) },
            message with { Sender = new ExternalSender(new string('s', ExternalLimits.Sender + 1), "Li Wei") },
            message with { ExternalMessageId = new string('m', ExternalLimits.Message + 1) },
            message with { ExternalMessageId = Long(5_000, 1) },
        ];

        foreach (var one in overlong)
        {
            Assert.Equal("access.id-too-long", Assert.IsType<GatewayOutcome.Refused>(await gateway.AcceptAsync(one, Cancel)).Reason.FirstCode);
        }

        Assert.Empty((await Ports.People.ListAsync(Home, null, null, 10, Cancel)).Items);
        Assert.Contains(await AuditOfAsync(Home), e => e.What.Action == AuditActions.MessageRefused);
        var named = message with { Sender = new ExternalSender("user-1", Long(ExternalLimits.Name - 1, 2) + "🙂" + Long(5_000, 3)) };
        var conversation = Assert.IsType<GatewayOutcome.Stored>(await gateway.AcceptAsync(named, Cancel)).Conversation;
        var said = Assert.Single(await ThreadAsync(Home, conversation));
        Assert.Equal(("hello", Long(ExternalLimits.Name - 1, 2)), (said.Body.Markdown, said.AuthorName));
    }

    [Fact]
    public async Task The_longest_room_and_event_of_Matrix_are_let_in()
    {
        // 255 in all, with the sigil (Matrix specification, appendices, Identifier Grammar).
        var gateway = new MessageGateway(
            new QuietLine { Running = HomeLine }, Ports.Inbox, Ports.Audit, new RecordingSignals(), new HandedOver(), GatewayLimits.Default, Ports.Clock);
        var chat = new ExternalChat($"!{new string('r', 254)}", $"${new string('e', 254)}", IsGroup: true);

        var stored = Assert.IsType<GatewayOutcome.Stored>(await gateway.AcceptAsync(Said(HomeLine, "1", "hello") with { Chat = chat }, Cancel));

        Assert.Equal(chat, (await Ports.Conversations.FindAsync(Home, stored.Conversation, Cancel))!.Chat);
    }

    /// <summary>Letters of three bytes each that cannot be packed.</summary>
    private static string Long(int length, int seed)
    {
        var random = new Random(seed);
        return string.Concat(Enumerable.Range(0, length).Select(_ => (char)random.Next('\u4e00', '\u9fa5')));
    }
}
