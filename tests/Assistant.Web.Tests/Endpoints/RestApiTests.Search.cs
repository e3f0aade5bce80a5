using System.Net;
using System.Net.Http.Json;
using Assistant.Domain.Conversations;
using Assistant.Domain.Tenancy;
using Xunit;

namespace Assistant.Web.Tests.Endpoints;

/// <summary>What may be searched, and what a forgotten person leaves.</summary>
public sealed partial class RestApiTests
{
    [Fact]
    public async Task A_tenant_decides_what_may_be_searched()
    {
        Assert.Equal("everything", Text(await (await GetAsync("admin", "/api/v1/search")).JsonAsync(), "index"));

        Assert.Equal("nothing", Text(await (await PutSearchAsync("admin", new { index = "nothing" })).JsonAsync(), "index"));

        Assert.Equal("nothing", Text(await (await GetAsync("admin", "/api/v1/search")).JsonAsync(), "index"));
        Assert.Equal(HttpStatusCode.BadRequest, (await PutSearchAsync("admin", new { index = "some" })).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await PutSearchAsync("admin", new { })).StatusCode);
    }

    [Fact]
    public async Task What_a_file_decides_about_search_is_a_conflict()
    {
        _host.Indexing.Declared.Add(TenantId.Default);

        Assert.Equal(HttpStatusCode.Conflict, (await PutSearchAsync("admin", new { index = "nothing" })).StatusCode);

        Assert.Equal("everything", Text(await (await GetAsync("admin", "/api/v1/search")).JsonAsync(), "index"));
    }

    [Fact]
    public async Task Only_who_may_decide_about_search_reads_or_changes_it()
    {
        Assert.Equal(HttpStatusCode.Forbidden, (await GetAsync("operator", "/api/v1/search")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await PutSearchAsync("auditor", new { index = "nothing" })).StatusCode);
    }

    [Fact]
    public async Task A_forgotten_message_says_so_in_a_field_and_breaks_no_list()
    {
        _host.Conversations.Add(AuthorKind.Person, "still there");
        _host.Conversations.Forget(_host.Conversations.Add(AuthorKind.Person, "gone"));

        var items = (await (await GetAsync("operator", $"{Conversation}/messages")).JsonAsync()).GetProperty("items").EnumerateArray().ToList();

        Assert.Equal(("still there", false), (Text(items[^2], "markdown"), items[^2].GetProperty("isForgotten").GetBoolean()));
        Assert.Equal(("", true), (Text(items[^1], "markdown"), items[^1].GetProperty("isForgotten").GetBoolean()));
    }

    private Task<HttpResponseMessage> PutSearchAsync(string key, object body)
        => _host.As(key).PutAsJsonAsync(new Uri("/api/v1/search", UriKind.Relative), body, Cancel);
}
