using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Web.Components.Pages.DeadLetters;

namespace Assistant.Web.Tests.Components.Pages.DeadLetters;

public sealed class DeadLettersPageModelTests
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;
    private readonly DeskFixture _house = new();

    [Fact]
    public async Task A_letter_sent_again_leaves_the_list_and_wakes_its_queue()
    {
        var outbound = Add(isInbound: false);
        var inbound = Add(isInbound: true);
        var room = await LoadedAsync();

        await room.ResendAsync(outbound, Cancel);
        await room.ResendAsync(inbound, Cancel);

        Assert.Empty(room.Letters);
        Assert.Equal([outbound.Conversation], _house.Signals.Committed);
        Assert.Equal([inbound.Conversation], _house.Signals.Woken);
    }

    [Fact]
    public async Task All_are_put_back_in_the_order_they_were_written()
    {
        var first = Add(isInbound: false);
        var second = Add(isInbound: false);
        var room = await LoadedAsync();

        await room.ResendAllAsync(Cancel);

        Assert.Equal([first.Id, second.Id], _house.DeadLetters.Revived.Select(letter => letter.Id));
        Assert.Equal(2, room.PutBack);
    }

    [Fact]
    public async Task What_a_colleague_put_back_first_is_not_counted()
    {
        var letter = Add(isInbound: false);
        var room = await LoadedAsync();
        await _house.DeadLetterDesk.ResendAsync(_house.Anna, letter.Id, Cancel);

        await room.ResendAsync(letter, Cancel);

        Assert.Equal(0, room.PutBack);
        Assert.Empty(room.Letters);
    }

    [Fact]
    public async Task Letters_of_another_tenant_are_not_there()
    {
        Add(isInbound: false);
        var room = new DeadLettersPageModel(_house.DeadLetterDesk, DeskFixture.Operator("Otto", DeskFixture.Other));

        await room.LoadAsync(Cancel);

        Assert.Empty(room.Letters);
        Assert.Equal(0, room.Total);
    }

    [Fact]
    public async Task Asking_twice_for_older_letters_shows_them_once()
    {
        for (var i = 0; i < DeadLettersPageModel.PageSize * 3; i++)
        {
            Add(isInbound: false);
        }

        var (queries, gate) = Gated.Over<IDeadLetterQueries>(_house.DeadLetters, nameof(IDeadLetterQueries.ListAsync));
        var room = await LoadedAsync(queries);
        gate.Close();
        var both = Task.WhenAll(room.LoadMoreAsync(Cancel), room.LoadMoreAsync(Cancel));
        gate.Open();
        await both;

        Assert.Equal(DeadLettersPageModel.PageSize * 2, room.Letters.Select(letter => letter.Id).Distinct().Count());
        Assert.Equal(DeadLettersPageModel.PageSize * 2, room.Letters.Count);
    }

    private DeadLetter Add(bool isInbound)
    {
        _house.Clock.Advance(TimeSpan.FromMinutes(1));
        var now = _house.Clock.GetUtcNow();
        var letter = new DeadLetter(
            Guid.CreateVersion7(), isInbound, ConversationId.Create(), DeskFixture.Telegram, "Li Wei", "Hello", Phrase.Of("telegram.blocked"), 5, now, now);
        _house.DeadLetters.Add(DeskFixture.Acme, letter);
        return letter;
    }

    private async Task<DeadLettersPageModel> LoadedAsync(IDeadLetterQueries? queries = null)
    {
        var room = new DeadLettersPageModel(_house.DeadLettersOver(queries ?? _house.DeadLetters), _house.Me);
        await room.LoadAsync(Cancel);
        return room;
    }
}
