using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.People;
using Assistant.Domain.People.Reach;
using Xunit;

namespace Assistant.Domain.Tests.People.Reach;

/// <summary>Which of somebody's chats a message reaches them best in.</summary>
public sealed class PersonReachTests
{
    private static readonly DateTimeOffset Now = new(2026, 5, 4, 12, 0, 0, TimeSpan.Zero);
    private static readonly PersonId Lin = new(Guid.Parse("00000000-0000-7000-8000-000000000001"));

    [Fact]
    public void It_is_where_they_spoke_last() => Assert.Equal("b", Answered(Chat("a", 50), Chat("b", 1), Chat("c", null)));

    [Fact]
    public void Or_where_they_want_to_be_written_to_by_their_latest_word()
        => Assert.Equal("a", Answered(Chat("a", 50, preferred: 10), Chat("b", 1, preferred: 20), Chat("c", 2)));

    [Fact]
    public void But_not_where_the_messenger_would_not_let_it_through_any_more()
    {
        Assert.Equal("b", Answered(Chat("a", 50, preferred: 10, type: "day"), Chat("b", 49), Chat("c", 30, type: "day")));
        Assert.Equal("c", Answered(Chat("a", 50, type: "day"), Chat("c", 23, type: "day"), Chat("b", 40)));
    }

    [Fact]
    public void Where_nothing_lets_it_through_it_is_tried_all_the_same()
        => Assert.Equal("a", Answered(Chat("a", 50, preferred: 10, type: "day"), Chat("b", 30, type: "day")));

    [Fact]
    public void Nobody_is_reached_without_a_chat() => Assert.Null(PersonReach.Of([], _ => null, Now).Answered);

    private static string? Answered(params DirectChat[] chats)
        => PersonReach.Of(chats, type => type == "day" ? TimeSpan.FromHours(24) : null, Now).Answered?.Connection.Value;

    // Times are hours ago.
    private static DirectChat Chat(string connection, int? said, int? preferred = null, string type = "any") => new(
        new ConversationId(Guid.Parse($"00000000-0000-7000-8000-00000000000{connection}")), Lin, new ConnectionId(connection), type,
        said is { } hours ? Now.AddHours(-hours) : null, preferred is { } ago ? Now.AddHours(-ago) : null);
}
