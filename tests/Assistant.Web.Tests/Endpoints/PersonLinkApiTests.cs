using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Assistant.Domain.Audit;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Gateway;
using Assistant.Domain.Messaging.Inbox;
using Assistant.Domain.People;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
using Assistant.Testing;
using Xunit;

namespace Assistant.Web.Tests.Endpoints;

/// <summary>Linking persons by program: with a reason, seen from both sides, ended, and never across tenants.</summary>
public sealed class PersonLinkApiTests : IAsyncLifetime
{
    private static readonly TenantId Other = new("other");

    private ApiHost _host = null!;
    private Guid _ann;
    private Guid _anna;
    private Guid _stranger;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _host = await ApiHost.StartAsync();
        (_ann, _anna, _stranger) = (await MeetAsync(TenantId.Default, "Ann"), await MeetAsync(TenantId.Default, "Anna"), await MeetAsync(Other, "Stranger"));
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_link_is_made_with_a_reason_seen_from_both_sides_and_ended()
    {
        Assert.Equal(HttpStatusCode.NoContent, (await LinkAsync("admin", _ann, _anna)).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await LinkAsync("admin", _anna, _ann)).StatusCode);

        var seen = Assert.Single(await ListAsync(_anna));
        Assert.Equal((_ann, "Ann", "operator"), (seen.GetProperty("person").GetProperty("id").GetGuid(), Text(seen.GetProperty("person"), "displayName"), Text(seen, "proof")));
        Assert.Equal(_anna, Assert.Single(await ListAsync(_ann)).GetProperty("person").GetProperty("id").GetGuid());
        var made = Assert.Single(await AuditOfAsync(AuditActions.PersonLinked));
        Assert.Equal(($"person/{_ann}", $"person/{_anna}", "they said so on the phone"), (made.Subject, made.Details["with"], made.Details["reason"]));

        var link = $"/api/v1/people/{_ann}/links/{Text(seen, "id")}";
        Assert.Equal(HttpStatusCode.NoContent, (await _host.As("admin").DeleteAsync(link, Cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _host.As("admin").DeleteAsync(link, Cancel)).StatusCode);
        Assert.Empty(await ListAsync(_ann));
        Assert.Single(await AuditOfAsync(AuditActions.PersonUnlinked));
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    public async Task Without_a_reason_nothing_is_linked(string reason)
    {
        var refused = await LinkAsync("admin", _ann, _anna, reason);

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("500", (await refused.JsonAsync()).GetProperty("errors").GetProperty("reason")[0].GetString(), StringComparison.Ordinal);
        Assert.Empty(await ListAsync(_ann));
    }

    [Fact]
    public async Task A_reason_that_is_null_is_refused_by_its_name()
    {
        var refused = await LinkAsync("admin", _ann, _anna, reason: null);

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Single((await refused.JsonAsync()).GetProperty("errors").GetProperty("reason").EnumerateArray());
        Assert.Empty(await ListAsync(_ann));
    }

    [Fact]
    public async Task What_cannot_be_linked_says_why()
    {
        Assert.Equal(HttpStatusCode.BadRequest, (await LinkAsync("admin", _ann, _ann)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await LinkAsync("admin", _ann, Guid.CreateVersion7())).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _host.As("admin").GetAsync($"/api/v1/people/{Guid.CreateVersion7()}/links", Cancel)).StatusCode);
        for (var i = 0; i < 11; i++)
        {
            Assert.Equal(HttpStatusCode.NoContent, (await LinkAsync("admin", _ann, await MeetAsync(TenantId.Default, $"Ann {i}"))).StatusCode);
        }

        var full = await LinkAsync("admin", _ann, _anna);

        Assert.Equal(HttpStatusCode.Conflict, full.StatusCode);
        Assert.Contains("12", Text(await full.JsonAsync(), "detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_link_is_ended_among_those_it_is_of_alone()
    {
        var (bob, bobby) = (await MeetAsync(TenantId.Default, "Bob"), await MeetAsync(TenantId.Default, "Bobby"));
        await LinkAsync("admin", bob, bobby);
        var link = Text(Assert.Single(await ListAsync(bob)), "id");

        Assert.Equal(HttpStatusCode.NotFound, (await _host.As("admin").DeleteAsync($"/api/v1/people/{_ann}/links/{link}", Cancel)).StatusCode);

        Assert.Single(await ListAsync(bob));
    }

    [Fact]
    public async Task Another_tenant_sees_links_and_ends_nothing_here()
    {
        await LinkAsync("admin", _ann, _anna);
        var link = Text(Assert.Single(await ListAsync(_ann)), "id");

        Assert.Equal(HttpStatusCode.NotFound, (await _host.As("admin@other").GetAsync($"/api/v1/people/{_ann}/links", Cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await LinkAsync("admin@other", _ann, _stranger)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await LinkAsync("admin@other", _stranger, _ann)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await LinkAsync("admin", _ann, _stranger)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _host.As("admin@other").DeleteAsync($"/api/v1/people/{_ann}/links/{link}", Cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _host.As("admin@other").DeleteAsync($"/api/v1/people/{_stranger}/links/{link}", Cancel)).StatusCode);

        Assert.Single(await ListAsync(_ann));
    }

    [Fact]
    public async Task Who_may_only_read_links_nobody()
    {
        await LinkAsync("admin", _ann, _anna);
        var link = Text(Assert.Single(await ListAsync(_ann)), "id");

        Assert.Equal(HttpStatusCode.Forbidden, (await LinkAsync("viewer", _ann, _anna)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await _host.As("viewer").DeleteAsync($"/api/v1/people/{_ann}/links/{link}", Cancel)).StatusCode);
    }

    private Task<HttpResponseMessage> LinkAsync(string role, Guid one, Guid other, string? reason = "they said so on the phone")
        => _host.As(role).PostAsJsonAsync($"/api/v1/people/{one}/links", new { person = other, reason }, Cancel);

    private async Task<IReadOnlyList<JsonElement>> ListAsync(Guid person)
        => [.. (await (await _host.As("admin").GetAsync($"/api/v1/people/{person}/links", Cancel)).JsonAsync()).GetProperty("items").EnumerateArray()];

    private async Task<List<AuditDraft>> AuditOfAsync(string action)
    {
        var found = new List<AuditDraft>();
        await foreach (var written in _host.House.ReadAsync(TenantId.Default, 1, Cancel))
        {
            if (written.What.Action == action)
            {
                found.Add(written.What);
            }
        }

        return found;
    }

    private static string Text(JsonElement of, string name) => of.GetProperty(name).GetString() ?? "";

    /// <summary>A person the assistant has met: they said something.</summary>
    private async Task<Guid> MeetAsync(TenantId tenant, string name)
    {
        var now = TimeProvider.System.GetUtcNow();
        var line = new Connection(new ConnectionId($"line-{tenant}"), tenant, "loopback", "line", AccessPolicy.Open, true, false, SettingValues.Empty, now, now);
        await _host.House.EnsureAsync(tenant, "Home", Cancel);
        var message = new InboundMessage
        {
            Connection = line.Id, DedupeKey = name, Chat = new ExternalChat(name), Sender = new ExternalSender(name, name), ExternalMessageId = name,
            Content = new InboundContent.Said("hello"), SentAt = now,
        };
        var stored = Assert.IsType<InboxOutcome.Stored>(
            await _host.House.StoreAsync(line, message, who => AccessRules.Decide(AccessPolicy.Open, who.Standing, "en", now), Cancel));
        return (await ((Assistant.Domain.Conversations.IConversationStore)_host.House).FindAsync(tenant, stored.Conversation, Cancel))!.Person.Value;
    }
}
