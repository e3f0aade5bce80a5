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

    [Fact]
    public async Task Devices_learn_within_a_minute_that_another_process_forgot_their_visitor()
    {
        await using var house = await ChatHouse.StartAsync();
        await using var device = await JoinedTo(house, out var conversation);

        house.Book.Forget(conversation, isElsewhere: true);
        house.Clock.Advance(VisitorSession.LookInterval);

        await device.NextAsync<Forgot>();
    }

    [Fact]
    public async Task What_is_said_as_a_visitor_another_process_forgot_is_not_taken_and_every_device_is_told()
    {
        await using var house = await ChatHouse.StartAsync();
        await using var desk = await JoinedTo(house, out var conversation);
        await using var phone = await ChatDevice.JoinAsync(house, desk.Token);

        house.Book.Forget(conversation, isElsewhere: true);

        Assert.Equal(SendResult.Bad, await desk.SendAsync("as if nothing had been"));
        await desk.NextAsync<Forgot>();
        await phone.NextAsync<Forgot>();
        Assert.Empty(house.Book.Accepted);
    }
}
