using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.WebChat;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
using Assistant.Testing.Fakes;
using Assistant.Web.Endpoints;
using Xunit;

namespace Assistant.Web.Tests.Endpoints;

public sealed partial class RestApiTests : IAsyncLifetime
{
    private ApiHost _host = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Conversation => $"/api/v1/conversations/{_host.Conversations.Only.Id}";

    public async ValueTask InitializeAsync()
    {
        _host = await ApiHost.StartAsync();
        _host.Connections.Put(new Connection(
            new ConnectionId("tg"), TenantId.Default, "fake", "TG", AccessPolicy.Open, true, false,
            new SettingValues([KeyValuePair.Create("token", "top-secret")]), default, default));
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData(null)]
    [InlineData("nonsense")]
    public async Task Without_a_valid_key_every_answer_is_the_same_problem(string? key)
    {
        foreach (var path in new[] { "/api/v1/me", "/api/v1/conversations", "/api/v1/channels/tg", "/api/v1/audit/export" })
        {
            using var response = await _host.As(key).GetAsync(new Uri(path, UriKind.Relative), Cancel);

            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
            Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        }
    }

    [Fact]
    public async Task A_key_without_the_permission_is_refused_with_a_problem()
    {
        var response = await PutChannelAsync("operator", "tg2", "{}");

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task A_path_nobody_knows_is_a_problem_too()
    {
        var response = await GetAsync("admin", "/api/v1/unknown");

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task The_caller_learns_who_they_are_taken_for()
    {
        var me = await (await GetAsync("viewer@other", "/api/v1/me")).JsonAsync();

        Assert.Equal(("viewer", "other", "apikey"), (Text(me, "name"), Text(me, "tenant"), Text(me, "kind")));
        Assert.Equal(["channels.read", "conversations.read", "flows.read", "people.read"], me.GetProperty("permissions").EnumerateArray().Select(p => p.GetString()!));
    }

    [Fact]
    public async Task A_conversation_is_taken_over_answered_and_handed_back()
    {
        Assert.Equal(HttpStatusCode.Conflict, (await PostAsync("operator", $"{Conversation}/reply", new { markdown = "too early" })).StatusCode);

        var taken = await (await PostAsync("operator", $"{Conversation}/takeover")).JsonAsync();
        var reply = await PostAsync("operator", $"{Conversation}/reply", new { markdown = "**Hello**" });
        var held = await PostAsync("admin", $"{Conversation}/takeover");
        var back = await (await PostAsync("operator", $"{Conversation}/handback")).JsonAsync();

        Assert.Equal("operator", Text(taken.GetProperty("operator"), "name"));
        Assert.Equal(HttpStatusCode.Created, reply.StatusCode);
        var said = await reply.JsonAsync();
        Assert.Equal(("**Hello**", "operator"), (Text(said, "markdown"), Text(said, "author")));
        Assert.Equal(HttpStatusCode.Conflict, held.StatusCode);
        Assert.Equal(JsonValueKind.Null, back.GetProperty("operator").ValueKind);
    }

    [Fact]
    public async Task Messages_page_forward_by_cursor_and_backward_by_before()
    {
        for (var i = 1; i <= 5; i++)
        {
            _host.Conversations.Add(AuthorKind.Person, $"m{i}");
        }

        var first = await (await GetAsync("viewer", $"{Conversation}/messages?after=0&limit=3")).JsonAsync();
        var second = await (await GetAsync("viewer", $"{Conversation}/messages?after={Text(first, "next")}&limit=3")).JsonAsync();
        var newest = await (await GetAsync("viewer", $"{Conversation}/messages?limit=2")).JsonAsync();

        Assert.Equal(["m1", "m2", "m3"], Texts(first));
        Assert.Equal(["m4", "m5"], Texts(second));
        Assert.Equal(JsonValueKind.Null, second.GetProperty("next").ValueKind);
        Assert.Equal(["m4", "m5"], Texts(newest));
        Assert.DoesNotContain("secret-file-reference", newest.GetRawText(), StringComparison.Ordinal);

        static IEnumerable<string?> Texts(JsonElement page) => page.GetProperty("items").EnumerateArray().Select(m => m.GetProperty("markdown").GetString());
    }

    [Fact]
    public async Task Another_tenant_finds_nothing()
    {
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync("admin@other", Conversation)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync("admin@other", $"{Conversation}/messages")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await PostAsync("admin@other", $"{Conversation}/takeover")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync("admin@other", "/api/v1/channels/tg")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await DeleteAsync("admin@other", "/api/v1/channels/tg")).StatusCode);
    }

    [Fact]
    public async Task A_held_reply_is_replaced()
    {
        _host.Conversations.HoldBack("what the assistant wanted");
        await PostAsync("operator", $"{Conversation}/takeover");
        var held = await (await GetAsync("operator", $"{Conversation}/held")).JsonAsync();
        var id = Text(held.GetProperty("items")[0], "id");
        Assert.Equal(0, held.GetProperty("items")[0].GetProperty("partsSent").GetInt32());

        var undecided = await PostAsync("operator", $"{Conversation}/held/{id}", new { });
        var wrong = await PostAsync("operator", $"{Conversation}/held/{id}", new { decision = "replace" });
        var replaced = await PostAsync("operator", $"{Conversation}/held/{id}", new { decision = "replace", markdown = "better" });

        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.BadRequest), (undecided.StatusCode, wrong.StatusCode));
        Assert.Equal("better", Text(await replaced.JsonAsync(), "markdown"));
        Assert.Empty(_host.Conversations.Held);
    }

    [Fact]
    public async Task A_secret_goes_in_and_never_comes_out()
    {
        var put = await PutChannelAsync("admin", "second", """{"type":"fake","access":"open","settings":{"token":"very-secret","mode":"webhook"}}""");
        var all = await (await GetAsync("viewer", "/api/v1/channels")).Content.ReadAsStringAsync(Cancel);
        var one = await (await GetAsync("viewer", "/api/v1/channels/second")).JsonAsync();

        Assert.Equal(HttpStatusCode.OK, put.StatusCode);
        Assert.Equal("very-secret", _host.Connections["second"].Settings.Find("token"));
        Assert.DoesNotContain("secret", await put.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        Assert.DoesNotContain("secret", all, StringComparison.Ordinal);
        Assert.Equal("""{"set":true,"value":null}""", one.GetProperty("settings").GetProperty("token").GetRawText());
        Assert.Equal("webhook", Text(one.GetProperty("settings").GetProperty("mode"), "value"));
    }

    [Fact]
    public async Task What_a_setting_may_be_is_given_as_it_is_written()
    {
        var types = await (await GetAsync("viewer", "/api/v1/channels/types")).JsonAsync();

        Assert.Contains("\"choices\":[\"polling\",\"webhook\"]", types.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_is_to_come_is_not_made_by_asking_for_it()
    {
        var web = new Connection(
            new ConnectionId("web"), TenantId.Default, WebChatProfile.ChannelType, "web", AccessPolicy.Open, false, false, SettingValues.Empty, default, default);
        _host.Connections.Put(web);

        foreach (var _ in Enumerable.Range(0, 2))
        {
            var answer = await GetAsync("viewer", "/api/v1/channels/web/key");
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
            Assert.Equal("No key yet", Text(await answer.JsonAsync(), "title"));
        }

        Assert.Equal("Not found", Text(await (await GetAsync("viewer", "/api/v1/channels/tg/key")).JsonAsync(), "title"));
    }

    [Fact]
    public async Task Wrong_settings_are_named_in_the_problem()
    {
        var response = await PutChannelAsync("admin", "second", """{"type":"fake","settings":{"mode":"pigeon","token":["x"]}}""");
        var again = await PutChannelAsync("admin", "second", """{"type":"fake","settings":{"mode":"pigeon"}}""");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.True((await response.JsonAsync()).GetProperty("errors").TryGetProperty("token", out _));
        Assert.Equal(["mode", "token"], (await again.JsonAsync()).GetProperty("errors").EnumerateObject().Select(p => p.Name).Order());
    }

    [Fact]
    public async Task A_provisioned_channel_is_read_only()
    {
        _host.Connections.Put(_host.Connections["tg"] with { IsProvisioned = true });

        var response = await DeleteAsync("admin", "/api/v1/channels/tg");

        Assert.Equal(HttpStatusCode.Conflict, response.StatusCode);
        Assert.Equal("Provisioned", Text(await response.JsonAsync(), "title"));
    }

    [Fact]
    public async Task A_channel_is_tried_with_its_stored_secret()
    {
        var stored = await (await PostAsync("admin", "/api/v1/channels/tg/test")).JsonAsync();
        var draft = await (await PostAsync("admin", "/api/v1/channels/test", new { type = "fake", settings = new { token = "good" } })).JsonAsync();

        Assert.False(stored.GetProperty("passed").GetBoolean());
        Assert.Equal("Copy it again.", Text(stored.GetProperty("checks")[0], "fix"));
        Assert.True(draft.GetProperty("passed").GetBoolean());
    }

    [Fact]
    public async Task Engines_are_made_tried_and_chosen()
    {
        await SendAsync("admin", HttpMethod.Put, "/api/v1/engines/main", """{"type":"cloud","settings":{"apiKey":"k-secret"}}""");
        await SendAsync("admin", HttpMethod.Put, "/api/v1/engines/spare", """{"type":"embedded","order":3}""");
        await PostAsync("admin", "/api/v1/engines/spare/default");
        var list = await (await GetAsync("operator", "/api/v1/engines")).JsonAsync();
        var test = await (await PostAsync("admin", "/api/v1/engines/main/test")).JsonAsync();

        Assert.Equal(["spare", "main"], list.GetProperty("items").EnumerateArray().Select(e => Text(e, "name")));
        Assert.DoesNotContain("k-secret", list.GetRawText(), StringComparison.Ordinal);
        Assert.Equal("Hello.", Text(test, "answer"));
        Assert.Equal(HttpStatusCode.Conflict, (await DeleteAsync("admin", "/api/v1/engines/spare")).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await DeleteAsync("admin", "/api/v1/engines/main")).StatusCode);
    }

    [Fact]
    public async Task An_engine_nobody_stored_was_never_changed()
    {
        var engine = Assert.Single((await (await GetAsync("operator", "/api/v1/engines")).JsonAsync()).GetProperty("items").EnumerateArray());

        Assert.Equal(("embedded", JsonValueKind.Null), (Text(engine, "name"), engine.GetProperty("updatedAt").ValueKind));
    }

    [Fact]
    public async Task A_pairing_request_is_decided_by_name_of_the_decision_alone()
    {
        var request = _host.People.Ask(TenantId.Default, "Li Lei", new ConnectionId("tg"), "ABCD2345", TimeSpan.FromHours(1));
        var open = await (await GetAsync("operator", "/api/v1/people/pairing")).JsonAsync();

        var nothing = await PostAsync("operator", $"/api/v1/people/pairing/{request.Id}", new { });
        var number = await PostAsync("operator", $"/api/v1/people/pairing/{request.Id}", new { decision = 0 });
        var approved = await PostAsync("operator", $"/api/v1/people/pairing/{request.Id}", new { decision = "approve" });
        var again = await PostAsync("operator", $"/api/v1/people/pairing/{request.Id}", new { decision = "approve" });

        Assert.Equal("ABCD2345", Text(open.GetProperty("items")[0], "code"));
        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.BadRequest), (nothing.StatusCode, number.StatusCode));
        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.NotFound), (approved.StatusCode, again.StatusCode));
    }

    [Fact]
    public async Task A_write_sent_twice_with_one_key_is_done_once_and_answered_twice()
    {
        await PostAsync("operator", $"{Conversation}/takeover");

        var first = await SendAsync("operator", HttpMethod.Post, $"{Conversation}/reply", """{"markdown":"once"}""", key: "k1");
        var second = await SendAsync("operator", HttpMethod.Post, $"{Conversation}/reply", """{"markdown":"once"}""", key: "k1");
        var other = await SendAsync("operator", HttpMethod.Post, $"{Conversation}/reply", """{"markdown":"twice"}""", key: "k1");
        var otherCaller = await SendAsync("admin", HttpMethod.Post, $"{Conversation}/reply", """{"markdown":"once"}""", key: "k1");

        Assert.Single(_host.Conversations.Sent);
        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.Created), (first.StatusCode, second.StatusCode));
        Assert.Equal(await first.Content.ReadAsStringAsync(Cancel), await second.Content.ReadAsStringAsync(Cancel));
        Assert.Equal("application/json", second.Content.Headers.ContentType?.MediaType);
        Assert.False(first.Headers.Contains(Idempotency.ReplayedHeader));
        Assert.True(second.Headers.Contains(Idempotency.ReplayedHeader));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, other.StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, otherCaller.StatusCode); // its own key: refused for not holding the conversation
    }

    [Fact]
    public async Task A_file_sent_twice_with_one_key_arrives_once_and_whole()
    {
        await PostAsync("operator", $"{Conversation}/takeover");

        var first = await SendFileAsync("abc");
        var second = await SendFileAsync("abc");
        var other = await SendFileAsync("abd");

        Assert.True(first.IsSuccessStatusCode, await first.Content.ReadAsStringAsync(Cancel));
        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.Created), (first.StatusCode, second.StatusCode));
        Assert.Equal("abc"u8, Assert.Single(_host.Conversations.Files).Content.Span);
        Assert.Equal(await first.Content.ReadAsStringAsync(Cancel), await second.Content.ReadAsStringAsync(Cancel));
        Assert.Equal((false, true), (first.Headers.Contains(Idempotency.ReplayedHeader), second.Headers.Contains(Idempotency.ReplayedHeader)));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, other.StatusCode);
    }

    [Fact]
    public async Task A_refusal_is_repeated_as_well_and_a_key_too_long_is_a_problem()
    {
        var first = await SendAsync("operator", HttpMethod.Post, $"{Conversation}/reply", """{"markdown":"x"}""", key: "k2");
        await PostAsync("operator", $"{Conversation}/takeover");
        var second = await SendAsync("operator", HttpMethod.Post, $"{Conversation}/reply", """{"markdown":"x"}""", key: "k2");

        Assert.Equal((HttpStatusCode.Conflict, HttpStatusCode.Conflict), (first.StatusCode, second.StatusCode));
        Assert.Equal(
            HttpStatusCode.BadRequest,
            (await SendAsync("operator", HttpMethod.Post, $"{Conversation}/close", "", key: new string('k', 201))).StatusCode);
    }

    [Fact]
    public async Task Too_many_requests_of_one_caller_leave_others_alone()
    {
        await using var small = await ApiHost.StartAsync(options => options.RequestsPerMinute = 60);
        var busy = small.As("viewer");
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 100).Select(_ => busy.GetAsync(new Uri("/api/v1/me", UriKind.Relative), Cancel)));

        var refused = answers.First(a => a.StatusCode == HttpStatusCode.TooManyRequests);
        Assert.NotNull(refused.Headers.RetryAfter);
        Assert.Equal("application/problem+json", refused.Content.Headers.ContentType?.MediaType);
        Assert.Equal(HttpStatusCode.OK, (await small.As("admin").GetAsync(new Uri("/api/v1/me", UriKind.Relative), Cancel)).StatusCode);
    }

    [Fact]
    public async Task The_audit_chain_is_listed_verified_and_exported()
    {
        for (var i = 0; i < 3; i++)
        {
            await _host.Audit.AppendAsync(Callers.Admin.Audit(DateTimeOffset.UnixEpoch, "test.done", $"thing/{i}", ("n", "1")), Cancel);
        }

        var list = await (await GetAsync("auditor", "/api/v1/audit?action=test.done")).JsonAsync();
        var verdict = await (await PostAsync("auditor", "/api/v1/audit/verify")).JsonAsync();
        var export = await (await GetAsync("auditor", "/api/v1/audit/export")).Content.ReadAsStringAsync(Cancel);

        Assert.Equal(3, list.GetProperty("items").GetArrayLength());
        Assert.True(verdict.GetProperty("intact").GetBoolean());
        Assert.Equal(5, export.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length); // three, the export itself, the checkpoint
        Assert.IsType<AuditVerdict.Intact>(await AuditExport.VerifyAsync(TenantId.Default, new StringReader(export), [], Cancel));

        var checkpoint = verdict.GetProperty("checkpoint");
        _host.Audit.Events[1] = _host.Audit.Events[1] with { What = _host.Audit.Events[1].What with { Subject = "thing/changed" } };
        var broken = await (await PostAsync("auditor", "/api/v1/audit/verify", new { checkpoints = new[] { checkpoint } })).JsonAsync();
        Assert.Equal((2, "edited"), (broken.GetProperty("brokenAt").GetInt64(), Text(broken, "kind")));
    }

    private Task<HttpResponseMessage> GetAsync(string? role, string path) => _host.As(role).GetAsync(new Uri(path, UriKind.Relative), Cancel);

    private Task<HttpResponseMessage> DeleteAsync(string role, string path) => _host.As(role).DeleteAsync(new Uri(path, UriKind.Relative), Cancel);

    private Task<HttpResponseMessage> PostAsync(string role, string path, object? body = null)
        => _host.As(role).PostAsync(new Uri(path, UriKind.Relative), body is null ? null : JsonContent.Create(body), Cancel);

    private Task<HttpResponseMessage> PutChannelAsync(string role, string name, string body)
        => SendAsync(role, HttpMethod.Put, $"/api/v1/channels/{name}", body);

    private async Task<HttpResponseMessage> SendAsync(string role, HttpMethod method, string path, string body, string? key = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (key is not null)
        {
            request.Headers.Add(Idempotency.Header, key);
        }

        return await _host.As(role).SendAsync(request, Cancel);
    }

    private async Task<HttpResponseMessage> SendFileAsync(string text)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{Conversation}/files?name=a.txt") { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(text)) };
        request.Headers.Add(Idempotency.Header, "file");
        return await _host.As("operator").SendAsync(request, Cancel);
    }

    private static string? Text(JsonElement element, string property) => element.GetProperty(property).GetString();
}
