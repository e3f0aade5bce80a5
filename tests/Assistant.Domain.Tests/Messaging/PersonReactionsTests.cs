using Assistant.Domain.Messaging;
using Xunit;

namespace Assistant.Domain.Tests.Messaging;

/// <summary>What stands of one person's reactions after events in any order.</summary>
public sealed class PersonReactionsTests
{
    [Fact]
    public void Reactions_come_and_go_one_by_one()
    {
        var after = PersonReactions.None.After(Added("👍"), At(1)).After(Added("🎉"), At(2)).After(Removed("👍"), At(3));

        Assert.Equal(["🎉"], Names(after));
    }

    [Fact]
    public void A_whole_set_replaces_what_stood_and_keeps_what_stays()
    {
        var after = PersonReactions.None.After(Set("👍", "🎉"), At(1)).After(Set("🎉", "❤️"), At(2));

        Assert.Equal(["🎉", "❤️"], Names(after));
        Assert.Empty(Names(after.After(Set(), At(3))));
    }

    [Fact]
    public void An_older_event_undoes_nothing_newer()
    {
        var set = PersonReactions.None.After(Set("👍"), At(5));
        Assert.Same(set, set.After(Set("🎉"), At(4)));
        Assert.Same(set, set.After(Added("🎉"), At(4)));
        Assert.Equal(["👍"], Names(set.After(Removed("👍"), At(4))));

        var taken = PersonReactions.None.After(Removed("👍"), At(5));
        Assert.Same(taken, taken.After(Added("👍"), At(4)));
    }

    [Fact]
    public void Two_that_came_in_the_wrong_order_both_stand()
        => Assert.Equal(["👍", "🎉"], Names(PersonReactions.None.After(Added("🎉"), At(2)).After(Added("👍"), At(1))));

    [Fact]
    public void Within_one_moment_the_order_of_arrival_holds()
    {
        var after = PersonReactions.None.After(Added("👍"), At(1)).After(Removed("👍"), At(1));
        Assert.Empty(Names(after));
        Assert.Equal(["👍"], Names(after.After(Added("👍"), At(1))));
    }

    [Fact]
    public void The_same_again_changes_nothing()
    {
        var one = PersonReactions.None.After(Added("👍"), At(1));
        Assert.Same(one, one.After(Added("👍"), At(2)));

        var none = one.After(Set(), At(2));
        Assert.Same(none, none.After(Set(), At(2)));
    }

    [Theory]
    [InlineData("👍🏽", true)]
    [InlineData("👨‍👩‍👧", true)]
    [InlineData(":shipit:", true)]
    [InlineData("一级棒", true)]
    [InlineData("", false)]
    [InlineData("  ", false)]
    [InlineData("a\nb", false)]
    [InlineData("\0", false)]
    [InlineData("\u202Eevil", false)]
    [InlineData("\u2067x", false)]
    public void A_name_is_short_and_plain(string name, bool isName)
    {
        Assert.Equal(isName, PersonReactions.IsName(name));
        Assert.Equal(isName ? [name] : [], Names(PersonReactions.None.After(Added(name), At(1))));
    }

    [Fact]
    public void A_name_of_the_limit_is_one_and_a_longer_or_broken_one_is_none()
    {
        Assert.True(PersonReactions.IsName(new string('x', PersonReactions.MaxLength)));
        Assert.False(PersonReactions.IsName(new string('x', PersonReactions.MaxLength + 1)));
        Assert.False(PersonReactions.IsName("x\uD83D"));
        Assert.False(PersonReactions.IsName("\uDC4Dx"));
    }

    [Fact]
    public void Nobody_has_more_than_so_many()
    {
        var many = Enumerable.Range(0, 100).Select(i => $":r{i}:").ToArray();

        Assert.Equal(PersonReactions.MaxMarks, PersonReactions.None.After(Set(many), At(1)).Marks.Count);
        Assert.Equal(PersonReactions.MaxMarks, many.Aggregate(PersonReactions.None, (all, name) => all.After(Added(name), At(1))).Marks.Count);
    }

    private static DateTimeOffset At(int second) => DateTimeOffset.UnixEpoch.AddSeconds(second);

    private static IEnumerable<string> Names(PersonReactions reactions) => reactions.Marks.Select(mark => mark.Name);

    private static InboundContent.Reacted Added(params string[] names) => new(ReactionChange.Added, names);

    private static InboundContent.Reacted Removed(params string[] names) => new(ReactionChange.Removed, names);

    private static InboundContent.Reacted Set(params string[] names) => new(ReactionChange.Set, names);
}
