using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Web.Components.Layout;
using Assistant.Web.Tests.Components.Pages;

namespace Assistant.Web.Tests.Components.Layout;

public sealed class RailBadgesTests
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;
    private readonly DeskFixture _house = new();

    [Fact]
    public async Task Dead_letters_of_the_tenant_are_counted_and_those_put_back_are_not()
    {
        var letter = AddLetter();
        AddLetter();
        var badges = Badges();

        await badges.ReadAsync(_house.Me, Cancel);
        Assert.Equal(2, badges[Rooms.DeadLetters]);

        await _house.DeadLetterDesk.ResendAsync(_house.Me, letter.Id, Cancel);
        await badges.ReadAsync(_house.Me, Cancel);
        Assert.Equal(1, badges[Rooms.DeadLetters]);
    }

    [Fact]
    public async Task Nothing_of_another_tenant_and_nothing_without_permission_is_counted()
    {
        AddLetter();
        var badges = Badges();

        await badges.ReadAsync(DeskFixture.Operator("Otto", DeskFixture.Other), Cancel);
        Assert.Equal(0, badges[Rooms.DeadLetters]);

        await badges.ReadAsync(_house.Me with { Permissions = new HashSet<string>() }, Cancel);
        Assert.Equal([0, 0, 0], [badges[Rooms.Conversations], badges[Rooms.People], badges[Rooms.DeadLetters]]);
    }

    private RailBadges Badges() => new(_house.Conversations, _house.Pairing, _house.DeadLetterDesk);

    private DeadLetter AddLetter()
    {
        var now = _house.Clock.GetUtcNow();
        var letter = new DeadLetter(
            Guid.CreateVersion7(), false, ConversationId.Create(), DeskFixture.Telegram, "Li Wei", "Hello", Phrase.Of("telegram.blocked"), 5, now, now);
        _house.DeadLetters.Add(DeskFixture.Acme, letter);
        return letter;
    }
}
