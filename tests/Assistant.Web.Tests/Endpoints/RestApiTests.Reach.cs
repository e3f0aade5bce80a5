using System.Net;
using Xunit;

namespace Assistant.Web.Tests.Endpoints;

public sealed partial class RestApiTests
{
    [Fact]
    public async Task A_reply_to_a_person_with_one_chat_stays_where_it_is()
    {
        var chats = await (await GetAsync("viewer", $"{Conversation}/chats")).JsonAsync();
        Assert.Equal(0, chats.GetProperty("items").GetArrayLength());

        await PostAsync("operator", $"{Conversation}/takeover");
        var reply = await PostAsync("operator", $"{Conversation}/reply?to=person", new { markdown = "Here." });
        var nowhere = await PostAsync("operator", $"{Conversation}/reply?to=moon", new { markdown = "There." });

        Assert.True(reply.StatusCode == HttpStatusCode.Created, await reply.Content.ReadAsStringAsync(Cancel));
        Assert.Equal(HttpStatusCode.BadRequest, nowhere.StatusCode);
        Assert.Equal("Here.", Text(await reply.JsonAsync(), "markdown"));
    }

    [Fact]
    public async Task Going_on_and_preferring_want_a_chat_of_the_person_and_the_right_to_reply()
    {
        var other = new { conversation = Guid.CreateVersion7() };

        Assert.Equal(HttpStatusCode.NotFound, (await PostAsync("operator", $"{Conversation}/continue", other)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await DeleteAsync("operator", $"{Conversation}/preferred")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync("admin@other", $"{Conversation}/chats")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await PostAsync("viewer", $"{Conversation}/continue", other)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await DeleteAsync("viewer", $"{Conversation}/preferred")).StatusCode);
    }
}
