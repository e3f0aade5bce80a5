using System.Net;
using Xunit;

namespace Assistant.Web.Tests.Endpoints;

public sealed partial class RestApiTests
{
    [Theory]
    [InlineData("limit=0")]
    [InlineData("limit=201")]
    [InlineData("after=1&before=2")]
    [InlineData("after=x")]
    public async Task A_page_nobody_can_give_is_a_problem(string query)
        => Assert.Equal(HttpStatusCode.BadRequest, (await GetAsync("viewer", $"{Conversation}/messages?{query}")).StatusCode);

    [Theory]
    [InlineData("view=waiting")]
    [InlineData("view=Mine&limit=3")]
    public async Task A_word_of_a_query_is_read_in_any_case(string query)
        => Assert.Equal(HttpStatusCode.OK, (await GetAsync("viewer", $"/api/v1/conversations?{query}")).StatusCode);

    [Theory]
    [InlineData("view=everything", "view")]
    [InlineData("view=7", "view")]
    [InlineData("limit=many", "limit")]
    [InlineData("channel=Not_One", "channel")]
    [InlineData("after=elsewhere", "after")]
    public async Task What_is_wrong_with_a_query_is_said_by_field(string query, string field)
    {
        var response = await GetAsync("viewer", $"/api/v1/conversations?{query}");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal([field], (await response.JsonAsync()).GetProperty("errors").EnumerateObject().Select(e => e.Name));
    }

    [Theory]
    [InlineData("""{"markdown":""}""", "markdown")]
    [InlineData("""{}""", "markdown")]
    [InlineData("""{"markdown":5}""", "markdown")]
    [InlineData("""not json""", "body")]
    [InlineData("""null""", "body")]
    [InlineData("", "body")]
    public async Task A_reply_without_words_is_a_problem(string body, string field)
    {
        var response = await SendAsync("operator", HttpMethod.Post, $"{Conversation}/reply", body);
        var problem = await response.JsonAsync();

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal([field], problem.GetProperty("errors").EnumerateObject().Select(e => e.Name));
        Assert.DoesNotContain("Assistant.", problem.GetRawText(), StringComparison.Ordinal);
    }
}
