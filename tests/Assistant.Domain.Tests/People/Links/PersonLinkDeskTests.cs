using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Memory;
using Assistant.Domain.Messaging;
using Assistant.Domain.People;
using Assistant.Domain.People.Accounts;
using Assistant.Domain.People.Links;
using Assistant.Domain.Security;
using Assistant.Domain.Tests.People.Acts;
using Xunit;

namespace Assistant.Domain.Tests.People.Links;

/// <summary>People and operators link persons, and end such links.</summary>
public sealed class PersonLinkDeskTests : ActRig
{
    [Fact]
    public async Task A_person_connects_two_messengers_from_both_sides_and_both_are_told()
    {
        await AskAsync("hello", "wu");
        var there = Heard;
        var code = CodeIn(await AskAsync("/connect", "wu"));

        var question = await AskAsync($"link {code}");
        Assert.Contains("says that you are one and the same", question, StringComparison.Ordinal);
        Assert.Contains("“Li Wei” on Quiet", question, StringComparison.Ordinal);
        Assert.Empty(await Ports.Links.ListOfAsync(Home, await PersonOfAsync(Heard), Cancel));

        Assert.Contains("Done: you are one person", await AskAsync($"confirm {code.ToLowerInvariant()}"), StringComparison.Ordinal);

        var (lin, wu) = (await PersonOfAsync(Heard), await PersonOfAsync(there));
        Assert.Equal([lin, wu], PersonLinks.Together(lin, await Ports.Links.ListOfAsync(Home, lin, Cancel)));
        Assert.Contains("关联为同一个人", (await ThreadAsync(Home, there))[^1].Body.Markdown, StringComparison.Ordinal);
        var linked = Assert.Single(await AuditOfAsync(Home), e => e.What.Action == AuditActions.PersonLinked);
        Assert.Equal(("person", lin.ToString(), $"person/{wu}", "code"), (linked.What.Actor.Kind, linked.What.Actor.Id, linked.What.Details["with"], linked.What.Details["by"]));
    }

    [Fact]
    public async Task In_chinese_as_well()
    {
        var code = CodeIn(await AskAsync("关联其他应用", "wu"));

        Assert.Contains("表示与您是同一个人", await AskAsync($"绑定 {code}"), StringComparison.Ordinal);
        Assert.Contains("关联为同一个人", await AskAsync($"确认{code}"), StringComparison.Ordinal);
        Assert.Contains("已解除", await AskAsync("解除关联"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Leaving_ends_it_for_both_and_says_so()
    {
        await ConnectAsync("wu", "lin");
        var lin = await PersonOfAsync(Heard);

        Assert.Contains("Nothing was deleted", await AskAsync("disconnect my other messengers"), StringComparison.Ordinal);

        Assert.Empty(await Ports.Links.ListOfAsync(Home, lin, Cancel));
        Assert.Contains("not connected", await AskAsync("disconnect my other messengers"), StringComparison.Ordinal);
        await AskAsync("/unlink", "wu");
        Assert.Contains(await ThreadAsync(Home, Heard), line => line.Body.Markdown.Contains("的关联已解除", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Their_own_code_and_a_wrong_one_open_nothing_and_guesses_are_counted()
    {
        var code = CodeIn(await AskAsync("/connect", "wu"));

        Assert.Contains("opens nothing", await AskAsync($"link {code}", "wu"), StringComparison.Ordinal);
        for (var guess = 0; guess < PersonLinkDesk.MaxGuesses; guess++)
        {
            Assert.Contains("opens nothing", await AskAsync($"confirm {LinkCode.Create().Reveal()}"), StringComparison.Ordinal);
        }

        Assert.Contains("opens nothing", await AskAsync($"confirm {code}"), StringComparison.Ordinal); // right, and too late
        Assert.Contains("此代码无效", await AskAsync("/confirm nonsense"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_asked_of_the_product_is_done_once_though_its_words_are_edited_meanwhile()
    {
        var conversation = await HearAsync(HomeLine, "1", "/connect", "chat-wu", "wu");
        Turns.Began = () => StoreAsync(
            HomeLine, Said(HomeLine, "1", "", "chat-wu", "wu") with { DedupeKey = "edit", Content = new InboundContent.Edited("/unlink") });

        Assert.Equal(TurnEnding.CaughtUp, await RunAsync(conversation));

        Assert.NotEmpty(CodeIn(Assert.Single(await RepliesAsync(conversation))));
        Assert.Equal(TurnEnding.NothingDue, await RunAsync(conversation));
    }

    [Fact]
    public void A_name_is_quoted_and_never_formats()
    {
        var named = new Person(PersonId.Create(), Home, "[wu](https://evil.test)", "en", default);

        Assert.DoesNotContain("[wu](", PersonLinkWords.Linked(named, named), StringComparison.Ordinal);
        Assert.DoesNotContain("[wu](", PersonLinkWords.Ended(named, named), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_operator_links_with_a_reason_and_unlinks()
    {
        var (lin, wu) = (await MeetAsync("lin"), await MeetAsync("wu"));
        var ada = await UserAsync("ada@example.org", Roles.Operator);

        Assert.IsType<OperatorJoin.NoReason>(await Links.LinkAsync(ada, lin, wu, "  ", Cancel));
        Assert.Equal(JoinOutcome.Same, Assert.IsType<OperatorJoin.Refused>(await Links.LinkAsync(ada, lin, lin, "why", Cancel)).Why);
        Assert.IsType<OperatorJoin.Done>(await Links.LinkAsync(ada, lin, wu, "Said so on the telephone.", Cancel));

        var other = Assert.Single(await Links.ListAsync(ada, lin, Cancel));
        Assert.Equal((wu, LinkProof.Operator), (other.Row.Person.Id, other.Link.Proof));
        var linked = Assert.Single(await AuditOfAsync(Home), e => e.What.Action == AuditActions.PersonLinked);
        Assert.Equal("Said so on the telephone.", linked.What.Details["reason"]);
        Assert.True(await Links.UnlinkAsync(ada, other.Link, Cancel));
        Assert.False(await Links.UnlinkAsync(ada, other.Link, Cancel));
        Assert.Empty(await Links.ListAsync(ada, lin, Cancel));
    }

    [Fact]
    public async Task A_link_is_ended_by_its_id_among_those_of_the_person_alone()
    {
        var (lin, wu, zoe) = (await MeetAsync("lin"), await MeetAsync("wu"), await MeetAsync("zoe"));
        var ada = await UserAsync("ada@example.org", Roles.Operator);
        await Links.LinkAsync(ada, lin, wu, "Said so on the telephone.", Cancel);
        var link = Assert.Single(await Links.ListAsync(ada, lin, Cancel)).Link.Id;

        Assert.False(await Links.UnlinkAsync(ada, zoe, link, Cancel));
        Assert.Single((await Links.FindAsync(ada, wu, Cancel))!);
        Assert.True(await Links.UnlinkAsync(ada, wu, link, Cancel));

        Assert.Empty((await Links.FindAsync(ada, lin, Cancel))!);
        Assert.Null(await Links.FindAsync(ada, new PersonId(Guid.CreateVersion7()), Cancel));
    }

    [Fact]
    public async Task Only_who_looks_after_people_may()
    {
        var (lin, wu) = (await MeetAsync("lin"), await MeetAsync("wu"));
        var (viewer, nobody) = (await UserAsync("eve@example.org", Roles.Viewer), await UserAsync("bob@example.org"));

        await Assert.ThrowsAsync<PermissionDeniedException>(() => Links.LinkAsync(viewer, lin, wu, "why", Cancel));
        await Assert.ThrowsAsync<PermissionDeniedException>(() => Links.UnlinkAsync(viewer, PersonLink.Between(Home, lin, wu, LinkProof.Code, Ports.Clock.GetUtcNow()), Cancel));
        await Assert.ThrowsAsync<PermissionDeniedException>(() => Links.ListAsync(nobody, lin, Cancel));
        await Assert.ThrowsAsync<PermissionDeniedException>(() => Links.UnlinkAsync(viewer, lin, wu.Value, Cancel));
        await Assert.ThrowsAsync<PermissionDeniedException>(() => Links.FindAsync(nobody, lin, Cancel));
    }

    [Fact]
    public async Task What_was_told_on_one_messenger_is_known_on_the_other_until_the_link_ends()
    {
        await AskAsync("Remember that the gate code is 4711.", "wu");
        var wu = await PersonOfAsync(Heard);
        var lin = await MeetAsync("lin");
        var here = Heard;
        var recall = new LinkedRecall(House, House);
        Assert.Empty((await RecallAsync(recall, lin, here)).Found);

        await ConnectAsync("wu", "lin");

        Assert.Contains((await RecallAsync(recall, lin, here)).Found, found => found.Quote.Contains("4711", StringComparison.Ordinal));
        await AskAsync("/unlink");
        Assert.Empty((await RecallAsync(recall, lin, here)).Found);
        Assert.NotEmpty((await RecallAsync(recall, wu, here)).Found);
    }

    private Task<Recalled> RecallAsync(LinkedRecall recall, PersonId person, ConversationId current) => recall.RecallAsync(Home, person, "gate code", current, 1, onlyHere: false, 6, 6, Cancel);

    private async Task ConnectAsync(string there, string here)
    {
        var code = CodeIn(await AskAsync("/connect", there));
        await AskAsync($"link {code}", here);
        await AskAsync($"confirm {code}", here);
    }

    private async Task<PersonId> MeetAsync(string sender)
    {
        await AskAsync("hello", sender);
        return await PersonOfAsync(Heard);
    }

    private static string CodeIn(string answer) => System.Text.RegularExpressions.Regex.Match(answer, "[2-9A-Z]{5}-[2-9A-Z]{5}").Value;
}
