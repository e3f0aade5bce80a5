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
    public void What_tells_nothing_takes_no_room()
    {
        var photo = Said(1, "") with { Attachments = [new Attachment("image", "ref")] };

        Assert.Equal([photo], HistoryWindow.Newest([photo, Said(2, ""), Said(3, "taken over") with { Author = AuthorKind.System }], 4));
    }

    private static HistoryMessage Said(long seq, string text) => new(seq, AuthorKind.Person, text, [], DateTimeOffset.UnixEpoch);
}
