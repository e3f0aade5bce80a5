using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Inbox;
using Xunit;

namespace Assistant.Testing.Contracts;

/// <summary>What every <see cref="IConversationQueries"/> must hold.</summary>
public abstract class ConversationQueriesContract : PathContract
{
    [Fact]
    public async Task The_list_shows_newest_activity_first_with_its_last_words()
    {
        var older = await HearLaterAsync("older", "first line\nsecond line");
        var newer = await HearLaterAsync("newer", "one line\nand another");
        await HearLaterAsync("older", "me again");

        var rows = (await ListAsync(new ConversationFilter())).Items;

        Assert.Equal([older, newer], rows.Select(r => r.Id));
        Assert.Equal(("me again", AuthorKind.Person, 2L, 2), (rows[0].LastText, rows[0].LastAuthor, rows[0].LastSeq, rows[0].Unread));
        Assert.Equal((HomeLine.Id, "loopback", "Li Wei"), (rows[0].Connection, rows[0].ChannelType, rows[0].Title));
        Assert.DoesNotContain('\n', rows[1].LastText);
    }

    [Fact]
    public async Task The_last_words_of_a_row_are_those_the_person_could_see()
    {
        var conversation = await HearLaterAsync("a", "is anybody there?");
        await HearAsync(HomeLine, "2", "hello?", "a");
        await AnswerAsync(conversation, "on its way");
        await AnswerAsync(conversation, "held back");
        await TakeOverAsync(Home, conversation, Anna);
        Ports.Clock.Advance(TimeSpan.FromMinutes(1));
        await Ports.Conversations.AddNoteAsync(Home, conversation, Anna, "An important customer.", Draft(Home, AuditActions.NoteAdded, "x"), Cancel);

        var row = Assert.Single((await ListAsync(new ConversationFilter())).Items);

        Assert.Equal(("on its way", AuthorKind.Assistant), (row.LastText, row.LastAuthor));
        Assert.Equal((Ports.Clock.GetUtcNow(), 5L), (row.LastAt, row.LastSeq));
        Assert.Equal(row.LastText, (await Ports.Queries.FindAsync(Home, Anna.Id, conversation, Cancel))?.LastText);
    }

    [Fact]
    public async Task A_row_says_whose_conversation_it_is_and_a_persons_are_found_by_them()
    {
        var (first, second) = (await HearLaterAsync("one", "hello"), await HearLaterAsync("two", "hello"));
        var others = await HearAsync(HomeLine, "9", "hello", "three", "user-2");
        var person = (await Ports.Conversations.FindAsync(Home, first, Cancel))!.Person;
        var group = Said(HomeLine, "g", "hello all", "club") with { Chat = new ExternalChat("club", IsGroup: true) };
        var club = Assert.IsType<InboxOutcome.Stored>(await StoreAsync(HomeLine, group)).Conversation;

        var found = (await ListAsync(new ConversationFilter(Person: person))).Items;

        Assert.Equal([second, first], found.Select(row => row.Id));
        Assert.All(found, row => Assert.Equal(person, row.Person));
        Assert.Equal((await Ports.Conversations.FindAsync(Home, first, Cancel))!.CreatedAt, found[1].CreatedAt);
        Assert.NotEqual(person, (await Ports.Queries.FindAsync(Home, Anna.Id, others, Cancel))!.Person);
        Assert.Null((await Ports.Queries.FindAsync(Home, Anna.Id, club, Cancel))!.Person);
        Assert.Empty((await Ports.Queries.ListAsync(Office, Anna.Id, new ConversationFilter(Person: person), null, 9, Cancel)).Items);
    }

    [Fact]
    public async Task Each_view_shows_its_conversations()
    {
        var quiet = await HearLaterAsync("quiet", "hello");
        var mine = await HearLaterAsync("mine", "hello");
        var waiting = await HearLaterAsync("waiting", "a human please");
        var closed = await HearLaterAsync("closed", "bye");
        await TakeOverAsync(Home, mine, Anna);
        await Ports.Turns.CommitAsync(Answer(await BeginAsync(waiting), "Somebody will come.") with { AsksForPerson = true }, Cancel);
        await Ports.Conversations.SetStatusAsync(Home, closed, ConversationStatus.Closed, Draft(Home, AuditActions.ConversationClosed, "x"), Cancel);

        Assert.Equal([mine], await IdsAsync(new ConversationFilter(ConversationView.Mine)));
        Assert.Equal([waiting], await IdsAsync(new ConversationFilter(ConversationView.Waiting)));
        Assert.Equal([closed], await IdsAsync(new ConversationFilter(ConversationView.Closed)));
        Assert.Equal([closed, waiting, mine, quiet], (await IdsAsync(new ConversationFilter())).OrderByDescending(id => id.Value));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(5)]
    public async Task Pages_follow_each_other_without_gaps_or_repeats(int limit)
    {
        for (var i = 0; i < 11; i++)
        {
            // Several share a moment: the cursor must not rest on the time alone.
            await HearAsync(HomeLine, "1", "hello", $"chat-{i}");
            Ports.Clock.Advance(TimeSpan.FromSeconds(i % 3 == 0 ? 1 : 0));
        }

        var all = (await ListAsync(new ConversationFilter(), limit: 100)).Items.Select(r => r.Id).ToList();
        var paged = new List<ConversationId>();
        string? after = null;
        do
        {
            var page = await ListAsync(new ConversationFilter(), after, limit);
            Assert.InRange(page.Items.Count, 1, limit);
            paged.AddRange(page.Items.Select(r => r.Id));
            after = page.Next;
        }
        while (after is not null);

        Assert.Equal(11, all.Count);
        Assert.Equal(all, paged);
    }

    [Theory]
    [InlineData("elsewhere")]
    [InlineData("99999999999999999_019b0000-0000-7000-8000-000000000001")]
    public async Task A_cursor_of_no_page_is_refused(string after)
        => await Assert.ThrowsAsync<UnknownCursorException>(() => ListAsync(new ConversationFilter(), after));

    [Theory]
    [InlineData("锅炉")]
    [InlineData("boiler room")]
    [InlineData("BOILER")]
    public async Task Text_is_found_in_messages_chinese_substrings_included(string text)
    {
        var found = await HearLaterAsync("a", "The Boiler room: 我家的锅炉在阁楼上");
        await HearLaterAsync("b", "天气很好 and the room is warm");
        await Ports.ProjectAsync(Cancel);

        Assert.Equal([found], await IdsAsync(new ConversationFilter(Text: text)));
    }

    [Theory]
    [InlineData("密码 wifi")]
    [InlineData("cafe luna")]
    [InlineData("LUNA  CAFÉ")]
    [InlineData("xy99")]
    [InlineData("ＷＩＦＩ")]
    [InlineData("开会时间")]
    [InlineData("会 時間")]
    public async Task Every_part_of_a_text_is_found_in_whatever_form_it_was_written(string text)
    {
        var found = await HearLaterAsync("a", "The WiFi at Café Luna: 密码是 ＸＹ９９，開會時間 8 点");
        await HearLaterAsync("b", "密码 of the caf");
        await HearLaterAsync("c", "the WLAN of Luna");
        await Ports.ProjectAsync(Cancel);

        Assert.Equal([found], await IdsAsync(new ConversationFilter(Text: text)));
        Assert.Empty(await IdsAsync(new ConversationFilter(Text: text + " zeppelin")));
    }

    [Fact]
    public async Task Text_is_found_in_the_name_of_the_person()
    {
        var conversation = await HearLaterAsync("a", "hello");

        Assert.Equal([conversation], await IdsAsync(new ConversationFilter(Text: "Wei")));
        Assert.Equal([conversation], await IdsAsync(new ConversationFilter(Text: "LI wei")));
        Assert.Equal([conversation], await IdsAsync(new ConversationFilter(Text: "wei  li")));
        Assert.Empty(await IdsAsync(new ConversationFilter(Text: "Wei Nobody")));
        Assert.Empty(await IdsAsync(new ConversationFilter(Text: "Nobody")));
    }

    [Theory]
    [InlineData("İREM")]
    [InlineData("irem")]
    public async Task A_name_with_a_turkish_i_is_found_as_it_stands_and_in_small_letters(string text)
    {
        await StoreAsync(HomeLine, Said(HomeLine, "1", "hello", "chat-1") with { Sender = new ExternalSender("one", "İREM") });

        Assert.Single(await IdsAsync(new ConversationFilter(Text: text)));
    }

    [Theory]
    [InlineData("\0")]
    [InlineData("hel\0lo")]
    public async Task Text_no_database_can_hold_is_found_nowhere(string text)
    {
        await HearLaterAsync("a", "hello");
        await Ports.ProjectAsync(Cancel);

        Assert.Empty(await IdsAsync(new ConversationFilter(Text: text)));
    }

    [Fact]
    public async Task The_list_can_be_narrowed_to_a_connection()
    {
        var second = await ConnectAsync(Home, "second-line", AccessPolicy.Open);
        await HearLaterAsync("a", "hello");
        var there = await HearAsync(second, "1", "hello");

        Assert.Equal([there], await IdsAsync(new ConversationFilter(Connection: second.Id)));
    }

    [Fact]
    public async Task A_thread_is_read_backwards_by_pages_and_forwards_from_a_place()
    {
        ConversationId conversation = default;
        for (var i = 1; i <= 7; i++)
        {
            conversation = await HearAsync(HomeLine, $"{i}", $"m{i}");
        }

        Assert.Equal([5L, 6, 7], Seqs(await Ports.Queries.ReadThreadAsync(Home, conversation, null, 3, Cancel)));
        Assert.Equal([2L, 3, 4], Seqs(await Ports.Queries.ReadThreadAsync(Home, conversation, 5, 3, Cancel)));
        Assert.Equal([1L], Seqs(await Ports.Queries.ReadThreadAsync(Home, conversation, 2, 3, Cancel)));
        Assert.Equal([3L, 4], Seqs(await Ports.Queries.ReadSinceAsync(Home, conversation, 2, 2, Cancel)));
        Assert.Empty(await Ports.Queries.ReadSinceAsync(Home, conversation, 7, 2, Cancel));
    }

    [Fact]
    public async Task Held_replies_are_listed_once_per_message_oldest_first()
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");
        await HearAsync(HomeLine, "2", "hello?");
        await HearAsync(HomeLine, "3", "hello??");
        await AnswerAsync(conversation, "claimed");
        await AnswerAsync(conversation, "two a", "two b", "two c");
        await AnswerAsync(conversation, "three");
        await TakeOverAsync(Home, conversation, Anna);

        Assert.Equal(["two a\n\ntwo b\n\ntwo c", "three"], (await Ports.Queries.ListHeldAsync(Home, conversation, Cancel)).Select(h => h.Body.Markdown));
    }

    [Fact]
    public async Task A_chat_and_its_threads_are_conversations_of_their_own()
    {
        var plain = await HearAsync(HomeLine, "1", "hello");
        var topic = new ExternalChat("chat-1", "topic-9");
        await StoreAsync(HomeLine, Said(HomeLine, "2", "in the topic") with { Chat = topic });

        Assert.Equal(plain, await Ports.Queries.FindByChatAsync(HomeLine.Id, new ExternalChat("chat-1"), Cancel));
        Assert.NotEqual(plain, Assert.NotNull(await Ports.Queries.FindByChatAsync(HomeLine.Id, topic, Cancel)));
        Assert.Null(await Ports.Queries.FindByChatAsync(OfficeLine.Id, new ExternalChat("chat-1"), Cancel));
    }

    [Fact]
    public async Task Another_tenants_conversations_are_never_shown()
    {
        var conversation = await HearAsync(HomeLine, "1", "锅炉 boiler");
        await HearAsync(HomeLine, "2", "again");
        await AnswerAsync(conversation, "one");
        await AnswerAsync(conversation, "two");
        await TakeOverAsync(Home, conversation, Anna);
        await Ports.ProjectAsync(Cancel);

        foreach (var filter in (ConversationFilter[])[new(), new(ConversationView.Mine), new(Text: "锅炉"), new(Connection: HomeLine.Id)])
        {
            Assert.Empty((await Ports.Queries.ListAsync(Office, Anna.Id, filter, null, 10, Cancel)).Items);
            Assert.Single((await Ports.Queries.ListAsync(Home, Anna.Id, filter, null, 10, Cancel)).Items);
        }

        Assert.Null(await Ports.Queries.FindAsync(Office, Anna.Id, conversation, Cancel));
        Assert.Empty(await Ports.Queries.ReadThreadAsync(Office, conversation, null, 10, Cancel));
        Assert.Empty(await Ports.Queries.ReadSinceAsync(Office, conversation, 0, 10, Cancel));
        Assert.Empty(await Ports.Queries.ListHeldAsync(Office, conversation, Cancel));
    }

    private async Task<ConversationId> HearLaterAsync(string chat, string text)
    {
        Ports.Clock.Advance(TimeSpan.FromSeconds(1));
        return await HearAsync(HomeLine, $"{Ports.Clock.GetUtcNow():O}", text, chat);
    }

    private Task<Page<ConversationRow>> ListAsync(ConversationFilter filter, string? after = null, int limit = 50)
        => Ports.Queries.ListAsync(Home, Anna.Id, filter, after, limit, Cancel);

    private async Task<IEnumerable<ConversationId>> IdsAsync(ConversationFilter filter) => (await ListAsync(filter)).Items.Select(r => r.Id);

    private static IEnumerable<long> Seqs(IReadOnlyList<Message> messages) => messages.Select(m => m.Seq);
}
