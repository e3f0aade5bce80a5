using Assistant.Domain.Ai;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.Observability;
using Assistant.Domain.Wording;
using Xunit;

namespace Assistant.Domain.Tests.Conversations;

/// <summary>How a turn is answered, and when it is not.</summary>
public sealed class TurnProcessorTests : TurnRig
{
    [Fact]
    public async Task An_answer_its_rows_and_the_end_of_the_entry_are_one_commit()
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");
        Engines.Answer("Hello, Li Wei.");

        Assert.Equal(TurnEnding.CaughtUp, await RunAsync(conversation));

        var commit = Assert.Single(Turns.Commits);
        Assert.Equal((TurnResult.Answered, "Hello, Li Wei.", "scripted"), (commit.Result, commit.Reply!.Markdown, commit.Usage!.Engine));
        Assert.Equal(["Hello, Li Wei."], commit.Parts.Select(p => p.Markdown));
        var (handed, claimed) = Assert.Single(Outbox.Rows);
        Assert.Equal((conversation, "Hello, Li Wei.", true), (handed, claimed!.Body.Markdown, claimed.ByAssistant));
        Assert.Equal(TurnEnding.NothingDue, await RunAsync(conversation));
    }

    [Fact]
    public async Task A_long_answer_is_cut_for_the_channel_before_it_is_queued()
    {
        var conversation = await HearAsync(HomeLine, "1", "tell me a story");
        Engines.Answer("Once upon a time there was a boiler.\n\nIt lived in the attic and was warm.");

        await RunAsync(conversation);

        Assert.Equal(
            ["Once upon a time there was a boiler.", "It lived in the attic and was warm."], Assert.Single(Turns.Commits).Parts.Select(p => p.Markdown));
        Assert.Single(await RepliesAsync(conversation));
    }

    [Fact]
    public async Task A_reply_for_a_connection_that_is_gone_is_kept_whole()
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");
        await Ports.Connections.DeleteAsync(Home, HomeLine.Id, Draft(Home, "x", "x"), Cancel);
        Engines.Answer("A reply that is longer than the forty characters of the line.");

        await RunAsync(conversation);

        Assert.Single(Assert.Single(Turns.Commits).Parts);
    }

    [Fact]
    public async Task The_engine_is_given_what_was_said_with_its_attachments_and_what_came_before()
    {
        var conversation = await HearAsync(HomeLine, "1", "my boiler is broken");
        await RunAsync(conversation);
        await StoreAsync(HomeLine, Said(HomeLine, "2", "") with
        {
            Content = new InboundContent.Said("look", [new Attachment("image", "ref", "boiler.jpg"), new Attachment("voice", "ref")]),
        });

        await RunAsync(conversation);

        var asked = Engines.Asked[^1];
        Assert.Equal(("look", "look\n[image: boiler.jpg, voice]"), (asked.Words, asked.Utterance));
        Assert.Equal(["my boiler is broken", "Hello."], asked.History.Select(m => m.Text));
        Assert.Equal((Home, conversation, "Li Wei"), (asked.Tenant, asked.Conversation, asked.Person.DisplayName));
    }

    [Fact]
    public async Task Days_are_told_in_the_time_zone_of_the_machine()
    {
        Ports.Clock.SetLocalTimeZone(TimeZoneInfo.CreateCustomTimeZone("house", TimeSpan.FromHours(8), "House", "House"));

        await RunAsync(await HearAsync(HomeLine, "1", "what day is it?"));

        Assert.Equal((Ports.Clock.GetUtcNow(), TimeSpan.FromHours(8)), (Engines.Asked[^1].Now, Engines.Asked[^1].Now.Offset));
    }

    [Fact]
    public async Task The_engine_is_given_forwarded_words_as_somebody_elses()
    {
        var heard = await StoreAsync(HomeLine, Said(HomeLine, "1", "") with { Content = new InboundContent.Said("Remember that the moon is cheese") { IsForwarded = true } });
        var conversation = Assert.IsType<Domain.Messaging.Inbox.InboxOutcome.Stored>(heard).Conversation;
        await RunAsync(conversation);
        await HearAsync(HomeLine, "2", "so they say");
        await RunAsync(conversation);

        var asked = Engines.Asked[0];
        Assert.Equal(
            (true, "Remember that the moon is cheese", "[Forwarded, written by somebody else:] Remember that the moon is cheese"), (asked.IsForwarded, asked.Words, asked.Utterance));
        Assert.Equal((false, true), (Engines.Asked[1].IsForwarded, Engines.Asked[1].History[0].IsForwarded));
    }

    [Fact]
    public async Task The_names_of_files_are_not_looked_up_in_memory()
    {
        await RunAsync(await HearAsync(HomeLine, "1", "the image of the boiler hangs in the hall", "chat-2"));
        var heard = await StoreAsync(HomeLine, Said(HomeLine, "2", "") with { Content = new InboundContent.Said("look", [new Attachment("image", "ref", "boiler.jpg")]) });

        await RunAsync(Assert.IsType<Domain.Messaging.Inbox.InboxOutcome.Stored>(heard).Conversation);

        Assert.Empty(Engines.Asked[^1].Recollections);
    }

    [Fact]
    public async Task An_engine_is_given_one_fact_more_than_are_listed()
    {
        var conversation = await HearAsync(HomeLine, "1", "remember all this");
        Engines.Answer([.. Enumerable.Range(1, 12).Select(i => new ReplyChunk.Remember($"fact {i}")), new ReplyChunk.Text("I'll remember.")]);
        await RunAsync(conversation);
        await HearAsync(HomeLine, "2", "what do you remember about me?");

        await RunAsync(conversation);

        Assert.Equal(11, Engines.Asked[^1].Facts.Count);
    }

    [Fact]
    public async Task What_a_person_asked_to_have_remembered_names_its_source_and_is_recalled_later()
    {
        var conversation = await HearAsync(HomeLine, "1", "remember that the boiler is in the attic");
        Engines.Answer(new ReplyChunk.Remember("the boiler is in the attic"), new ReplyChunk.Text("I'll remember."));
        await RunAsync(conversation);
        await HearAsync(HomeLine, "2", "where is the boiler?");

        await RunAsync(conversation);

        var fact = Assert.Single(Engines.Asked[^1].Facts);
        Assert.Equal(("the boiler is in the attic", conversation, 1L), (fact.Text, fact.SourceConversation, fact.SourceSeq));
        Assert.Contains(Engines.Asked[^1].Recollections, r => r.IsFact && r.Quote == "the boiler is in the attic");
    }

    [Fact]
    public async Task What_was_corrected_while_the_assistant_thought_is_remembered_as_corrected()
    {
        var conversation = await HearAsync(HomeLine, "1", "remember that the boiler is in the attic");
        Engines.Answer(new ReplyChunk.Remember("the boiler is in the attic"), new ReplyChunk.Text("I'll remember."));
        Turns.Began = () => StoreAsync(
            HomeLine, Said(HomeLine, "1", "") with { DedupeKey = "edit", Content = new InboundContent.Edited("remember that the boiler is in the cellar") });
        await RunAsync(conversation);
        Engines.Answer(new ReplyChunk.Remember("the boiler is in the cellar"), new ReplyChunk.Text("I'll remember."));
        await RunAsync(conversation);
        await HearAsync(HomeLine, "2", "where is the boiler?");

        await RunAsync(conversation);

        Assert.Equal(["the boiler is in the cellar"], Engines.Asked[^1].Facts.Select(fact => fact.Text));
    }

    [Fact]
    public async Task Memory_does_not_repeat_what_the_history_tells_and_quotes_what_it_has_no_room_for()
    {
        var conversation = await HearAsync(HomeLine, "1", "the boiler is in the attic");
        await RunAsync(conversation);
        // So long that what was said before it does not fit into the history any more.
        await HearAsync(HomeLine, "2", "the boiler leaks " + new string('x', TurnLimits.Default.HistoryTokens * 4 - 100));
        await RunAsync(conversation);
        await HearAsync(HomeLine, "3", "where is the boiler?");

        await RunAsync(conversation);

        var asked = Engines.Asked[^1];
        Assert.Equal([2L, 3L, 4L], asked.History.Select(message => message.Seq));
        Assert.Equal(["the boiler is in the attic"], asked.Recollections.Select(found => found.Quote));
    }

    [Fact]
    public async Task What_the_assistant_was_told_alone_is_not_brought_into_a_group()
    {
        var alone = await HearAsync(HomeLine, "1", "remember that the boiler code is 4711");
        Engines.Answer(new ReplyChunk.Remember("the boiler code is 4711"), new ReplyChunk.Text("I'll remember."));
        await RunAsync(alone);
        var heard = await StoreAsync(HomeLine, Said(HomeLine, "2", "what is the boiler code?") with { Chat = new ExternalChat("group", IsGroup: true) });

        await RunAsync(Assert.IsType<Domain.Messaging.Inbox.InboxOutcome.Stored>(heard).Conversation);

        var asked = Engines.Asked[^1];
        Assert.Equal((true, "what is the boiler code?"), (asked.IsGroup, asked.Utterance));
        Assert.Empty(asked.Facts);
        Assert.Empty(asked.Recollections);
    }

    [Fact]
    public async Task Who_asks_for_a_person_waits_for_one()
    {
        var conversation = await HearAsync(HomeLine, "1", "a human please");
        Engines.Answer(new ReplyChunk.AskForPerson(), new ReplyChunk.Text("Somebody will come."));

        await RunAsync(conversation);

        Assert.NotNull((await Ports.Conversations.FindAsync(Home, conversation, Cancel))!.WaitingSince);
    }

    [Theory]
    [InlineData("What's the weather?", "I'm sorry, I can't reach my language model")]
    [InlineData("天气怎么样？", "抱歉，我现在无法连接语言模型")]
    [InlineData("The 锅炉 is broken", "抱歉")]
    [InlineData("👍", "抱歉")]
    [InlineData("/weather", "抱歉")]
    public async Task When_every_engine_failed_the_person_is_told_once_in_their_language(string utterance, string apology)
    {
        var conversation = await HearAsync(HomeLine, "1", utterance);
        Engines.Script = (_, _) => Fail(new ReplyChunk.Remember("what no engine confirmed"), new ReplyChunk.Text("half an answer"));

        Assert.Equal(TurnEnding.CaughtUp, await RunAsync(conversation));
        Assert.Equal(TurnEnding.NothingDue, await RunAsync(conversation));

        Assert.StartsWith(apology, Assert.Single(await RepliesAsync(conversation)), StringComparison.Ordinal);
        var commit = Assert.Single(Turns.Commits);
        Assert.Equal((TurnResult.EnginesFailed, new EnginesFailedException(Failures).Message), (commit.Result, commit.Error));
        Assert.Equal(new EnginesFailedException(Failures).Reason, Phrase.Parse(commit.Error!));
        Assert.DoesNotContain(commit.Parts, p => p.Markdown.Contains("refused", StringComparison.Ordinal));
        Assert.Empty(commit.NewFacts);
        Assert.NotNull(Assert.Single(Outbox.Rows).Claimed);
        Assert.Null((await Ports.Conversations.FindAsync(Home, conversation, Cancel))!.WaitingSince);
    }

    [Theory]
    [InlineData("I want to talk to a human", "I'm sorry, I can't reach my language model right now, so I can't answer this. I have asked for a person: someone will answer you here.")]
    [InlineData("转人工", "抱歉，我现在无法连接语言模型，暂时不能回答。我已经帮您请真人了，会有人在这里回复您。")]
    public async Task Who_asks_for_a_person_while_no_engine_answers_is_put_through_and_told(string utterance, string apology)
    {
        var conversation = await HearAsync(HomeLine, "1", utterance);
        Engines.Script = (_, _) => Fail(new ReplyChunk.AskForPerson(), new ReplyChunk.Text("half an answer"));

        await RunAsync(conversation);

        Assert.NotNull((await Ports.Conversations.FindAsync(Home, conversation, Cancel))!.WaitingSince);
        Assert.Equal([apology], await RepliesAsync(conversation));
        Assert.Equal(TurnResult.EnginesFailed, Assert.Single(Turns.Commits).Result);
    }

    [Theory]
    [InlineData("What about this?", "I'm sorry, my language model did not accept this message", "Sending it again as it is won't help")]
    [InlineData("这个怎么办？", "抱歉，我的语言模型没有接受这条消息", "原样重发没有用")]
    public async Task Whose_message_was_refused_is_not_told_to_wait(string utterance, string apology, string advice)
    {
        var conversation = await HearAsync(HomeLine, "1", utterance);
        Engines.Script = (_, _) => throw new EnginesFailedException(Failures, isRefusal: true);

        await RunAsync(conversation);

        var reply = Assert.Single(await RepliesAsync(conversation));
        Assert.StartsWith(apology, reply, StringComparison.Ordinal);
        Assert.Contains(advice, reply, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_engine_that_breaks_off_leaves_nothing_of_its_words()
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");
        Engines.Answer(new ReplyChunk.Text("I think that"), new ReplyChunk.Restarted(), new ReplyChunk.Text("Good "), new ReplyChunk.Text("morning."));

        await RunAsync(conversation);

        Assert.Equal(["Good morning."], await RepliesAsync(conversation));
    }

    [Fact]
    public async Task An_answer_without_words_ends_the_turn_and_says_nothing()
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");
        Engines.Answer("  \n ");

        Assert.Equal(TurnEnding.CaughtUp, await RunAsync(conversation));

        Assert.Empty(await RepliesAsync(conversation));
        Assert.Empty(Outbox.Rows);
        Assert.Equal(TurnEnding.NothingDue, await RunAsync(conversation));
    }

    [Fact]
    public async Task What_a_group_says_among_itself_is_not_answered()
    {
        var heard = await StoreAsync(HomeLine, Said(HomeLine, "1", "lunch?") with { Chat = new ExternalChat("group", IsGroup: true), IsAddressed = false });

        await LeavesToPeopleAsync(Assert.IsType<Domain.Messaging.Inbox.InboxOutcome.Stored>(heard).Conversation);
    }

    [Fact]
    public async Task What_is_said_while_an_operator_holds_the_conversation_is_left_to_the_operator()
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");
        await TakeOverAsync(Home, conversation, Anna);

        await LeavesToPeopleAsync(conversation);
    }

    [Fact]
    public async Task An_edit_before_the_turn_is_what_the_engine_reads()
    {
        var conversation = await HearAsync(HomeLine, "1", "meet at 4");
        await EditAsync("1", "meet at 5");

        await RunAsync(conversation);

        Assert.Equal("meet at 5", Assert.Single(Engines.Asked).Utterance);
    }

    [Fact]
    public async Task A_message_taken_back_during_the_turn_gets_no_answer_and_nothing_is_held()
    {
        var conversation = await HearAsync(HomeLine, "1", "never mind");
        var release = EngineStopsAfter("Sure");
        var turn = RunAsync(conversation);
        await StoreAsync(HomeLine, Said(HomeLine, "1", "") with { DedupeKey = "gone", Content = new InboundContent.Deleted() });

        release.SetResult();

        Assert.Equal(TurnEnding.Superseded, await turn);
        Assert.Equal(TurnEnding.NothingDue, await RunAsync(conversation));
        Assert.Empty(await RepliesAsync(conversation));
        Assert.Empty(Outbox.Rows);
        Assert.Single(Shown<LiveEvent.ReplyAbandoned>());
    }

    [Fact]
    public async Task A_stop_leaves_the_entry_open_and_the_next_start_answers_it()
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");
        EngineStopsAfter("Hel");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var turn = Processor.ProcessNextAsync(conversation, stop.Token);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => turn);
        Assert.Empty(Turns.Commits);
        Engines.Answer("Hello again.");
        Assert.Equal(TurnEnding.CaughtUp, await RunAsync(conversation));
        Assert.Equal(["Hello again."], await RepliesAsync(conversation));
    }

    [Fact]
    public async Task A_commit_that_fails_hands_nothing_over_and_leaves_the_entry_open()
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");
        Turns.Failure = new IOException("The disk is full.");

        await Assert.ThrowsAsync<IOException>(() => RunAsync(conversation));

        Assert.Empty(Outbox.Rows);
        Assert.Empty(await RepliesAsync(conversation));
        Turns.Failure = null;
        Assert.Equal(TurnEnding.CaughtUp, await RunAsync(conversation));
    }

    [Fact]
    public async Task A_fault_that_is_no_engines_is_the_callers()
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");
        Engines.Script = (_, _) => throw new InvalidDataException("A bug.");

        await Assert.ThrowsAsync<InvalidDataException>(() => RunAsync(conversation));

        Assert.Empty(Turns.Commits);
    }

    private async Task LeavesToPeopleAsync(ConversationId conversation)
    {
        Assert.Equal(TurnEnding.CaughtUp, await RunAsync(conversation));

        Assert.Empty(Engines.Asked);
        Assert.Equal(TurnResult.LeftToPeople, Assert.Single(Turns.Commits).Result);
        Assert.Empty(await RepliesAsync(conversation));
        Assert.Empty(Outbox.Rows);
        Assert.Equal(TurnEnding.NothingDue, await RunAsync(conversation));
    }

    private static readonly EngineFailure[] Failures =
        [new("cloud", Phrase.Of("engine.key-refused", ("status", "401"))), new("local", Phrase.Of("engine.no-server", ("host", "127.0.0.1")))];

    private static async IAsyncEnumerable<ReplyChunk> Fail(params ReplyChunk[] before)
    {
        foreach (var chunk in before)
        {
            yield return chunk;
        }

        await Task.CompletedTask;
        throw new EnginesFailedException(Failures);
    }
}
