using Assistant.Domain.Ai;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Xunit;

namespace Assistant.Domain.Tests.Conversations;

public sealed class HistoryWindowTests
{
    // A message of 100 letters counts 4 + 25 tokens.
    private const int TokensOfOne = 29;

    [Fact]
    public void The_newest_messages_within_the_budget_are_kept_in_their_order()
    {
        var history = Enumerable.Range(1, 50).Select(seq => Said(seq, new string('x', 100))).ToList();

        Assert.Equal([48, 49, 50], HistoryWindow.Newest(history, (TokensOfOne * 3) + TokensOfOne - 1).Select(message => message.Seq));
        Assert.Equal(history, HistoryWindow.Newest(history, TokensOfOne * 50));
        Assert.Empty(HistoryWindow.Newest(history, TokensOfOne - 1));
        Assert.Empty(HistoryWindow.Newest([], 1_000));
    }

    [Fact]
    public void A_long_message_ends_the_window_though_an_older_one_would_fit()
        => Assert.Equal([3], HistoryWindow.Newest([Said(1, "short"), Said(2, new string('长', 100)), Said(3, "short")], 20).Select(message => message.Seq));

    [Fact]
    public void The_message_without_room_is_told_as_far_as_it_goes()
    {
        var history = new[] { Said(1, "short"), Said(2, new string('长', 3_500)), Said(3, "hello") };

        var told = HistoryWindow.Newest(history, 3_000);

        Assert.Equal([2, 3], told.Select(message => message.Seq));
        Assert.Equal((new string('长', 2_989) + "…", true), (told[0].Text, told[0].IsCut));
        Assert.Equal(3_000, told.Sum(message => TokenEstimate.Of(message.Text)));
    }

    [Theory]
    [InlineData("😀")]
    [InlineData("a😀b")]
    public void Nothing_is_cut_in_two(string piece)
    {
        for (var budget = 40; budget < 60; budget++)
        {
            var told = Assert.Single(HistoryWindow.Newest([Said(1, string.Concat(Enumerable.Repeat(piece, 200)))], budget));

            Assert.DoesNotContain('\ufffd', string.Concat(told.Text.EnumerateRunes()));
            Assert.True(TokenEstimate.Of(told.Text) <= budget);
        }
    }

    [Fact]
    public void What_tells_nothing_takes_no_room()
    {
        var photo = Said(1, "") with { Attachments = [new Attachment("image", "ref")] };

        Assert.Equal([photo], HistoryWindow.Newest([photo, Said(2, ""), Said(3, "taken over") with { Author = AuthorKind.System }], 4));
    }

    private static HistoryMessage Said(long seq, string text) => new(seq, AuthorKind.Person, text, [], DateTimeOffset.UnixEpoch);
}
