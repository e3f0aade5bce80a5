using Assistant.Domain.Conversations;
using Assistant.Infrastructure.Memory.Search;
using Xunit;

namespace Assistant.Infrastructure.Tests.Memory.Search;

public sealed class RecentEntriesTests
{
    private static readonly ConversationId Here = ConversationId.Create();
    private static readonly ConversationId Elsewhere = ConversationId.Create();

    private readonly RecentEntries _recent = new();

    [Fact]
    public void An_entry_is_known_in_its_conversation_from_its_place_down()
    {
        _recent.AddMessage(7, Here.Value, seq: 12);

        Assert.True(_recent.IsSince(7, Here, 11));
        Assert.True(_recent.IsSince(7, Here, 12));
        Assert.False(_recent.IsSince(7, Here, 13));
        Assert.False(_recent.IsSince(7, Elsewhere, 11));
        Assert.False(_recent.IsSince(8, Here, 11));
    }

    [Fact]
    public void A_fact_is_never_known_also_where_its_id_was_a_messages_before()
    {
        _recent.AddMessage(7, Here.Value, seq: 12);

        _recent.AddFact(7);

        Assert.False(_recent.IsSince(7, Here, 1));
    }

    [Fact]
    public void An_id_that_is_used_again_points_where_it_points_now()
    {
        _recent.AddMessage(7, Here.Value, seq: 12);

        _recent.AddMessage(7, Elsewhere.Value, seq: 1);

        Assert.False(_recent.IsSince(7, Here, 1));
        Assert.True(_recent.IsSince(7, Elsewhere, 1));
    }

    [Fact]
    public void Of_two_entries_in_one_place_only_the_newer_is_known()
    {
        const long later = 7 + (1 << 15);
        _recent.AddMessage(7, Here.Value, seq: 12);

        _recent.AddMessage(later, Here.Value, seq: 40);

        Assert.False(_recent.IsSince(7, Here, 1));
        Assert.True(_recent.IsSince(later, Here, 40));
    }
}
