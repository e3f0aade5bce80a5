using Assistant.Domain.Observability;
using Assistant.Domain.Tenancy;
using Assistant.Web.Hubs;

namespace Assistant.Web.Tests.Hubs;

public sealed partial class ChatHubTests
{
    [Fact]
    public async Task Devices_read_the_store_after_a_loss_even_when_nothing_follows_in_their_conversation()
    {
        await using var house = await ChatHouse.StartAsync();
        await using var device = await JoinedTo(house, out var conversation);
        house.Book.Change(conversation, c => c with { Operator = Anna });
        await device.NextAsync<ChatState>();

        house.Feed.Lose(TenantId.Default);
        house.Feed.Publish(new LiveEvent.PairingChanged(TenantId.Default)); // of no conversation

        await device.NextAsync<Lost>();
        Assert.Equal("Anna", (await device.NextAsync<ChatState>()).Name); // who answers may be what was lost
    }

    [Fact]
    public async Task Devices_read_the_store_after_it_failed_to_say_who_answers()
    {
        await using var house = await ChatHouse.StartAsync();
        await using var device = await JoinedTo(house, out var conversation);

        house.Book.NextFailedRead = new InvalidOperationException("The store is down.");
        house.Book.Change(conversation, c => c with { Operator = Anna });

        await device.NextAsync<Lost>();
        Assert.Equal("Anna", (await device.NextAsync<ChatState>()).Name);
    }
}
