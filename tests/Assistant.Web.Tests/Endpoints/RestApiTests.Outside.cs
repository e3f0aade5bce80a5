using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.Observability;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
using Assistant.Testing.Fakes;
using Assistant.Web.Endpoints;
using Microsoft.AspNetCore.Routing;
using Xunit;

namespace Assistant.Web.Tests.Endpoints;

public sealed partial class RestApiTests
{
    [Fact]
    public async Task An_unknown_webhook_answers_like_a_refused_one()
    {
        var session = new FakeSession();
        _host.Channel.Sessions[new ConnectionId("tg")] = session;
        var anyone = _host.As(null);

        var unknown = await anyone.PostAsync(new Uri("/webhooks/nobody", UriKind.Relative), new StringContent("x"), Cancel);
        var malformed = await anyone.PostAsync(new Uri("/webhooks/Not_A_Slug", UriKind.Relative), new StringContent("x"), Cancel);
        var refused = await anyone.PostAsync(new Uri("/webhooks/tg", UriKind.Relative), new StringContent("x"), Cancel);
        using var right = new HttpRequestMessage(HttpMethod.Post, "/webhooks/tg?a=1") { Content = new ByteArrayContent([0, 255, 13, 10]) };
        right.Headers.Add("X-Secret", "right");
        var accepted = await anyone.SendAsync(right, Cancel);

        Assert.All([unknown, malformed, refused], r => Assert.Equal(HttpStatusCode.Unauthorized, r.StatusCode));
        Assert.Equal(await unknown.Content.ReadAsStringAsync(Cancel), await refused.Content.ReadAsStringAsync(Cancel));
        Assert.Equal("thanks", await accepted.Content.ReadAsStringAsync(Cancel));
        Assert.Equal([0, 255, 13, 10], session.Received[^1].Body.ToArray());
        Assert.Equal("1", session.Received[^1].Query["a"]);
    }

    [Fact]
    public async Task A_callback_that_comes_before_the_sessions_are_open_is_asked_for_again_and_counts_as_no_wrong_secret()
    {
        _host.Channel.HasStarted = false;
        var anyone = _host.As(null);
        for (var i = 0; i < 50; i++)
        {
            var early = await anyone.PostAsync(new Uri("/webhooks/tg", UriKind.Relative), new StringContent("x"), Cancel);
            Assert.Equal((HttpStatusCode.ServiceUnavailable, TimeSpan.FromSeconds(5)), (early.StatusCode, early.Headers.RetryAfter?.Delta));
        }

        _host.Channel.HasStarted = true;
        _host.Channel.Sessions[new ConnectionId("tg")] = new FakeSession();
        using var right = new HttpRequestMessage(HttpMethod.Post, "/webhooks/tg") { Content = new ByteArrayContent([1]) };
        right.Headers.Add("X-Secret", "right");

        Assert.Equal(HttpStatusCode.OK, (await anyone.SendAsync(right, Cancel)).StatusCode);
    }

    [Fact]
    public async Task A_callback_larger_than_a_megabyte_is_not_read()
    {
        var session = new FakeSession();
        _host.Channel.Sessions[new ConnectionId("tg")] = session;

        var response = await _host.As(null).PostAsync(
            new Uri("/webhooks/tg", UriKind.Relative), new StreamContent(new MemoryStream(new byte[WebhookEndpoint.MaxBodyBytes + 1])), Cancel);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Empty(session.Received);
    }

    [Fact]
    public async Task The_description_covers_every_endpoint_with_its_permission_and_scheme()
    {
        var document = await (await GetAsync(null, "/openapi/v1.json")).JsonAsync();
        var paths = document.GetProperty("paths");
        var takeover = paths.GetProperty("/api/v1/conversations/{id}/takeover").GetProperty("post");

        Assert.Equal("bearer", Text(document.GetProperty("components").GetProperty("securitySchemes").GetProperty("apiKey"), "scheme"));
        Assert.Contains("`conversations.reply`", Text(takeover, "description"), StringComparison.Ordinal);
        Assert.Contains(takeover.GetProperty("parameters").EnumerateArray(), p => Text(p, "name") == "Idempotency-Key");
        Assert.True(takeover.GetProperty("responses").TryGetProperty("409", out _));
        Assert.All(paths.EnumerateObject(), path => Assert.StartsWith("/api/v1/", path.Name, StringComparison.Ordinal));
        Assert.All(
            paths.EnumerateObject().SelectMany(path => path.Value.EnumerateObject()),
            operation => Assert.False(string.IsNullOrEmpty(Text(operation.Value, "summary"))));
        Assert.All(
            paths.EnumerateObject().SelectMany(path => path.Value.EnumerateObject().Select(operation => (path.Name, Operation: operation.Value))),
            one => Assert.True(
                !one.Operation.TryGetProperty("requestBody", out _) || one.Operation.GetProperty("responses").TryGetProperty("400", out _), one.Name));
        foreach (var resource in new[] { "conversations", "people", "channels", "engines", "audit", "deadletters", "tenants", "users", "apikeys", "me" })
        {
            Assert.Contains(paths.EnumerateObject(), path => path.Name.StartsWith($"/api/v1/{resource}", StringComparison.Ordinal));
        }
    }

    /// <summary>Who may leave a value out says so where it is used; said in both places, neither of the two applies to null.</summary>
    [Fact]
    public async Task The_description_lists_the_words_of_a_choice_and_nothing_else()
    {
        var schemas = (await (await GetAsync(null, "/openapi/v1.json")).JsonAsync()).GetProperty("components").GetProperty("schemas");

        Assert.Equal(["pairing", "open", "allowlist", "blocked"], schemas.GetProperty("AccessPolicy").GetProperty("enum").EnumerateArray().Select(word => word.GetString()!));
        var choices = schemas.EnumerateObject().Where(schema => schema.Value.TryGetProperty("enum", out _)).ToList();
        Assert.True(choices.Count > 10, $"{choices.Count} choices");
        Assert.All(choices, choice => Assert.All(
            choice.Value.GetProperty("enum").EnumerateArray(), word => Assert.True(word.ValueKind == JsonValueKind.String, choice.Name)));
    }

    [Fact]
    public async Task The_description_of_a_choice_that_may_be_left_out_says_so_and_what_it_is_then()
    {
        var schemas = (await (await GetAsync(null, "/openapi/v1.json")).JsonAsync()).GetProperty("components").GetProperty("schemas");

        var access = schemas.GetProperty("ChannelRequest").GetProperty("properties").GetProperty("access");

        Assert.Equal(["null", "string"], access.GetProperty("type").EnumerateArray().Select(type => type.GetString()!).Order());
        Assert.Contains(access.GetProperty("enum").EnumerateArray(), word => word.ValueKind == JsonValueKind.Null);
        Assert.Contains("pairing", Text(access, "description"), StringComparison.Ordinal);
    }

    /// <summary>Whoever audits that a proof was asked for asks for one.</summary>
    [Fact]
    public async Task The_description_says_what_may_want_a_proof_and_how_it_is_given()
    {
        var wanting = _host.Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.RawText!.StartsWith("/api/v1/", StringComparison.Ordinal)
                && endpoint.Metadata.GetOrderedMetadata<IAuditStatement>().Any(statement => statement.Actions.Contains(AuditActions.StepUpRequested)))
            .Select(endpoint => $"{endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods[0].ToLowerInvariant()} {Described(endpoint.RoutePattern.RawText!)}")
            .Order(StringComparer.Ordinal).ToList();

        var document = await (await GetAsync(null, "/openapi/v1.json")).JsonAsync();
        var described = Operations(document).Where(one => one.Operation.TryGetProperty("parameters", out var parameters)
            && parameters.EnumerateArray().Any(parameter => (Text(parameter, "name"), Text(parameter, "in")) == ("Step-Up", "header"))).ToList();

        Assert.Equal(wanting, described.Select(one => one.Name).Order(StringComparer.Ordinal));
        Assert.Contains("post /api/v1/users", wanting);
        Assert.All(described, one =>
        {
            Assert.Contains("403 `Proof needed`", Text(one.Operation, "description"), StringComparison.Ordinal);
            Assert.DoesNotContain("Wants proof", Text(one.Operation, "description"), StringComparison.Ordinal);
            var refusal = one.Operation.GetProperty("responses").GetProperty("403").GetProperty("content").GetProperty("application/problem+json");
            Assert.Equal("#/components/schemas/ProofNeededProblemDetails", Text(refusal.GetProperty("schema"), "$ref"));
        });
        var problem = document.GetProperty("components").GetProperty("schemas").GetProperty("ProofNeededProblemDetails").GetProperty("allOf");
        Assert.Equal("#/components/schemas/ProblemDetails", Text(problem[0], "$ref"));
        Assert.Equal(
            ["id", "operation", "sentence", "approveAt", "expiresAt"],
            problem[1].GetProperty("properties").GetProperty("stepUp").GetProperty("properties").EnumerateObject().Select(property => property.Name));
    }

    [Fact]
    public async Task The_description_names_the_type_of_every_answer_that_has_one()
    {
        var document = await (await GetAsync(null, "/openapi/v1.json")).JsonAsync();

        Assert.All(Operations(document), one => Assert.All(
            one.Operation.GetProperty("responses").EnumerateObject().Where(response => response.Name is "200" or "201"),
            response => Assert.True(response.Value.TryGetProperty("content", out _), one.Name)));
        var export = Operation(document, "get /api/v1/audit/export").GetProperty("responses").GetProperty("200").GetProperty("content");
        Assert.Equal(["application/x-ndjson", "text/csv"], export.EnumerateObject().Select(type => type.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_description_says_how_a_body_and_an_Idempotency_Key_are_refused()
    {
        var document = await (await GetAsync(null, "/openapi/v1.json")).JsonAsync();

        Assert.All(Operations(document), one =>
        {
            var isRead = one.Name.StartsWith("get ", StringComparison.Ordinal);
            var answers = one.Operation.GetProperty("responses").EnumerateObject()
                .Where(answer => answer.Value.TryGetProperty("content", out var content) && content.TryGetProperty("application/problem+json", out _))
                .Select(answer => answer.Name).ToList();
            Assert.Equal(!isRead, answers.Contains("422"));
            Assert.True(isRead || answers.Contains("409"), one.Name);
            Assert.Equal(one.Operation.TryGetProperty("requestBody", out _), answers.Contains("415"));
            Assert.Equal(one.Operation.TryGetProperty("requestBody", out _), answers.Contains("413"));
        });
        Assert.Equal(1, Parameter(document, "post /api/v1/users", "Idempotency-Key").GetProperty("minLength").GetInt32());
    }

    [Theory]
    [InlineData("get /api/v1/conversations", "view", "all mine waiting closed")]
    [InlineData("post /api/v1/conversations/{id}/reply", "to", "here person")]
    [InlineData("get /api/v1/audit/export", "format", "jsonl csv")]
    [InlineData("get /api/v1/people/{id}/export", "format", "json html")]
    public async Task The_description_lists_the_words_a_parameter_takes(string operation, string parameter, string words)
    {
        var document = await (await GetAsync(null, "/openapi/v1.json")).JsonAsync();

        Assert.Equal(
            words.Split(' ').Order(StringComparer.Ordinal),
            Parameter(document, operation, parameter).GetProperty("enum").EnumerateArray().Select(word => word.GetString()!).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("get /api/v1/conversations")]
    [InlineData("get /api/v1/conversations/{id}/messages")]
    public async Task The_description_says_how_many_may_be_asked_for(string operation)
    {
        var limit = Parameter(await (await GetAsync(null, "/openapi/v1.json")).JsonAsync(), operation, "limit");

        Assert.Equal((1, Paging.MaxLimit), (limit.GetProperty("minimum").GetInt32(), limit.GetProperty("maximum").GetInt32()));
    }

    [Fact]
    public async Task The_description_of_a_reason_that_is_needed_does_not_say_it_may_be_null()
    {
        var schemas = (await (await GetAsync(null, "/openapi/v1.json")).JsonAsync()).GetProperty("components").GetProperty("schemas");

        Assert.Equal("string", Text(schemas.GetProperty("PersonLinkRequest").GetProperty("properties").GetProperty("reason"), "type"));
    }

    [Fact]
    public async Task Health_says_live_and_ready()
    {
        var live = await GetAsync(null, "/health/live");
        var ready = await (await GetAsync(null, "/health/ready")).JsonAsync();

        Assert.Equal(HttpStatusCode.OK, live.StatusCode);
        Assert.Equal(("healthy", "healthy"), (Text(ready, "status"), Text(ready.GetProperty("checks"), "workers")));
    }

    [Fact]
    public async Task Metrics_are_not_for_everybody()
    {
        // The test server has no remote address: a caller it cannot place.
        Assert.Equal(HttpStatusCode.Unauthorized, (await GetAsync(null, "/metrics")).StatusCode);

        var metrics = await GetAsync("viewer", "/metrics");
        Assert.Equal(HttpStatusCode.OK, metrics.StatusCode);
    }

    [Fact]
    public async Task Metrics_name_the_program_and_tell_quick_turns_from_slow_ones()
    {
        Telemetry.TurnDuration.Record(0.02);

        var metrics = await (await GetAsync("viewer", "/metrics")).Content.ReadAsStringAsync(Cancel);

        Assert.Contains("service_name=\"assistant\"", metrics, StringComparison.Ordinal);
        Assert.Contains("assistant_turn_duration_seconds_bucket", metrics, StringComparison.Ordinal);
        Assert.Contains("le=\"0.025\"", metrics, StringComparison.Ordinal);
    }

    private static IEnumerable<(string Name, JsonElement Operation)> Operations(JsonElement document)
        => document.GetProperty("paths").EnumerateObject().SelectMany(
            path => path.Value.EnumerateObject().Select(operation => ($"{operation.Name} {path.Name.TrimEnd('/')}", operation.Value)));

    private static JsonElement Operation(JsonElement document, string name) => Operations(document).Single(one => one.Name == name).Operation;

    /// <summary>What the description says of the value of a parameter.</summary>
    private static JsonElement Parameter(JsonElement document, string operation, string name)
        => Operation(document, operation).GetProperty("parameters").EnumerateArray().Single(parameter => Text(parameter, "name") == name).GetProperty("schema");

    /// <summary>A route as the description names it: without what its parts have to be.</summary>
    private static string Described(string route)
        => route.Replace(":guid", "", StringComparison.Ordinal).Replace(":long", "", StringComparison.Ordinal).TrimEnd('/');
}
