using System.Net;
using System.Net.Http.Json;
using Assistant.Domain.Audit;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Gateway;
using Assistant.Domain.Messaging.Inbox;
using Assistant.Domain.People;
using Assistant.Domain.People.Accounts;
using Assistant.Domain.Security;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
using Assistant.Testing;
using Xunit;

namespace Assistant.Web.Tests.Endpoints;

/// <summary>The account of a person by program: looked at, taken from them, and offered by an invitation, never across tenants.</summary>
public sealed class PersonAccountApiTests : IAsyncLifetime
{
    private ApiHost _host = null!;
    private Guid _ann;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Account => $"/api/v1/people/{_ann}/account";

    private string Invitation => $"/api/v1/people/{_ann}/invitation";

    public async ValueTask InitializeAsync()
    {
        _host = await ApiHost.StartAsync();
        _ann = await MeetAsync("Ann");
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task The_account_of_a_person_is_seen_and_taken_from_them()
    {
        Assert.Equal(HttpStatusCode.NotFound, (await _host.As("viewer").GetAsync(Account, Cancel)).StatusCode);
        var user = await LinkAsync();

        var seen = await (await _host.As("viewer").GetAsync(Account, Cancel)).JsonAsync();
        Assert.Equal(user.Value, seen.GetProperty("user").GetGuid());
        Assert.True(seen.TryGetProperty("email", out _) && seen.TryGetProperty("linkedAt", out _));
        Assert.Equal(HttpStatusCode.Forbidden, (await _host.As("viewer").DeleteAsync(Account, Cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await _host.As("admin").DeleteAsync(Account, Cancel)).StatusCode);

        Assert.Equal(HttpStatusCode.NotFound, (await _host.As("admin").GetAsync(Account, Cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _host.As("admin").DeleteAsync(Account, Cancel)).StatusCode);
        Assert.Equal(1, await CountAsync(AuditActions.AccountUnlinked));
    }

    [Fact]
    public async Task A_person_is_invited_to_have_an_account()
    {
        var made = await _host.As("admin").PostAsJsonAsync(Invitation, new { role = "viewer", hours = 2 }, Cancel);
        var plain = await _host.As("admin").PostAsJsonAsync(Invitation, new { }, Cancel);

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.Created), (made.StatusCode, plain.StatusCode));
        var told = await made.JsonAsync();
        var details = told.GetProperty("details");
        Assert.StartsWith("/invitation/", told.GetProperty("path").GetString(), StringComparison.Ordinal);
        Assert.Equal(("viewer", "", _ann), (details.GetProperty("role").GetString(), details.GetProperty("note").GetString(), details.GetProperty("person").GetGuid()));
        Assert.Equal(TimeSpan.FromHours(2), details.GetProperty("expiresAt").GetDateTimeOffset() - details.GetProperty("createdAt").GetDateTimeOffset());
        Assert.Equal("", (await plain.JsonAsync()).GetProperty("details").GetProperty("role").GetString());
    }

    [Theory]
    [InlineData("""{"role":"owner"}""", "role")]
    [InlineData("""{"role":"nobody"}""", "role")]
    [InlineData("""{"hours":0}""", "hours")]
    [InlineData("""{"hours":721}""", "hours")]
    public async Task What_no_invitation_can_say_is_said_by_field(string body, string field)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        var refused = await _host.As("admin").PostAsync(Invitation, content, Cancel);

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Equal([field], (await refused.JsonAsync()).GetProperty("errors").EnumerateObject().Select(e => e.Name));
    }

    [Fact]
    public async Task Nobody_is_invited_who_has_an_account_or_is_not_there()
    {
        await LinkAsync();

        Assert.Equal(HttpStatusCode.NotFound, (await _host.As("admin").PostAsJsonAsync(Invitation, new { }, Cancel)).StatusCode);
        Assert.Equal(
            HttpStatusCode.NotFound, (await _host.As("admin").PostAsJsonAsync($"/api/v1/people/{Guid.CreateVersion7()}/invitation", new { }, Cancel)).StatusCode);
    }

    [Fact]
    public async Task Another_tenant_and_who_may_not_see_and_change_nothing()
    {
        Assert.Equal(HttpStatusCode.NotFound, (await _host.As("admin@other").PostAsJsonAsync(Invitation, new { }, Cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await _host.As("operator").PostAsJsonAsync(Invitation, new { }, Cancel)).StatusCode);
        await LinkAsync();

        Assert.Equal(HttpStatusCode.NotFound, (await _host.As("admin@other").GetAsync(Account, Cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _host.As("admin@other").DeleteAsync(Account, Cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await _host.As("admin").GetAsync(Account, Cancel)).StatusCode);
    }

    private async Task<UserId> LinkAsync()
    {
        var user = new UserId(Guid.CreateVersion7());
        var audit = new AuditDraft(
            TenantId.Default, TimeProvider.System.GetUtcNow(), Actor.System, AuditActions.AccountLinked, $"person/{_ann}", "local", AuditDraft.NoDetails);
        Assert.Equal(LinkOutcome.Linked, await ((IPersonAccountStore)_host.House).LinkAsync(TenantId.Default, new PersonId(_ann), user, audit, Cancel));
        return user;
    }

    private async Task<int> CountAsync(string action)
    {
        var count = 0;
        await foreach (var written in _host.House.ReadAsync(TenantId.Default, 1, Cancel))
        {
            count += written.What.Action == action ? 1 : 0;
        }

        return count;
    }

    /// <summary>A person the assistant has met: they said something.</summary>
    private async Task<Guid> MeetAsync(string name)
    {
        var now = TimeProvider.System.GetUtcNow();
        var line = new Connection(new ConnectionId("line"), TenantId.Default, "loopback", "line", AccessPolicy.Open, true, false, SettingValues.Empty, now, now);
        await _host.House.EnsureAsync(TenantId.Default, "Home", Cancel);
        var message = new InboundMessage
        {
            Connection = line.Id, DedupeKey = name, Chat = new ExternalChat(name), Sender = new ExternalSender(name, name), ExternalMessageId = name,
            Content = new InboundContent.Said("hello"), SentAt = now,
        };
        var stored = Assert.IsType<InboxOutcome.Stored>(
            await _host.House.StoreAsync(line, message, who => AccessRules.Decide(AccessPolicy.Open, who.Standing, "en", now), Cancel));
        return (await ((Assistant.Domain.Conversations.IConversationStore)_host.House).FindAsync(TenantId.Default, stored.Conversation, Cancel))!.Person.Value;
    }
}
