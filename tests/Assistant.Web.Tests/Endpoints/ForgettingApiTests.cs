using System.Net;
using System.Net.Http.Json;
using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Forgetting;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Gateway;
using Assistant.Domain.Messaging.Inbox;
using Assistant.Domain.Security;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
using Assistant.Testing;
using Assistant.Testing.Contracts;
using Xunit;

namespace Assistant.Web.Tests.Endpoints;

/// <summary>Forgetting by program: looked at, agreed to, followed to its certificate.</summary>
public sealed class ForgettingApiTests : IAsyncLifetime
{
    private ApiHost _host = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _host = await ApiHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_conversation_is_forgotten_as_its_preview_said_and_a_stale_preview_is_answered_with_the_new_one()
    {
        var path = $"/api/v1/conversations/{await SayAsync("hello")}";
        var preview = await (await _host.As("admin").GetAsync($"{path}/forgetting", Cancel)).JsonAsync();
        Assert.Equal((1, "conversation"), (preview.GetProperty("counts").GetProperty("messages").GetInt32(), preview.GetProperty("scope").GetString()));
        await SayAsync("one more");

        using var stale = await _host.As("admin").PostAsJsonAsync($"{path}/forget", new { digest = preview.GetProperty("digest").GetString() }, Cancel);
        Assert.Equal(HttpStatusCode.Conflict, stale.StatusCode);
        var now = await stale.JsonAsync();
        Assert.Equal(2, now.GetProperty("counts").GetProperty("messages").GetInt32());
        using var begun = await _host.As("admin").PostAsJsonAsync($"{path}/forget", new { digest = now.GetProperty("digest").GetString() }, Cancel);

        Assert.Equal(HttpStatusCode.Accepted, begun.StatusCode);
        var erasure = await (await _host.As("admin").GetAsync(begun.Headers.Location, Cancel)).JsonAsync();
        Assert.Equal(("running", 2), (erasure.GetProperty("state").GetString(), erasure.GetProperty("counts").GetProperty("messages").GetInt32()));
        Assert.Equal(HttpStatusCode.NotFound, (await _host.As("admin").GetAsync($"{begun.Headers.Location}/certificate", Cancel)).StatusCode);
        await ((IErasureStore)_host.House).FinishAsync(TenantId.Default, Id(erasure), e => Draft(AuditActions.Erased), Cancel);
        await ((IErasureStore)_host.House).CertifyAsync(TenantId.Default, Id(erasure), "signed\n", Cancel);
        Assert.Equal("signed\n", await _host.As("admin").GetStringAsync($"{begun.Headers.Location}/certificate", Cancel));
        Assert.Equal(HttpStatusCode.NotFound, (await _host.As("admin").GetAsync($"{path}/forgetting", Cancel)).StatusCode);
    }

    [Theory]
    [InlineData("operator", HttpStatusCode.Forbidden)]
    [InlineData("auditor", HttpStatusCode.Forbidden)]
    [InlineData("admin@other", HttpStatusCode.NotFound)]
    public async Task Who_may_not_or_is_of_another_tenant_sees_and_forgets_nothing(string role, HttpStatusCode status)
    {
        var conversation = await SayAsync("hello");
        var person = (await ((IConversationStore)_host.House).FindAsync(TenantId.Default, new ConversationId(conversation), Cancel))!.Person;
        foreach (var path in new[] { $"conversations/{conversation}", $"conversations/{conversation}/messages/1", $"people/{person}" })
        {
            Assert.Equal(status, (await _host.As(role).GetAsync($"/api/v1/{path}/forgetting", Cancel)).StatusCode);
            Assert.Equal(status, (await _host.As(role).PostAsJsonAsync($"/api/v1/{path}/forget", new { digest = "" }, Cancel)).StatusCode);
        }

        Assert.Equal(status, (await _host.As(role).GetAsync($"/api/v1/people/{person}/export", Cancel)).StatusCode);
        Assert.Equal(status, (await _host.As(role).GetAsync($"/api/v1/erasures/{Guid.CreateVersion7()}", Cancel)).StatusCode);
        Assert.NotNull(await ((IConversationStore)_host.House).FindAsync(TenantId.Default, new ConversationId(conversation), Cancel));
    }

    [Fact]
    public async Task An_export_has_one_of_two_forms()
        => Assert.Equal(HttpStatusCode.BadRequest, (await _host.As("admin").GetAsync($"/api/v1/people/{Guid.CreateVersion7()}/export?format=pdf", Cancel)).StatusCode);

    private async Task<Guid> SayAsync(string text)
    {
        var now = TimeProvider.System.GetUtcNow();
        var line = new Connection(new ConnectionId("line"), TenantId.Default, "loopback", "line", AccessPolicy.Open, true, false, SettingValues.Empty, now, now);
        await _host.House.EnsureAsync(TenantId.Default, "Home", Cancel);
        await _host.House.EnsureAsync(new TenantId("other"), "Other", Cancel);
        await _host.House.PutAsync(line, Draft(AuditActions.ConnectionSaved), Cancel);
        var message = new InboundMessage
        {
            Connection = line.Id, DedupeKey = text, Chat = new ExternalChat("chat"), Sender = new ExternalSender("user", "Li Wei"), ExternalMessageId = text,
            Content = new InboundContent.Said(text), SentAt = now,
        };
        return Assert.IsType<InboxOutcome.Stored>(
            await _host.House.StoreAsync(line, message, who => AccessRules.Decide(AccessPolicy.Open, who.Standing, "en", now), Cancel)).Conversation.Value;
    }

    private static ErasureId Id(System.Text.Json.JsonElement erasure) => new(erasure.GetProperty("id").GetGuid());

    private static AuditDraft Draft(string action)
        => new(TenantId.Default, TimeProvider.System.GetUtcNow(), Actor.System, action, "tenant/default", "local", AuditDraft.NoDetails);
}
