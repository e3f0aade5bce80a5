using Assistant.Domain.Conversations;
using Assistant.Web.Hubs;
using Microsoft.AspNetCore.SignalR.Client;

namespace Assistant.Web.Tests.Hubs;

public sealed partial class ChatHubTests
{
    [Theory]
    [InlineData(0)] // a new device
    [InlineData(1)] // one that missed too much
    public async Task Notes_in_a_row_hide_nothing_of_what_was_said_before_them(long lastSeq)
    {
        await using var house = await ChatHouse.StartAsync();
        await using var device = await JoinedTo(house, out var conversation);
        AnswerTimes(house, conversation, 3);
        NoteTimes(house, conversation, lastSeq == 0 ? 60 : ChatHistory.MaxMissed + 60);

        var missed = await device.CatchUpAsync(lastSeq);

        Assert.Equal([1L, 2, 3], missed.Messages.Select(message => message.Seq));
        Assert.False(missed.HasEarlier);
    }

    [Fact]
    public async Task The_way_back_leads_past_notes()
    {
        await using var house = await ChatHouse.StartAsync();
        await using var device = await JoinedTo(house, out var conversation);
        AnswerTimes(house, conversation, 3);
        NoteTimes(house, conversation, 60);
        AnswerTimes(house, conversation, ChatHistory.PageSize);

        var newest = await device.CatchUpAsync(0);
        var earlier = await EarlierAsync(device, newest.Messages[0].Seq);

        Assert.Equal((64, true), (newest.Messages[0].Seq, newest.HasEarlier));
        Assert.Equal([1L, 2, 3], earlier.Messages.Select(message => message.Seq));
        Assert.False(earlier.HasEarlier);
    }

    [Fact]
    public async Task The_way_back_leads_past_more_notes_than_are_read_at_once()
    {
        await using var house = await ChatHouse.StartAsync(options => (options.AddressBurst, options.AddressPerMinute) = (3, 60));
        await using var device = await JoinedTo(house, out var conversation);
        AnswerTimes(house, conversation, 3);
        NoteTimes(house, conversation, ChatHistory.MaxHidden + 100);

        var newest = await device.CatchUpAsync(0);
        var earlier = await EarlierAsync(device, newest.From);
        var slow = await EarlierAsync(device, newest.From);

        Assert.Equal((0, true, 104), (newest.Messages.Count, newest.HasEarlier, newest.From));
        Assert.Equal([1L, 2, 3], earlier.Messages.Select(message => message.Seq));
        Assert.Equal((false, 1), (earlier.HasEarlier, earlier.From));
        Assert.Equal((0, true, newest.From), (slow.Messages.Count, slow.HasEarlier, slow.From));
    }

    private static Task<CaughtUp> EarlierAsync(ChatDevice device, long before) =>
        device.Hub.InvokeAsync<CaughtUp>("Earlier", before, TestContext.Current.CancellationToken);

    private static void AnswerTimes(ChatHouse house, ConversationId conversation, int times)
    {
        for (var i = 0; i < times; i++)
        {
            house.Book.Answer(conversation, "answer");
        }
    }

    private static void NoteTimes(ChatHouse house, ConversationId conversation, int times)
    {
        for (var i = 0; i < times; i++)
        {
            house.Book.Add(conversation, AuthorKind.Operator, "Anna", "for colleagues", isNote: true);
        }
    }
}
