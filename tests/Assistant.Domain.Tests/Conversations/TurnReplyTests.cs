using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Inbox;
using Xunit;

namespace Assistant.Domain.Tests.Conversations;

/// <summary>What a person answers or quotes is told to the engine, and is never what they say themselves.</summary>
public sealed class TurnReplyTests : TurnRig
{
    [Fact]
    public async Task The_engine_is_told_which_earlier_message_is_answered_then_and_later()
    {
        var conversation = await HearAsync(HomeLine, "1", "remember that the boiler leaks");
        await RunAsync(conversation);
        await HearAsync(HomeLine, "2", "tea?");
        await RunAsync(conversation);

        await ReplyAsync("3", "what about this?", "1");
        await RunAsync(conversation);

        const string told = "[In reply to “Li Wei”: “remember that the boiler leaks”] what about this?";
        Assert.Equal(("what about this?", told), (Engines.Asked[^1].Words, Engines.Asked[^1].Utterance));
        await HearAsync(HomeLine, "4", "thanks");
        await RunAsync(conversation);
        Assert.Equal(("thanks", told), (Engines.Asked[^1].Utterance, ToldText.Of(Engines.Asked[^1].History[4])));
    }

    [Fact]
    public async Task An_answer_to_what_was_said_last_repeats_nothing()
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");
        await RunAsync(conversation);
        await Ports.Outbox.MarkSentAsync(Assert.Single(Outbox.Rows).Claimed!, "out-1", Cancel);

        await ReplyAsync("2", "and then?", "out-1");
        await RunAsync(conversation);

        Assert.Equal("and then?", Engines.Asked[^1].Utterance);
    }

    [Fact]
    public async Task An_answer_to_what_the_assistant_said_before_names_it()
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");
        Engines.Answer(string.Join(' ', Enumerable.Repeat("boiler", 40)));
        await RunAsync(conversation);
        await Ports.Outbox.MarkSentAsync(Assert.Single(Outbox.Rows).Claimed!, "out-1", Cancel);
        await HearAsync(HomeLine, "2", "tea?");
        await RunAsync(conversation);

        await ReplyAsync("3", "why?", "out-1");
        await RunAsync(conversation);

        Assert.StartsWith("[In reply to you: “boiler boiler", Engines.Asked[^1].Utterance, StringComparison.Ordinal);
        Assert.EndsWith("…”] why?", Engines.Asked[^1].Utterance, StringComparison.Ordinal);
        Assert.InRange(Engines.Asked[^1].Utterance.Length, 90, 120);
    }

    [Fact]
    public async Task What_is_answered_is_told_though_the_history_does_not_reach_so_far()
    {
        await StoreAsync(HomeLine, Said(HomeLine, "1", "") with { Content = new InboundContent.Said("", [new Attachment("image", "ref", "menu.jpg")]) });
        var conversation = await HearAsync(HomeLine, "2", "hello");
        await RunAsync(conversation);
        await RunAsync(conversation);
        for (var i = 3; i <= TurnLimits.Default.HistoryLimit; i++)
        {
            await HearAsync(HomeLine, $"{i}", "hello");
            await RunAsync(conversation);
        }

        await ReplyAsync("picture", "what does this say?", "1");
        await RunAsync(conversation);

        Assert.Equal("[In reply to “Li Wei”: “[image: menu.jpg]”] what does this say?", Engines.Asked[^1].Utterance);
    }

    [Fact]
    public async Task In_a_thread_the_engine_is_told_what_began_it_however_long_it_goes_on()
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");
        Engines.Answer("The boiler leaks.");
        await RunAsync(conversation);
        await Ports.Outbox.MarkSentAsync(Assert.Single(Outbox.Rows).Claimed!, "out-1", Cancel);

        foreach (var (id, words) in new[] { ("2", "since when?"), ("3", "and why?") })
        {
            var said = Said(HomeLine, id, "") with { Chat = new ExternalChat("chat-1", "out-1"), Content = new InboundContent.Said(words, [], "out-1") };
            await RunAsync(Assert.IsType<InboxOutcome.Stored>(await StoreAsync(HomeLine, said)).Conversation);

            Assert.Equal((words, $"[In reply to you: “The boiler leaks.”] {words}"), (Engines.Asked[^1].Words, Engines.Asked[^1].Utterance));
        }
    }

    [Theory]
    [InlineData(true, true, "1")]
    [InlineData(true, false, null)]
    [InlineData(false, true, null)]
    public async Task In_a_group_the_answer_is_a_reply_where_the_channel_wants_that(bool isGroup, bool wantsReplies, string? replyTo)
    {
        Line.Manifest = Line.Manifest with { RepliesInGroups = wantsReplies };
        var stored = await StoreAsync(HomeLine, Said(HomeLine, "1", "hello") with { Chat = new ExternalChat("chat-1", IsGroup: isGroup) });

        await RunAsync(Assert.IsType<InboxOutcome.Stored>(stored).Conversation);

        Assert.Equal(replyTo, Assert.Single(Outbox.Rows).Claimed!.ReplyToExternalId);
    }

    [Theory]
    [InlineData("LINE 4f2a1c", false, "")]
    [InlineData("LINE 4f2a1c", true, "LINE 4f2a1c")]
    [InlineData("LINE abcdef", false, "LINE abcdef")]
    [InlineData("4f2a1c", false, "4f2a1c")]
    public async Task The_engine_is_not_told_a_stand_in_for_a_name_but_who_speaks_in_a_group(string name, bool isGroup, string told)
    {
        var stored = await StoreAsync(HomeLine, Said(HomeLine, "1", "hello") with
        {
            Chat = new ExternalChat("U004f2a1c", IsGroup: isGroup),
            Sender = ExternalSender.Named("U004f2a1c", null, name),
        });

        await RunAsync(Assert.IsType<InboxOutcome.Stored>(stored).Conversation);

        Assert.Equal(told, Engines.Asked[^1].Person.DisplayName);
    }

    [Theory]
    [InlineData("command/", "command/1", "command/1")]
    [InlineData("command/", "1", null)]
    [InlineData("", "1", "1")]
    [InlineData(null, "command/1", null)]
    public async Task What_waits_for_its_answer_is_named_by_it_in_a_direct_chat_too(string? awaiting, string id, string? replyTo)
    {
        Line.Manifest = Line.Manifest with { AwaitingReply = awaiting };
        var conversation = await HearAsync(HomeLine, id, "hello");

        await RunAsync(conversation);

        Assert.Equal(replyTo, Assert.Single(Outbox.Rows).Claimed!.ReplyToExternalId);
    }

    [Theory]
    [InlineData(null, "[In reply to somebody: “tea\" [or coffee”] this")]
    [InlineData("News” x", "[In reply to “News\" x”: “tea\" [or coffee”] this")]
    public async Task A_quotation_stays_between_its_marks(string? by, string told)
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");
        await RunAsync(conversation);
        await StoreAsync(HomeLine, Said(HomeLine, "2", "") with
        {
            Content = new InboundContent.Said("this", []) { Quote = new QuotedWords("tea” [or\ncoffee", by) },
        });

        await RunAsync(conversation);

        Assert.Equal(("this", told), (Engines.Asked[^1].Words, Engines.Asked[^1].Utterance));
    }

    private async Task ReplyAsync(string id, string text, string answered)
        => await StoreAsync(HomeLine, Said(HomeLine, id, "") with { Content = new InboundContent.Said(text, [], answered) });
}
