using Assistant.Domain.Conversations;
using Assistant.Domain.Memory;
using Xunit;

namespace Assistant.Domain.Tests.Memory;

public sealed class RecallPlacesTests
{
    private const string Question = "what is emma allergic to?";

    private static readonly Recollection Told = Thing("emma is allergic to peanuts");
    private static readonly Recollection Asked = Thing(Question);
    private static readonly Recollection Quoted = Thing("> emma is allergic to peanuts", AuthorKind.Assistant);

    [Fact]
    public void What_was_asked_and_quoted_leaves_half_of_the_places()
        => Assert.Equal(
            [Quoted, Asked, Told, Told],
            RecallPlaces.Share(Question, [Quoted, Asked, Quoted, Asked, Told, Told, Told], 4));

    [Fact]
    public void Places_that_nothing_else_takes_are_not_left_empty()
    {
        Assert.Equal([Quoted, Asked, Quoted, Told], RecallPlaces.Share(Question, [Quoted, Asked, Quoted, Asked, Told], 4));
        Assert.Equal([Quoted, Asked], RecallPlaces.Share(Question, [Quoted, Asked], 4));
        Assert.Empty(RecallPlaces.Share(Question, [], 4));
    }

    [Fact]
    public void Who_asks_what_the_assistant_said_is_not_given_their_own_words_alone()
        => Assert.Equal([Told, Quoted], RecallPlaces.Share("what did you say about emma?", [Told, Told, Told, Quoted], 2));

    [Fact]
    public void Nothing_is_taken_beyond_the_last_place()
        => Assert.Equal([Told, Told], RecallPlaces.Share(Question, OnlyTwo(), 2));

    private static IEnumerable<Recollection> OnlyTwo()
    {
        yield return Told;
        yield return Told;
        throw new InvalidOperationException("Nobody has a place for a third.");
    }

    private static Recollection Thing(string quote, AuthorKind author = AuthorKind.Person) => new(quote, default, false, author, default, 1);
}
