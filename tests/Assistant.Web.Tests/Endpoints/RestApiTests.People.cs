using System.Net;
using Assistant.Domain.Conversations;
using Assistant.Domain.Memory;
using Assistant.Domain.Messaging;
using Assistant.Domain.People;
using Assistant.Domain.Tenancy;
using Xunit;

namespace Assistant.Web.Tests.Endpoints;

/// <summary>Whose a conversation is, and what is remembered of them.</summary>
public sealed partial class RestApiTests
{
    [Fact]
    public async Task A_conversation_names_its_person_and_is_found_by_them()
    {
        var only = _host.Conversations.Only;

        var shown = await (await GetAsync("viewer", Conversation)).JsonAsync();
        var found = await (await GetAsync("viewer", $"/api/v1/conversations?person={only.Person}")).JsonAsync();
        var others = await (await GetAsync("viewer", $"/api/v1/conversations?person={PersonId.Create()}")).JsonAsync();

        Assert.Equal((only.Person.Value, only.CreatedAt), (shown.GetProperty("person").GetGuid(), shown.GetProperty("createdAt").GetDateTimeOffset()));
        Assert.Equal(only.Id.Value, Assert.Single(found.GetProperty("items").EnumerateArray()).GetProperty("id").GetGuid());
        Assert.Empty(others.GetProperty("items").EnumerateArray());
        Assert.Equal(HttpStatusCode.BadRequest, (await GetAsync("viewer", "/api/v1/conversations?person=Ann")).StatusCode);
    }

    [Fact]
    public async Task What_a_person_told_the_assistant_to_remember_is_listed_newest_first()
    {
        var person = _host.People.Add(TenantId.Default, "Li Lei", new ConnectionId("tg"), Standing.Approved);
        await RememberAsync(person, "the boiler is in the attic", 1);
        await RememberAsync(person, "the key is under the mat", 2);
        var path = $"/api/v1/people/{person}/facts";

        var facts = (await (await GetAsync("viewer", path)).JsonAsync()).GetProperty("items").EnumerateArray().ToList();

        Assert.Equal(["the key is under the mat", "the boiler is in the attic"], facts.Select(fact => Text(fact, "text")));
        Assert.Single((await (await GetAsync("viewer", $"{path}?limit=1")).JsonAsync()).GetProperty("items").EnumerateArray());
        Assert.Equal(HttpStatusCode.BadRequest, (await GetAsync("viewer", $"{path}?limit=0")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync("viewer@other", path)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync("viewer", $"/api/v1/people/{PersonId.Create()}/facts")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await GetAsync("flow-author", path)).StatusCode);
    }

    private Task RememberAsync(PersonId person, string text, int minute) => _host.House.RememberAsync(new Fact(
        Guid.CreateVersion7(), TenantId.Default, person, text, DateTimeOffset.UnixEpoch.AddMinutes(minute), ConversationId.Create(), 1));
}
