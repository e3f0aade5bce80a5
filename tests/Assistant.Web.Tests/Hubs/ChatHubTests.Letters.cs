using Assistant.Web.Hubs;
using Microsoft.AspNetCore.SignalR.Client;

namespace Assistant.Web.Tests.Hubs;

public sealed partial class ChatHubTests
{
    [Fact]
    public async Task A_text_with_half_a_character_is_refused_for_good_and_the_next_one_is_heard()
    {
        await using var house = await ChatHouse.StartAsync();
        await using var device = await JoinedTo(house, out var conversation);
        var asked = house.Book.Answer(conversation, "Shall I?", buttons: [new("Yes", "yes:1")]);
        var cancel = TestContext.Current.CancellationToken;

        Assert.Equal(SendResult.Bad, await device.Hub.InvokeAsync<SendResult>("Send", Guid.CreateVersion7(), RawJson.CutOff, cancel));
        Assert.Equal(SendResult.Bad, await device.Hub.InvokeAsync<SendResult>("Press", Guid.CreateVersion7(), asked.Seq, RawJson.CutOff, cancel));
        Assert.Equal(SendResult.Bad, await device.Hub.InvokeAsync<SendResult>("Send", Guid.CreateVersion7(), null, cancel));

        Assert.Equal(SendResult.Stored, await device.SendAsync("second 😀"));
        Assert.Single(house.Book.Accepted);
    }
}
