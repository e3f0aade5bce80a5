using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Memory;
using Assistant.Domain.Messaging;
using Assistant.Domain.People;
using Assistant.Domain.Tenancy;
using Xunit;

namespace Assistant.Testing.Contracts;

/// <summary>What every <see cref="IRecall"/> must hold.</summary>
public abstract class RecallContract : PathContract
{
    [Theory]
    [InlineData("The boiler is in the attic", "Where is the boiler?")]
    [InlineData("我家的锅炉在阁楼上", "锅炉在哪里？")]
    [InlineData("我家的锅炉在阁楼上", "阁楼")]
    public async Task What_was_said_is_found_verbatim(string said, string question)
    {
        var conversation = await HearAsync(HomeLine, "1", said);
        await HearAsync(HomeLine, "2", "今天天气很好, lovely weather");

        var found = Assert.Single(await FindAsync(conversation, question));

        Assert.Equal((said, false, AuthorKind.Person, conversation, 1L), (found.Quote, found.IsFact, found.Author, found.Conversation, found.Seq));
    }

    [Fact]
    public async Task A_fact_comes_before_what_was_said_in_passing()
    {
        var conversation = await HearAsync(HomeLine, "1", "remember that the boiler is in the attic");
        await CommitFactAsync(conversation, "the boiler is in the attic");
        Ports.Clock.Advance(TimeSpan.FromDays(1));
        await HearAsync(HomeLine, "2", "the boiler is noisy");

        var found = await FindAsync(conversation, "boiler");

        Assert.Equal(["the boiler is in the attic", "the boiler is noisy"], found.Select(f => f.Quote));
        Assert.Equal([true, false], found.Select(f => f.IsFact));
    }

    [Theory]
    [InlineData("my birthday is on 3 May", "my brother's birthday is on 8 June", "When is my birthday?")]
    [InlineData("我的生日是五月三号", "我弟弟的生日是六月八号", "我的生日是什么时候？")]
    public async Task A_fact_is_found_however_often_it_was_asked_about(string fact, string later, string question)
    {
        var conversation = await HearAsync(HomeLine, "1", fact);
        await CommitFactAsync(conversation, fact);
        Ports.Clock.Advance(TimeSpan.FromMinutes(1));
        await HearAsync(HomeLine, "2", later);
        await CommitFactAsync(conversation, later);
        for (var i = 0; i < 20; i++)
        {
            await AnswerAsync(await HearAsync(HomeLine, $"{i}", question, "chat-2"), $"> {later}");
        }

        var found = await FindAsync(conversation, question, limit: 6);

        Assert.Equal([(later, true), (fact, true)], found.Take(2).Select(f => (f.Quote, f.IsFact)));
        Assert.DoesNotContain(found.Skip(2), f => f.IsFact);
    }

    [Theory]
    [InlineData("my daughter emma is allergic to peanuts", "what is emma allergic to?")]
    [InlineData("女儿小雨对花生过敏", "小雨对什么过敏？")]
    public async Task What_was_said_in_passing_is_found_though_it_was_asked_about(string said, string question)
    {
        var conversation = await HearAsync(HomeLine, "1", said);
        for (var i = 0; i < 7; i++)
        {
            Ports.Clock.Advance(TimeSpan.FromMinutes(1));
            await AnswerAsync(await HearAsync(HomeLine, $"{i}", question, "chat-2"), $"> {said}");
        }

        var found = await FindAsync(conversation, question, limit: 6);

        Assert.Equal(6, found.Count);
        Assert.Equal((said, AuthorKind.Person), (found[^1].Quote, found[^1].Author));
    }

    [Fact]
    public async Task What_the_assistant_said_is_found_by_who_asks_for_it()
    {
        var conversation = await HearAsync(HomeLine, "0", "hello");
        await AnswerAsync(conversation, "the boiler is old");
        for (var i = 1; i <= 7; i++)
        {
            Ports.Clock.Advance(TimeSpan.FromMinutes(1));
            await HearAsync(HomeLine, $"{i}", $"the boiler, part {i}");
        }

        Assert.DoesNotContain(await FindAsync(conversation, "where is the boiler?", limit: 6), f => f.Author == AuthorKind.Assistant);
        Assert.Contains(await FindAsync(conversation, "what did you say about the boiler?", limit: 6), f => f.Author == AuthorKind.Assistant);
    }

    [Theory]
    [InlineData("果酱在冰箱第二层", "妈妈今天从老家坐高铁过来看我们，明天早餐想吃面包，果酱放在哪里了？")]
    [InlineData("果酱在冰箱第二层", "妈妈今天从老家坐高铁过来看我们，带了很多自己种的蔬菜水果和两只土鸡，明天早餐想吃面包，果酱放在哪里了？")]
    [InlineData("The jam is in the fridge", "My mother comes by train tomorrow and would like fresh bread for breakfast, where did I put the jam?")]
    [InlineData(
        "The jam is in the fridge",
        "My mother comes by train tomorrow, brings vegetables and flowers from her garden, two chickens, a cake, and would like fresh bread for breakfast. Where did I put the jam?")]
    public async Task What_a_long_message_asks_for_is_found(string said, string question)
    {
        var conversation = await HearAsync(HomeLine, "1", said);
        var elsewhere = await HearAsync(HomeLine, "2", "记住", "chat-2");
        await CommitFactAsync(elsewhere, said);

        Assert.Equal([(said, true), (said, false)], (await FindAsync(conversation, question)).Select(f => (f.Quote, f.IsFact)));
    }

    [Fact]
    public async Task A_question_does_not_find_itself_nor_what_came_after()
    {
        var conversation = await HearAsync(HomeLine, "1", "the boiler is in the attic");
        await HearAsync(HomeLine, "2", "where is the boiler?");
        await HearAsync(HomeLine, "3", "the boiler, please");

        var found = await FindAsync(conversation, "where is the boiler?", beforeSeq: 2);

        Assert.Equal([1L], found.Select(f => f.Seq));
    }

    [Fact]
    public async Task What_whoever_asks_has_before_them_is_left_out_except_for_facts_and_elsewhere()
    {
        await HearAsync(HomeLine, "0", "the boiler hums", "chat-2");
        ConversationId conversation = default;
        foreach (var (i, fact) in new[] { (1, "it rains"), (2, "it snows"), (3, "the boiler is old") })
        {
            conversation = await HearAsync(HomeLine, $"{i}", $"the boiler, part {i}");
            await CommitFactAsync(conversation, fact);
        }

        var found = (await FindAsync(conversation, "boiler", beforeSeq: 2)).Select(what => what.Quote);

        Assert.Equal(["the boiler hums", "the boiler is old", "the boiler, part 1"], found.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Where_others_read_along_only_what_was_said_there_is_recalled()
    {
        var alone = await HearAsync(HomeLine, "1", "remember that the boiler is in the attic");
        await CommitFactAsync(alone, "the boiler is in the attic");
        var group = await HearAsync(HomeLine, "1", "remember that the boiler hums", "chat-2");
        await CommitFactAsync(group, "the boiler hums");
        await HearAsync(HomeLine, "2", "the boiler is loud", "chat-2");
        await Ports.ProjectAsync(Cancel);
        var me = await PersonAsync(Home, group);

        var here = await Ports.Recall.RecallAsync(Home, me, "boiler", group, long.MaxValue, onlyHere: true, 10, 10, Cancel);

        Assert.Equal(["the boiler hums", "the boiler is loud"], here.Found.Select(found => found.Quote));
        Assert.Equal(["the boiler hums"], here.Facts.Select(fact => fact.Text));
        Assert.Equal(me, await PersonAsync(Home, alone));
    }

    [Fact]
    public async Task An_edited_text_is_quoted_as_it_is_now_and_a_deleted_one_never()
    {
        var conversation = await HearAsync(HomeLine, "1", "the boiler is in the attic");
        await HearAsync(HomeLine, "2", "the safe is behind the painting");
        await Ports.ProjectAsync(Cancel);
        Ports.Clock.Advance(TimeSpan.FromSeconds(1));
        await StoreAsync(HomeLine, Said(HomeLine, "1", "") with { DedupeKey = "e", Content = new InboundContent.Edited("the boiler is in the cellar"), SentAt = Ports.Clock.GetUtcNow() });
        await StoreAsync(HomeLine, Said(HomeLine, "2", "") with { DedupeKey = "d", Content = new InboundContent.Deleted(), SentAt = Ports.Clock.GetUtcNow() });

        Assert.Empty(await FindAsync(conversation, "attic"));
        Assert.Equal("the boiler is in the cellar", Assert.Single(await FindAsync(conversation, "cellar")).Quote);
        Assert.Empty(await FindAsync(conversation, "painting"));
    }

    [Fact]
    public async Task What_was_to_be_remembered_is_not_told_once_it_was_taken_back()
    {
        var conversation = await HearAsync(HomeLine, "1", "remember that my PIN is 1234");
        await CommitFactAsync(conversation, "my PIN is 1234");
        await HearAsync(HomeLine, "2", "remember that the boiler is in the attic");
        await CommitFactAsync(conversation, "the boiler is in the attic");
        var elsewhere = await HearAsync(HomeLine, "1", "remember that the PIN is 99", "chat-2");
        await CommitFactAsync(elsewhere, "the PIN is 99");
        await Ports.ProjectAsync(Cancel);

        await StoreAsync(HomeLine, Said(HomeLine, "1", "") with { DedupeKey = "d", Content = new InboundContent.Deleted() });

        Assert.Equal(["the PIN is 99"], (await FindAsync(conversation, "PIN")).Where(f => f.IsFact).Select(f => f.Quote));
        Assert.Equal(["the PIN is 99", "the boiler is in the attic"], (await FactsAsync(conversation)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_was_to_be_remembered_is_told_as_its_message_says_it_after_an_edit()
    {
        var conversation = await HearAsync(HomeLine, "1", "remember that the boiler is in the attic");
        await CommitFactAsync(conversation, "the boiler is in the attic");
        await HearAsync(HomeLine, "2", "remember that the key is with Anna");
        await CommitFactAsync(conversation, "the key is with Anna");
        await Ports.ProjectAsync(Cancel);
        var stated = Ports.Clock.GetUtcNow();

        await EditAsync("1", "remember that the boiler is in the cellar");

        Assert.Equal(["the boiler is in the cellar", "the key is with Anna"], (await FactsAsync(conversation)).Order(StringComparer.Ordinal));
        Assert.Empty(await FindAsync(conversation, "attic"));
        var found = Assert.Single(await FindAsync(conversation, "cellar"));
        Assert.Equal(("the boiler is in the cellar", true, stated, conversation, 1L), (found.Quote, found.IsFact, found.At, found.Conversation, found.Seq));
    }

    [Fact]
    public async Task What_was_told_where_it_was_promised_to_be_remembered_answers_the_question_after_an_edit()
    {
        var conversation = await HearAsync(HomeLine, "1", "July 9");
        await CommitFactAsync(conversation, "when is dad's birthday?\nJuly 9");

        await EditAsync("1", "July 10");
        await EditAsync("1", "July 11");
        Assert.Equal(["when is dad's birthday?\nJuly 11"], await FactsAsync(conversation));

        await EditAsync("1", "never mind");
        Assert.Empty(await FactsAsync(conversation));
    }

    [Fact]
    public async Task What_is_no_longer_to_be_remembered_after_an_edit_is_only_what_was_said()
    {
        var conversation = await HearAsync(HomeLine, "1", "remember that the boiler is in the attic");
        await CommitFactAsync(conversation, "the boiler is in the attic");
        await Ports.ProjectAsync(Cancel);

        await EditAsync("1", "the boiler is noisy");

        Assert.Empty(await FactsAsync(conversation));
        Assert.Equal([("the boiler is noisy", false)], (await FindAsync(conversation, "boiler")).Select(f => (f.Quote, f.IsFact)));
        Assert.Empty(await FindAsync(conversation, "boiler", beforeSeq: 1));

        await EditAsync("1", "remember that the boiler is noisy");
        Assert.Empty(await FactsAsync(conversation));
    }

    [Fact]
    public async Task Another_person_and_another_tenant_find_nothing()
    {
        var mine = await HearAsync(HomeLine, "1", "the boiler is in the attic");
        await CommitFactAsync(mine, "the boiler is in the attic");
        var theirs = await HearAsync(HomeLine, "1", "hello", "chat-2", "user-2");
        var office = await HearAsync(OfficeLine, "1", "hello");
        var (me, them, them2) = (await PersonAsync(Home, mine), await PersonAsync(Home, theirs), await PersonAsync(Office, office));
        await Ports.ProjectAsync(Cancel);

        Assert.NotEmpty((await Ports.Recall.RecallAsync(Home, me, "boiler", mine, long.MaxValue, onlyHere: false, 10, 10, Cancel)).Found);
        Assert.Empty((await Ports.Recall.RecallAsync(Home, them, "boiler", theirs, long.MaxValue, onlyHere: false, 10, 10, Cancel)).Found);
        Assert.Empty((await Ports.Recall.RecallAsync(Office, them2, "boiler", office, long.MaxValue, onlyHere: false, 10, 10, Cancel)).Found);
        Assert.Empty((await Ports.Recall.RecallAsync(Office, me, "boiler", mine, long.MaxValue, onlyHere: false, 10, 10, Cancel)).Found);
        Assert.Empty(await Ports.Recall.ListFactsAsync(Home, them, 10, Cancel));
        Assert.Empty(await Ports.Recall.ListFactsAsync(Office, me, 10, Cancel));
    }

    [Fact]
    public async Task Notes_and_replies_that_were_never_shown_are_not_quoted()
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");
        await HearAsync(HomeLine, "2", "hello?");
        await AnswerAsync(conversation, "shown");
        await AnswerAsync(conversation, "the boiler exploded");
        await TakeOverAsync(Home, conversation, Anna);
        await Ports.Conversations.AddNoteAsync(Home, conversation, Anna, "do not mention the boiler", Draft(Home, AuditActions.NoteAdded, "x"), Cancel);

        Assert.Empty(await FindAsync(conversation, "boiler"));

        var held = Assert.Single(await Ports.Queries.ListHeldAsync(Home, conversation, Cancel));
        await Ports.Conversations.DecideHeldAsync(
            Home, held.EntryId, Anna, Domain.Messaging.Outbox.HeldDecision.Drop, Draft(Home, AuditActions.HeldReplyDropped, "x"), Cancel);
        Assert.Empty(await FindAsync(conversation, "boiler"));
    }

    [Fact]
    public async Task Of_a_reply_whose_rest_was_dropped_what_was_shown_is_found_and_nothing_else()
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");
        var first = (await AnswerAsync(conversation, "the boiler is old", "the zeppelin as well"))!;
        var second = (await Ports.Outbox.MarkSentAsync(first, "x1", Cancel))!;
        await TakeOverAsync(Home, conversation, Anna);
        await Ports.Outbox.HoldAsync(second, Cancel);
        Assert.Empty(await FindAsync(conversation, "boiler"));

        await Ports.Conversations.DecideHeldAsync(
            Home, second.Id, Anna, Domain.Messaging.Outbox.HeldDecision.Drop, Draft(Home, AuditActions.HeldReplyDropped, "x"), Cancel);

        Assert.Equal("the boiler is old", Assert.Single(await FindAsync(conversation, "boiler")).Quote);
        Assert.Empty(await FindAsync(conversation, "zeppelin"));
    }

    [Fact]
    public async Task No_more_is_found_than_asked_for_and_nothing_for_empty_words()
    {
        ConversationId conversation = default;
        for (var i = 0; i < 6; i++)
        {
            conversation = await HearAsync(HomeLine, $"{i}", $"the boiler, part {i}");
        }

        Assert.Equal(4, (await FindAsync(conversation, "boiler", limit: 4)).Count);
        Assert.Empty(await FindAsync(conversation, "?! ..."));
        Assert.Empty(await FindAsync(conversation, "zeppelin"));
    }

    [Fact]
    public async Task Facts_are_listed_newest_first()
    {
        var conversation = await HearAsync(HomeLine, "1", "remember one");
        await CommitFactAsync(conversation, "one");
        Ports.Clock.Advance(TimeSpan.FromMinutes(1));
        await HearAsync(HomeLine, "2", "remember two");
        await CommitFactAsync(conversation, "two");

        Assert.Equal(["two", "one"], (await Ports.Recall.ListFactsAsync(Home, await PersonAsync(Home, conversation), 10, Cancel)).Select(f => f.Text));
        Assert.Equal(["two"], (await Ports.Recall.ListFactsAsync(Home, await PersonAsync(Home, conversation), 1, Cancel)).Select(f => f.Text));
    }

    [Fact]
    public async Task Of_facts_and_of_what_is_found_there_is_as_much_as_asked_for_each()
    {
        ConversationId conversation = default;
        for (var i = 1; i <= 4; i++)
        {
            conversation = await HearAsync(HomeLine, $"{i}", $"the boiler, part {i}");
            await CommitFactAsync(conversation, $"fact {i}");
            Ports.Clock.Advance(TimeSpan.FromMinutes(1));
        }

        await Ports.ProjectAsync(Cancel);
        var person = await PersonAsync(Home, conversation);

        var (found, facts) = await Ports.Recall.RecallAsync(Home, person, "boiler", conversation, long.MaxValue, onlyHere: false, 2, 3, Cancel);

        Assert.Equal(2, found.Count);
        Assert.Equal(["fact 4", "fact 3", "fact 2"], facts.Select(fact => fact.Text));
    }

    private async Task<IReadOnlyList<Recollection>> FindAsync(ConversationId conversation, string question, long beforeSeq = long.MaxValue, int limit = 10)
    {
        await Ports.ProjectAsync(Cancel);
        return (await Ports.Recall.RecallAsync(Home, await PersonAsync(Home, conversation), question, conversation, beforeSeq, onlyHere: false, limit, 10, Cancel)).Found;
    }

    /// <summary>What is told as facts whatever was asked; both ways tell the same.</summary>
    private async Task<IReadOnlyList<string>> FactsAsync(ConversationId conversation)
    {
        await Ports.ProjectAsync(Cancel);
        var person = await PersonAsync(Home, conversation);
        List<string> listed = [.. (await Ports.Recall.ListFactsAsync(Home, person, 10, Cancel)).Select(f => f.Text)];
        Assert.Equal(listed, (await Ports.Recall.RecallAsync(Home, person, "anything", conversation, long.MaxValue, false, 10, 10, Cancel)).Facts.Select(f => f.Text));
        return listed;
    }

    private Task<Domain.Messaging.Inbox.InboxOutcome> EditAsync(string id, string text)
    {
        Ports.Clock.Advance(TimeSpan.FromSeconds(1));
        var at = Ports.Clock.GetUtcNow();
        return StoreAsync(HomeLine, Said(HomeLine, id, "") with { DedupeKey = $"edit:{id}:{at:O}", Content = new InboundContent.Edited(text), SentAt = at });
    }

    private async Task<PersonId> PersonAsync(TenantId tenant, ConversationId conversation)
        => (await Ports.Conversations.FindAsync(tenant, conversation, Cancel))!.Person;

    private async Task CommitFactAsync(ConversationId conversation, string text)
    {
        var start = await BeginAsync(conversation);
        var fact = new Fact(
            Guid.CreateVersion7(Ports.Clock.GetUtcNow()), Home, start.Conversation.Person, text, start.Utterance.At, conversation, start.Utterance.Seq);
        await Ports.Turns.CommitAsync(Answer(start) with { NewFacts = [fact] }, Cancel);
    }
}
