using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Inbox;
using Xunit;

namespace Assistant.Testing.Contracts;

// What a person answers: the number of the message where it is known, and words only where they sent them along.
public abstract partial class InboxContract
{
    [Fact]
    public async Task What_a_message_answers_is_kept_with_it_and_found_in_its_turn_however_far_back()
    {
        var conversation = await HearAsync(HomeLine, "1", "the menu");
        await HearAsync(HomeLine, "2", "and tea");
        await StoreAsync(HomeLine, Replying("3", "what does it say?", "1"));
        await AnswerAsync(conversation);
        await AnswerAsync(conversation);

        Assert.Equal(new MessageReference(1, null), (await ThreadAsync(Home, conversation))[2].Body.InReplyTo);
        var near = await BeginAsync(conversation);
        Assert.Equal((3L, new MessageReference(1, null)), (near.Utterance.Seq, near.Utterance.Body.InReplyTo));
        Assert.Equal(["the menu", "and tea"], near.History.Select(message => message.Text));
        Assert.Null(near.Answered);
        var far = Assert.IsType<TurnStart>(await Ports.Turns.BeginAsync(conversation, 1, Ports.Clock.GetUtcNow(), Cancel));
        Assert.Equal(["and tea"], far.History.Select(message => message.Text));
        Assert.Equal(("the menu", "Li Wei"), (far.Answered?.Text, far.Answered?.AuthorName));

        await AnswerAsync(conversation);
        await HearAsync(HomeLine, "4", "thanks");
        Assert.Equal(new MessageReference(1, null), (await BeginAsync(conversation)).History[^1].InReplyTo);
    }

    [Fact]
    public async Task Any_part_of_what_the_assistant_said_is_answered_as_the_whole()
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");
        var first = (await AnswerAsync(conversation, "one", "two"))!;
        var second = (await Ports.Outbox.MarkSentAsync(first, "out-1", Cancel))!;
        await Ports.Outbox.MarkSentAsync(second, "out-2", Cancel);

        await StoreAsync(HomeLine, Replying("2", "why one?", "out-1"));
        await StoreAsync(HomeLine, Replying("3", "why two?", "out-2"));

        var thread = await ThreadAsync(Home, conversation);
        Assert.Equal((new MessageReference(2, null), new MessageReference(2, null)), (thread[2].Body.InReplyTo, thread[3].Body.InReplyTo));
    }

    [Fact]
    public async Task What_is_not_known_in_the_conversation_or_was_taken_back_is_not_answered()
    {
        await HearAsync(HomeLine, "elsewhere", "in another chat", "chat-2");
        await HearAsync(OfficeLine, "office", "of another tenant");
        var conversation = await HearAsync(HomeLine, "1", "never mind");
        await StoreAsync(HomeLine, Deleted("1"));

        foreach (var (answered, i) in new[] { "elsewhere", "office", "1", "", "\0" }.Select((answered, i) => (answered, i)))
        {
            await StoreAsync(HomeLine, Replying($"{i + 2}", "this?", answered));
        }

        var thread = await ThreadAsync(Home, conversation);
        Assert.Equal(6, thread.Count);
        Assert.All(thread, message => Assert.Null(message.Body.InReplyTo));
    }

    [Fact]
    public async Task What_began_a_thread_is_answered_in_it_though_it_stands_in_the_chat()
    {
        var chat = await HearAsync(HomeLine, "1", "what is due?");
        var second = (await Ports.Outbox.MarkSentAsync((await AnswerAsync(chat, "the rent", "and the tax"))!, "out-1", Cancel))!;
        await Ports.Outbox.MarkSentAsync(second, "out-2", Cancel);

        foreach (var root in new[] { "out-1", "out-2" })
        {
            var start = await BeginAsync(await ReplyInThreadAsync(root));

            Assert.NotEqual(chat, start.Conversation.Id);
            Assert.Equal(new MessageReference(null, null) { Elsewhere = new FarMessage(chat, 2) }, start.Utterance.Body.InReplyTo);
            Assert.Equal((AuthorKind.Assistant, "the rent\n\nand the tax"), (start.Answered?.Author, start.Answered?.Text));
            Assert.Empty(start.History);
        }
    }

    [Fact]
    public async Task What_began_a_thread_is_looked_for_in_its_own_chat_alone()
    {
        await HearAsync(HomeLine, "elsewhere", "in another chat", "chat-2");
        await HearAsync(OfficeLine, "office", "of another tenant");
        await HearAsync(await ConnectAsync(Home, "other-line", AccessPolicy.Open), "other", "over another connection");
        await HearAsync(HomeLine, "1", "never mind");
        await StoreAsync(HomeLine, Deleted("1"));

        foreach (var root in new[] { "elsewhere", "office", "other", "1" })
        {
            Assert.Null((await BeginAsync(await ReplyInThreadAsync(root))).Utterance.Body.InReplyTo);
        }
    }

    [Fact]
    public async Task What_began_a_thread_and_is_taken_back_later_is_told_to_nobody()
    {
        await HearAsync(HomeLine, "1", "my number is 4711");
        var thread = await ReplyInThreadAsync("1");
        await StoreAsync(HomeLine, Deleted("1"));

        Assert.Null((await BeginAsync(thread)).Answered);
    }

    [Fact]
    public async Task What_is_taken_back_later_is_told_to_nobody_who_answered_it()
    {
        var conversation = await HearAsync(HomeLine, "1", "my number is 4711");
        await AnswerAsync(conversation);
        await StoreAsync(HomeLine, Replying("2", "what is it?", "1"));
        await StoreAsync(HomeLine, Deleted("1"));

        var start = await BeginAsync(conversation);

        Assert.Null(start.Answered);
        Assert.Empty(start.History);
    }

    [Fact]
    public async Task A_quotation_is_kept_as_far_as_there_is_room_whatever_is_edited()
    {
        var conversation = await HearAsync(HomeLine, "1", "tea or coffee");
        await StoreAsync(HomeLine, Quoting("2", "this", "1", new QuotedWords("coffee")));
        await StoreAsync(HomeLine, Quoting("3", "and this", null, new QuotedWords(new string('x', 500), "News")));
        Ports.Clock.Advance(TimeSpan.FromSeconds(1));
        await StoreAsync(HomeLine, Edited("2", "this one"));

        var thread = await ThreadAsync(Home, conversation);

        Assert.Equal(("this one", new MessageReference(1, new QuotedWords("coffee"))), (thread[1].Body.Markdown, thread[1].Body.InReplyTo));
        Assert.Equal(new MessageReference(null, new QuotedWords(new string('x', MessageReference.MaxQuoteLength - 1) + "…", "News")), thread[2].Body.InReplyTo);
    }

    [Fact]
    public async Task What_the_messenger_repeats_is_kept_of_what_is_not_known_alone()
    {
        var conversation = await HearAsync(HomeLine, "1", "tea or coffee");
        await StoreAsync(HomeLine, Repeating("2", "which?", "1"));
        await StoreAsync(HomeLine, Repeating("3", "which?", "elsewhere"));
        await StoreAsync(HomeLine, Repeating("4", "which?", null));

        var thread = await ThreadAsync(Home, conversation);

        var repeated = new MessageReference(null, new QuotedWords("tea or coffee"));
        Assert.Equal([new MessageReference(1, null), repeated, repeated], thread.Skip(1).Select(message => message.Body.InReplyTo));
    }

    private async Task<ConversationId> ReplyInThreadAsync(string root) => Assert.IsType<InboxOutcome.Stored>(
        await StoreAsync(HomeLine, Replying($"in-{root}", "why?", root) with { Chat = new ExternalChat("chat-1", root) })).Conversation;

    private InboundMessage Replying(string id, string text, string answered) => Said(HomeLine, id, "") with { Content = new InboundContent.Said(text, [], answered) };

    private InboundMessage Repeating(string id, string text, string? answered)
        => Said(HomeLine, id, "") with { Content = new InboundContent.Said(text, [], answered) { Repeated = new QuotedWords("tea or coffee") } };

    private InboundMessage Quoting(string id, string text, string? answered, QuotedWords quote)
        => Said(HomeLine, id, "") with { Content = new InboundContent.Said(text, [], answered) { Quote = quote } };
}
