using System.Net;
using System.Reflection;
using Assistant.Web.Endpoints;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
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

    [Fact]
    public async Task A_word_nobody_knows_is_answered_with_those_there_are()
    {
        var response = await GetAsync("viewer", "/api/v1/conversations?view=everything");

        var said = (await response.JsonAsync()).GetProperty("errors").GetProperty("view")[0].GetString();
        Assert.Equal("This is one of all, mine, waiting, closed.", said);
    }

    [Fact]
    public async Task A_parameter_that_was_left_out_is_named()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{Conversation}/files") { Content = new ByteArrayContent([1, 2, 3]) };
        request.Content.Headers.Add("Content-Type", "application/octet-stream");
        using var response = await _host.As("operator").SendAsync(request, Cancel);

        Assert.Equal((HttpStatusCode.BadRequest, "name"), (response.StatusCode, await FieldAsync(response)));
    }

    [Fact]
    public async Task A_file_that_is_too_large_is_refused_as_the_description_says()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{Conversation}/files?name=a.txt") { Content = new ByteArrayContent(new byte[_host.Channel.Manifest.LargestFile + 1]) };
        request.Content.Headers.Add("Content-Type", "application/octet-stream");
        using var response = await _host.As("operator").SendAsync(request, Cancel);

        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "File too large"), (response.StatusCode, Text(await response.JsonAsync(), "title")));
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

    /// <summary>Words that are put together into a number would be another word, and another decision.</summary>
    [Theory]
    [InlineData("pairing,blocked")]
    [InlineData("open, open")]
    [InlineData("Open")]
    [InlineData("open ")]
    [InlineData("\\ud800")]
    [InlineData("1")]
    [InlineData("")]
    public async Task A_word_of_a_body_is_one_of_those_the_description_lists(string word)
    {
        var response = await PutChannelAsync("admin", "words", $$$"""{"type":"fake","access":"{{{word}}}","settings":{"token":"t"}}""");

        Assert.Equal((HttpStatusCode.BadRequest, "access"), (response.StatusCode, await FieldAsync(response)));
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync("admin", "/api/v1/channels/words")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await PutChannelAsync("admin", "words", """{"type":"fake","access":"open","settings":{"token":"t"}}""")).StatusCode);
    }

    [Theory]
    [InlineData("PUT", "channels/half")]
    [InlineData("POST", "channels/test")]
    public async Task Half_a_character_in_a_setting_is_a_problem_of_that_setting(string method, string path)
    {
        var response = await SendAsync("admin", new HttpMethod(method), $"/api/v1/{path}", """{"type":"fake","settings":{"token":"\ud800"}}""");

        Assert.Equal((HttpStatusCode.BadRequest, "token"), (response.StatusCode, await FieldAsync(response)));
    }

    [Theory]
    [InlineData("application/json;charset=nope")]
    [InlineData("application/json; charset=\"nope\"")]
    public async Task A_body_in_letters_nobody_knows_is_of_an_unsupported_type(string type)
    {
        var response = await SendAsAsync(type);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
    }

    [Theory]
    [InlineData("application/json;charset=utf-8")]
    [InlineData("application/json;charset=\"UTF-8\"")]
    [InlineData("application/json;charset=us-ascii")]
    public async Task A_body_in_letters_that_are_known_is_read(string type)
        => Assert.Equal(HttpStatusCode.OK, (await SendAsAsync(type)).StatusCode);

    /// <summary>A caller that reads tables or lines is told what is wrong in the one form all problems have.</summary>
    [Theory]
    [InlineData(null, "/api/v1/me", HttpStatusCode.Unauthorized)]
    [InlineData("admin", "/api/v1/unknown", HttpStatusCode.NotFound)]
    [InlineData("admin", "/api/v1/conversations/nope", HttpStatusCode.NotFound)]
    public async Task A_problem_is_a_problem_whatever_the_caller_would_rather_read(string? role, string path, HttpStatusCode status)
    {
        foreach (var wanted in new[] { "text/csv", "text/plain", "application/json" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Accept", wanted } } };
            using var response = await _host.As(role).SendAsync(request, Cancel);

            Assert.Equal((status, "application/problem+json"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
            Assert.Equal((int)status, (await response.JsonAsync()).GetProperty("status").GetInt32());
        }
    }

    [Theory]
    [InlineData("""{"checkpoints":[null]}""")]
    [InlineData("""{"checkpoints":[{"tenant":"another","seq":1,"hash":"00","at":"2026-01-01T00:00:00Z"}]}""")]
    public async Task What_is_no_checkpoint_of_the_tenant_is_a_problem(string body)
    {
        var response = await SendAsync("auditor", HttpMethod.Post, "/api/v1/audit/verify", body);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(["checkpoints"], (await response.JsonAsync()).GetProperty("errors").EnumerateObject().Select(e => e.Name));
    }

    /// <summary>A verdict of a checkpoint nobody looked at would be believed.</summary>
    [Theory]
    [InlineData("""{"tenant":"default","seq":1,"hash":"00","at":"2026-01-01T00:00:00Z"}""", "tenant")]
    [InlineData("""{"checkpoint":{"tenant":"another","seq":1,"hash":"00","at":"2026-01-01T00:00:00Z"}}""", "checkpoint")]
    [InlineData("""{"checkpoint":{"tenant":"default","seq":1}}""", "hash at")]
    [InlineData("""{"chekpoints":[]}""", "chekpoints")]
    public async Task A_checkpoint_that_is_given_in_a_form_nobody_knows_is_a_problem(string body, string fields)
    {
        var response = await SendAsync("auditor", HttpMethod.Post, "/api/v1/audit/verify", body);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(fields.Split(' '), (await response.JsonAsync()).GetProperty("errors").EnumerateObject().Select(e => e.Name));
    }

    /// <summary>The code the build writes for an endpoint gives a parameter that is left out nothing, whatever the declaration says.</summary>
    [Fact]
    public void No_parameter_relies_on_a_value_of_its_declaration()
    {
        var parameters = _host.Endpoints.SelectMany(endpoint => endpoint.Metadata.GetOrderedMetadata<IParameterBindingMetadata>())
            .Where(parameter => parameter.ParameterInfo.Member.Module == typeof(ApiOptions).Module).ToList();

        Assert.True(parameters.Count > 200, $"{parameters.Count} parameters");
        Assert.Empty(parameters.Where(parameter => parameter.ParameterInfo is { HasDefaultValue: true, DefaultValue: not null })
            .Select(parameter => $"{parameter.ParameterInfo.Member.Name}: {parameter.Name}"));
    }

    /// <summary>A handler the build writes nothing for is compiled at every start.</summary>
    [Fact]
    public void Each_handlers_code_is_written_by_the_build()
        => Assert.Empty(_host.Endpoints.Where(endpoint => endpoint.Metadata.GetMetadata<MethodInfo>() is not null
                && endpoint.Metadata.OfType<System.CodeDom.Compiler.GeneratedCodeAttribute>().Any() is false)
            .Select(endpoint => endpoint.DisplayName));

    private async Task<HttpResponseMessage> SendAsAsync(string type)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, "/api/v1/search") { Content = new StringContent("""{"index":"nothing"}""") };
        request.Content.Headers.Remove("Content-Type");
        request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        return await _host.As("admin").SendAsync(request, Cancel);
    }
}
