using System.Globalization;
using Assistant.Domain.Attachments;
using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Inbox;
using Assistant.Domain.Messaging.Outbox;
using Assistant.Domain.People;
using Assistant.Domain.People.Links;
using Assistant.Domain.People.Reach;
using Assistant.Domain.Security;
using Assistant.Domain.Tests.People.Acts;
using Assistant.Testing.Fakes;
using Xunit;

namespace Assistant.Domain.Tests.People.Reach;

/// <summary>People go on on another of their messengers, and are written to where they are.</summary>
public sealed class ReachDeskTests : ActRig
{
    private Connection _phone = null!;
    private ConversationId _here;
    private ConversationId _there;

    private ContinuationDesk Desk => new(
        Reach, new ConversationDesk(House, House, House, Line, new RecordedSignals(), Outbox, Live, AttachmentLimits.Default, FakeFileAddresses.None, Ports.Clock), House, Ports.Clock);

    [Theory]
    [InlineData("/continue phone", "我已在 Quiet 上给您发了消息")]
    [InlineData("continue on Phone.", "I have written to you on Quiet")]
    [InlineData("在 phone 上继续", "我已在 Quiet 上给您发了消息")]
    public async Task A_person_goes_on_on_another_messenger_where_the_assistant_knows_what_was_said(string wish, string answer)
    {
        await BeTogetherAsync();
        await AskAsync("The key is under the mat.");

        Assert.Contains(answer, await AskAsync(wish), StringComparison.Ordinal);
        Assert.Contains(wish.StartsWith("continue", StringComparison.Ordinal) ? "Let's go on here" : "我们在这里继续", (await SaidToPersonAsync(_there))[^1], StringComparison.Ordinal);
        await AskAsync("Where is it?", "wu", line: _phone);

        var told = Engines.Asked[^1].History;
        Assert.Contains(told, message => message is { Text: "The key is under the mat.", IsElsewhere: true, Author: AuthorKind.Person });
        Assert.Equal(told.OrderBy(message => message.At).Select(message => message.Text), told.Select(message => message.Text));
    }

    [Fact]
    public async Task A_link_that_ended_opens_nothing_of_what_was_said_elsewhere()
    {
        await BeTogetherAsync();
        await AskAsync("The key is under the mat.");
        await AskAsync("/continue phone");
        await AskAsync("/unlink");

        await AskAsync("Where is it?", "wu", line: _phone);

        Assert.DoesNotContain(Engines.Asked[^1].History, message => message.IsElsewhere);
    }

    [Fact]
    public async Task Words_that_name_no_messenger_are_for_the_engine_and_a_command_says_what_it_wants()
    {
        await BeTogetherAsync();

        Assert.Equal("Hello.", await AskAsync("continue on the second topic"));
        Assert.Equal("Hello.", await AskAsync("在家里继续"));
        Assert.Contains("我不认识这个名称的消息应用", await AskAsync("/continue the second topic"), StringComparison.Ordinal);
        Assert.Contains("我们已经在 home-line 上了", await AskAsync("/continue home-line"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_has_no_chat_of_their_own_there_is_told_how_to_be_met()
    {
        var group = Said(HomeLine, "1", "hello") with { Chat = new ExternalChat("group", IsGroup: true) };
        var conversation = Assert.IsType<InboxOutcome.Stored>(await StoreAsync(HomeLine, group)).Conversation;
        var start = await BeginAsync(conversation);

        Assert.Equal("Quiet", Assert.IsType<GoingOn.NotMet>(await Reach.GoOnAsync(start, "quiet", CultureInfo.InvariantCulture, Cancel)).Messenger);
        Assert.IsType<GoingOn.NoSuchMessenger>(await Reach.GoOnAsync(start, "pigeon", CultureInfo.InvariantCulture, Cancel));
    }

    [Fact]
    public async Task A_reply_goes_where_the_person_spoke_last_or_wants_to_be_written_to()
    {
        await BeTogetherAsync();
        var anna = await UserAsync("anna@example.test", Roles.Operator);
        await Desk.ContinueAsync(anna, _there, _here, Cancel);
        Ports.Clock.Advance(TimeSpan.FromMinutes(1));
        await AskAsync("Are you there?", "wu", line: _phone);

        var moved = Assert.IsType<ReplyOutcome.Accepted>(await Desk.ReplyAsync(anna, _here, null, "Anna is.", [], Cancel)).Message;
        Assert.Equal(_there, moved.Conversation);
        Assert.Equal(anna.AsUser.Id, (await Ports.Conversations.FindAsync(Home, _there, Cancel))!.Operator!.Id);

        Assert.Equal(_here, Assert.IsType<ReplyOutcome.Accepted>(await Desk.ReplyAsync(anna, _here, _here, "Here all the same.", [], Cancel)).Message.Conversation);
        Assert.True(await Reach.PreferAsync(anna, _here, Cancel));
        Assert.Equal(_here, Assert.IsType<ReplyOutcome.Accepted>(await Desk.ReplyAsync(anna, _there, null, "Where you like it.", [], Cancel)).Message.Conversation);
        Assert.True(await Reach.DropPreferenceAsync(anna, _here, Cancel));
        Assert.Equal(_there, (await Reach.FindAsync(anna, _here, Cancel))!.Answered!.Conversation);
    }

    [Fact]
    public async Task A_reply_goes_nowhere_a_colleague_holds_or_to_somebody_else()
    {
        await BeTogetherAsync();
        var (anna, bo) = (await UserAsync("anna@example.test", Roles.Operator), await UserAsync("bo@example.test", Roles.Operator));
        await AskAsync("I am nobody's friend", "eve");
        var stranger = Heard;
        Assert.IsType<ContinueOutcome.NotFound>(await Desk.ContinueAsync(anna, _here, stranger, Cancel));
        Assert.IsType<ContinueOutcome.NotFound>(await Desk.ContinueAsync(anna, _here, _here, Cancel));
        Assert.IsType<ReplyOutcome.NotHolder>(await Desk.ReplyAsync(anna, _here, _there, "Not taken over.", [], Cancel));

        await TakeOverAsync(Home, _there, bo.AsUser);
        await TakeOverAsync(Home, _here, anna.AsUser);
        Assert.Equal(bo.AsUser, Assert.IsType<ReplyOutcome.NotHolder>(await Desk.ReplyAsync(anna, _here, _there, "It is Bo's.", [], Cancel)).Operator);

        Assert.Null((await Ports.Conversations.FindAsync(Home, _there, Cancel))!.ContinuedFrom);
    }

    [Fact]
    public async Task A_person_says_where_they_want_to_be_written_to()
    {
        await BeTogetherAsync();
        var anna = await UserAsync("anna@example.test", Roles.Operator);

        Assert.Contains("以后有事我会在这里联系您", await AskAsync("/here"), StringComparison.Ordinal);
        Ports.Clock.Advance(TimeSpan.FromMinutes(1));
        await AskAsync("later on the phone", "wu", line: _phone);
        var reach = (await Reach.FindAsync(anna, _there, Cancel))!;
        Assert.Equal((_here, _here), (reach.Preferred!.Conversation, reach.Answered!.Conversation));

        Assert.Contains("我会在您最近使用的消息应用中联系您", await AskAsync("在我所在的地方联系我", "wu", line: _phone), StringComparison.Ordinal);
        Assert.Equal(_there, (await Reach.FindAsync(anna, _here, Cancel))!.Answered!.Conversation);
        Assert.Single(await AuditOfAsync(Home), e => e.What.Action == AuditActions.MessengerPreferred && e.What.Actor.Kind == "person");
    }

    // Lin on the home line and Wu on the phone are one human being.
    private async Task BeTogetherAsync()
    {
        _phone = await ConnectAsync(Home, "phone", AccessPolicy.Open);
        await AskAsync("hello", "wu", line: _phone);
        _there = Heard;
        await AskAsync("hello");
        _here = Heard;
        var (lin, wu) = (await PersonOfAsync(_here), await PersonOfAsync(_there));
        Assert.Equal(JoinOutcome.Linked, await Ports.Links.LinkAsync(
            PersonLink.Between(Home, lin, wu, LinkProof.Operator, Ports.Clock.GetUtcNow()), Draft(Home, AuditActions.PersonLinked, $"person/{lin}"), Cancel));
        Ports.Clock.Advance(TimeSpan.FromMinutes(1));
    }

    private async Task<IReadOnlyList<string>> SaidToPersonAsync(ConversationId conversation)
        => [.. (await ThreadAsync(Home, conversation)).Where(message => message is { IsNote: false, Author: not AuthorKind.Person }).Select(message => message.Body.Markdown)];
}
