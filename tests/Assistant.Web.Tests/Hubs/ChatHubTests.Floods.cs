using Assistant.Domain.Observability;
using Assistant.Web.Hubs;
using Microsoft.AspNetCore.SignalR.Client;

namespace Assistant.Web.Tests.Hubs;

public sealed partial class ChatHubTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Who_says_again_and_again_that_nothing_is_written_is_heard_once_at_most(bool wroteBefore)
    {
        await using var house = await ChatHouse.StartAsync();
        await using var device = await JoinedTo(house, out var conversation);
        var told = wroteBefore ? new[] { true, false } : [];

        foreach (var isTyping in told.Take(1).Concat(Enumerable.Repeat(false, 100)))
        {
            await device.Hub.InvokeAsync("Typing", isTyping, TestContext.Current.CancellationToken);
        }

        Assert.Equal(told, TypingOf(house, conversation));
    }

    [Fact]
    public async Task Who_begins_and_stops_writing_without_pause_is_heard_once_a_second()
    {
        await using var house = await ChatHouse.StartAsync();
        await using var device = await JoinedTo(house, out var conversation);

        for (var second = 0; second < 2; second++)
        {
            for (var i = 0; i < 20; i++)
            {
                await device.Hub.InvokeAsync("Typing", true, TestContext.Current.CancellationToken);
                await device.Hub.InvokeAsync("Typing", false, TestContext.Current.CancellationToken);
            }

            house.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal([true, false, true, false], TypingOf(house, conversation));
    }

    [Fact]
    public async Task Presses_count_like_messages_even_of_buttons_nobody_offered()
    {
        await using var house = await ChatHouse.StartAsync(options => (options.VisitorBurst, options.VisitorPerMinute) = (3, 30));
        await using var device = await JoinedTo(house, out var conversation);
        var asked = house.Book.Answer(conversation, "Shall I?", buttons: [new("Yes", "yes:1")]);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal("bad", (await PressAsync("no such button")).Status);
        }

        Assert.Equal(new SendResult("slow", 2000), await PressAsync("no such button"));
        Assert.Equal("slow", (await device.SendAsync("too quick")).Status);
        house.Clock.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal("stored", (await PressAsync("yes:1")).Status);

        Task<SendResult> PressAsync(string data) =>
            device.Hub.InvokeAsync<SendResult>("Press", Guid.CreateVersion7(), asked.Seq, data, TestContext.Current.CancellationToken);
    }

    private static IEnumerable<bool> TypingOf(ChatHouse house, Domain.Conversations.ConversationId conversation) =>
        house.Feed.Published.OfType<LiveEvent.Typing>().Where(e => e.Conversation == conversation).Select(e => e.IsTyping);
}
