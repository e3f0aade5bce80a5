using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Inbox;
using Assistant.Domain.Wording;
using Xunit;

namespace Assistant.Domain.Tests.Conversations;

/// <summary>When a number or a label that somebody types is the press of a button, and when it is just something said.</summary>
public sealed class NumberedAnswerTests : TurnRig
{
    private static readonly MessageBody Question = new("When shall somebody come?", [new("Monday", "day:1"), new("Tuesday", "day:2")]);
    private static readonly ExternalChat Group = new("group-1", IsGroup: true);

    private int _said;
    private ConversationId _conversation;

    [Theory]
    [InlineData("2")]
    [InlineData(" 2. ")]
    [InlineData("tuesday")]
    public async Task A_number_or_label_is_the_press_it_stands_for(string typed)
    {
        var conversation = await AskAsync();

        await SayAsync(typed);
        await RunAsync(conversation);

        Assert.Equal(new InboundContent.Pressed("day:2", "Tuesday"), Turns.Commits[^1].Entry.Content);
        Assert.Equal("Tuesday", Engines.Asked[^1].Utterance);
        Assert.Equal(typed, (await ThreadAsync(Home, conversation))[2].Body.Markdown);
    }

    [Fact]
    public async Task An_engine_reads_below_the_question_what_could_be_chosen()
    {
        var conversation = await AskAsync();

        await SayAsync("neither");
        await RunAsync(conversation);

        Assert.Equal("When shall somebody come?\n\n1. Monday\n2. Tuesday", Engines.Asked[^1].History[^1].Text);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public async Task Where_there_are_buttons_only_a_session_that_cannot_show_them_is_answered_in_numbers(bool numbersButtons, bool isPress)
    {
        Line.Manifest = Line.Manifest with { Capabilities = ChannelCapabilities.Buttons };
        (Line.Running, Line.NumbersButtons) = (HomeLine, numbersButtons);
        await AskAsync();

        await SayAsync("2");

        Assert.Equal(isPress, await IsPressAsync());
    }

    [Fact]
    public async Task Only_the_newest_message_of_the_assistant_asks()
    {
        var conversation = await AskAsync();
        await SayAsync("what does it cost?");
        await RunAsync(conversation);

        await SayAsync("2");

        Assert.False(await IsPressAsync());
    }

    [Fact]
    public async Task A_message_of_an_operator_comes_between_them()
    {
        var conversation = await AskAsync();
        await TakeOverAsync(Home, conversation, Anna);
        var reply = new MessageBody("How many of you are there?");
        await Ports.Conversations.ReplyAsync(Home, conversation, Anna, new OperatorReply(reply, [reply]), Draft(Home, "x", "x"), Cancel);
        await HandBackAsync(conversation);

        await SayAsync("2");

        Assert.False(await IsPressAsync());
    }

    [Fact]
    public async Task What_was_asked_after_the_person_wrote_was_not_answered()
    {
        await SayAsync("hello");
        var start = await BeginAsync(await SayAsync("2"));

        await Ports.Turns.CommitAsync(Answer(start) with { Reply = Question, Parts = [Question] }, Cancel);

        Assert.False(await IsPressAsync());
    }

    [Fact]
    public async Task A_question_is_answered_once()
    {
        await AskAsync();
        await SayAsync("hm");
        await SayAsync("2");
        await SayAsync("1");

        Assert.Equal([false, true, false], await ArePressesAsync(3));
    }

    [Fact]
    public async Task What_was_edited_since_answers_nothing()
    {
        await AskAsync();
        await SayAsync("1");
        Ports.Clock.Advance(TimeSpan.FromSeconds(1));
        await StoreAsync(HomeLine, Said(HomeLine, $"{_said}", "") with { DedupeKey = "edit", Content = new InboundContent.Edited("2") });

        Assert.False(await IsPressAsync());
    }

    [Fact]
    public async Task A_file_answers_nothing()
    {
        await AskAsync();
        await SayAsync("2", attachments: new Attachment("image", "ref"));

        Assert.False(await IsPressAsync());
    }

    [Fact]
    public async Task Choices_that_could_not_be_sent_were_not_answered()
    {
        var asked = await BeginAsync(await SayAsync("a plumber, please"));
        var committed = await Ports.Turns.CommitAsync(Answer(asked) with { Reply = Question, Parts = [Question] }, Cancel);
        await Ports.Outbox.DeadLetterAsync(Assert.IsType<TurnCommitOutcome.Committed>(committed).Claimed!, new Phrase.Verbatim("blocked"), Cancel);

        await SayAsync("2");

        Assert.False(await IsPressAsync());
    }

    [Fact]
    public async Task A_command_typed_as_a_label_is_the_press_and_no_command()
    {
        var conversation = await AskAsync(new MessageBody("And now?", [new("/unlink", "stay")]));

        await SayAsync("/unlink");
        await RunAsync(conversation);

        Assert.Equal(new InboundContent.Pressed("stay", "/unlink"), Turns.Commits[^1].Entry.Content);
    }

    [Fact]
    public async Task In_a_group_whoever_addresses_the_assistant_answers()
    {
        await AskAsync(chat: Group);
        await SayAsync("2", Group, isAddressed: false);
        await SayAsync("2", Group);
        await SayAsync("1", Group);

        Assert.Equal([false, true, false], await ArePressesAsync(3));
    }

    /// <summary>Somebody says something and is answered with the question.</summary>
    private async Task<ConversationId> AskAsync(MessageBody? question = null, ExternalChat? chat = null)
    {
        var conversation = await SayAsync("a plumber, please", chat);
        var asked = question ?? Question;
        await Ports.Turns.CommitAsync(Answer(await BeginAsync(conversation)) with { Reply = asked, Parts = [asked] }, Cancel);
        return _conversation = conversation;
    }

    private async Task<ConversationId> SayAsync(string text, ExternalChat? chat = null, bool isAddressed = true, params Attachment[] attachments)
    {
        var said = Said(HomeLine, $"{++_said}", text) with { Content = new InboundContent.Said(text, attachments), IsAddressed = isAddressed };
        return _conversation = Assert.IsType<InboxOutcome.Stored>(await StoreAsync(HomeLine, chat is null ? said : said with { Chat = chat })).Conversation;
    }

    private async Task<bool> IsPressAsync() => Assert.Single(await ArePressesAsync(1));

    /// <summary>Runs the next turns and tells which of their utterances were taken for presses.</summary>
    private async Task<IEnumerable<bool>> ArePressesAsync(int turns)
    {
        for (var i = 0; i < turns; i++)
        {
            await RunAsync(_conversation);
        }

        return Turns.Commits.TakeLast(turns).Select(commit => commit.Entry.Content is InboundContent.Pressed);
    }
}
