using System.Globalization;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Outbox;
using Assistant.Web.Components.Pages.Conversations;

namespace Assistant.Web.Tests.Components.Pages.Conversations;

public sealed class ThreadRowsTests
{
    private static readonly ConversationId Id = ConversationId.Create();
    private static readonly DateTimeOffset Noon = new(2026, 3, 24, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Consecutive_messages_of_one_author_share_a_header()
    {
        var rows = Build([Said(1, AuthorKind.Person, Noon), Said(2, AuthorKind.Person, Noon.AddMinutes(1)), Said(3, AuthorKind.Assistant, Noon.AddMinutes(1))]);

        Assert.Equal([true, false, true], rows.OfType<ThreadRow.Said>().Select(row => row.StartsGroup));
    }

    [Fact]
    public void A_reply_is_shown_with_what_it_answers_as_long_as_that_is_in_the_window()
    {
        var reply = Said(3, AuthorKind.Person, Noon) with { Body = new MessageBody("this one") { InReplyTo = new MessageReference(1, null) } };
        Message[] messages = [Said(1, AuthorKind.Person, Noon), Said(2, AuthorKind.Person, Noon), reply];

        Assert.Equal(new long?[] { null, null, 1 }, Build(messages).OfType<ThreadRow.Said>().Select(row => row.Answered?.Seq));
        Assert.All(Build(messages[1..]).OfType<ThreadRow.Said>(), row => Assert.Null(row.Answered));
    }

    [Fact]
    public void A_long_silence_or_a_note_begins_a_new_group()
    {
        var rows = Build(
        [
            Said(1, AuthorKind.Operator, Noon), Said(2, AuthorKind.Operator, Noon.AddMinutes(6)),
            Said(3, AuthorKind.Operator, Noon.AddMinutes(7)) with { IsNote = true },
        ]);

        Assert.All(rows.OfType<ThreadRow.Said>(), row => Assert.True(row.StartsGroup));
    }

    [Fact]
    public void What_happened_is_a_line_between_what_was_said_and_read_in_either_language()
    {
        var line = Said(2, AuthorKind.System, Noon) with { IsNote = true, Body = new MessageBody("Declined: x") { Chinese = "已拒绝：x" } };
        var rows = Build([Said(1, AuthorKind.Person, Noon), line, Said(3, AuthorKind.Person, Noon), Said(4, AuthorKind.System, Noon)]);

        Assert.Equal("m2", Assert.Single(rows.OfType<ThreadRow.Line>()).Key);
        Assert.Equal([true, true, true], rows.OfType<ThreadRow.Said>().Select(row => row.StartsGroup));
        Assert.Equal("Declined: x", line.Body.In(new CultureInfo("en")));
        Assert.Equal("已拒绝：x", line.Body.In(new CultureInfo("zh-CN")));
        Assert.Equal("", ThreadWords.Line(line with { Body = new MessageBody("") }));
        Assert.Equal("This text is forgotten.", ThreadWords.Line(line with { Body = MessageBody.Forgotten }));
    }

    [Fact]
    public void Days_begin_at_midnight_of_the_reader()
    {
        var shanghai = TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai");
        Message[] messages = [Said(1, AuthorKind.Person, Noon.AddHours(3)), Said(2, AuthorKind.Person, Noon.AddHours(5))];

        var rows = ThreadRows.Build(messages, [], null, shanghai);

        Assert.Equal([new DateOnly(2026, 3, 24), new DateOnly(2026, 3, 25)], rows.OfType<ThreadRow.Day>().Select(day => day.Date));
        Assert.Single(Build(messages).OfType<ThreadRow.Day>());
    }

    [Fact]
    public void A_held_reply_stands_in_the_place_of_its_message()
    {
        var rows = ThreadRows.Build(
            [Said(1, AuthorKind.Person, Noon), Said(2, AuthorKind.Assistant, Noon) with { Delivery = DeliveryState.Held }], [Held(2)], null, TimeZoneInfo.Utc);

        Assert.IsType<ThreadRow.HeldBack>(rows[^1]);
        Assert.Single(rows.OfType<ThreadRow.Said>());
    }

    [Fact]
    public void A_held_reply_of_a_message_not_shown_stands_at_the_end()
    {
        var rows = ThreadRows.Build([Said(9, AuthorKind.Person, Noon)], [Held(2)], null, TimeZoneInfo.Utc);

        Assert.IsType<ThreadRow.HeldBack>(rows[^1]);
    }

    [Fact]
    public void The_first_unread_message_is_marked()
    {
        var rows = ThreadRows.Build([Said(1, AuthorKind.Person, Noon), Said(2, AuthorKind.Person, Noon)], [], 2, TimeZoneInfo.Utc);

        Assert.IsType<ThreadRow.UnreadFrom>(rows[2]);
    }

    [Fact]
    public void Every_row_has_a_key_of_its_own()
    {
        var rows = ThreadRows.Build(
            [.. Enumerable.Range(1, 40).Select(seq => Said(seq, AuthorKind.Person, Noon.AddHours(seq * 5)))], [Held(3), Held(77)], 5, TimeZoneInfo.Utc);

        Assert.Equal(rows.Count, rows.Select(row => row.Key).Distinct().Count());
    }

    private static IReadOnlyList<ThreadRow> Build(IReadOnlyList<Message> messages) => ThreadRows.Build(messages, [], null, TimeZoneInfo.Utc);

    private static Message Said(long seq, AuthorKind author, DateTimeOffset at) =>
        new(Id, seq, Guid.CreateVersion7(), author, author.ToString(), new MessageBody("text"), [], false, at);

    private static HeldReply Held(long seq) => new(Guid.CreateVersion7(), Id, seq, new MessageBody("held"), Noon);
}
