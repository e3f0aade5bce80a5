using System.Text;
using System.Text.Json.Nodes;
using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;
using Assistant.Infrastructure.Messaging.Calls;
using Assistant.Infrastructure.Messaging.Channels.GoogleChat;
using Assistant.Testing.GoogleChat;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.GoogleChat;

public sealed class GoogleChatProofTests
{
    private const string Endpoint = "https://assistant.example/webhooks/googlechat";
    private const string AddOn = "service-1234567890@gcp-sa-gsuiteaddons.iam.gserviceaccount.com";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_token_vector_holds()
    {
        var (file, vectors) = (Vectors.Whole("google-chat-jwt.json"), Vectors.Of("google-chat-jwt.json"));
        var keys = PublishedKeys.Parse(Encoding.UTF8.GetBytes(file["jwks"]!.ToJsonString()));

        foreach (var (id, input, expect) in vectors)
        {
            var settings = GoogleChatSettings.Read(new SettingValues(new Dictionary<string, string>
            {
                ["audience"] = (string)input["mode"]! == "endpoint_url" ? "endpoint" : "project", ["projectNumber"] = (string)file["project_number"]!,
            }));

            var verdict = await BearerProof.VerifyAsync(
                (string?)input["authorization"], GoogleChatProof.RuleOf(settings, (string)file["endpoint_url"]!),
                (keyId, _) => Task.FromResult<KeyFinding>(keys.TryGetValue(keyId, out var key) ? new KeyFinding.Found(key) : new KeyFinding.Unknown()),
                new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds((long)input["now"]!)), Cancel);

            Assert.True((bool)expect["valid"]! == (verdict is BearerVerdict.Genuine token && GoogleChatProof.IsChat(token, settings)), id);
        }
    }

    [Theory]
    [InlineData(GoogleChatEmulator.Chat, true, Endpoint, 200)]
    [InlineData(GoogleChatEmulator.Chat, false, Endpoint, 401)]
    [InlineData(GoogleChatEmulator.Chat, true, "https://assistant.example/webhooks/other", 401)]
    [InlineData("somebody@example.test", true, Endpoint, 401)]
    [InlineData(null, true, Endpoint, 401)]
    [InlineData(AddOn, true, Endpoint, 200)]
    [InlineData("service-42@gcp-sa-gsuiteaddons.iam.gserviceaccount.com", true, Endpoint, 401)]
    public async Task An_identity_token_must_be_chats_and_for_our_address(string? email, bool isVerified, string endpoint, int status)
    {
        await using var rig = await StartAsync(values => values["audience"] = "endpoint");

        Assert.Equal(status, (await ReceiveAsync(rig, rig.Google.NewMessage("1", "x"), rig.Google.AuthorizeFor(endpoint, email, isVerified))).Status);
        Assert.Equal(status == 200 ? 1 : 0, rig.Gateway.Stored.Count);
    }

    [Fact]
    public async Task An_add_on_of_no_project_is_nobody()
    {
        await using var rig = await StartAsync(values =>
        {
            values["audience"] = "endpoint";
            values.Remove("projectNumber");
        });

        Assert.Equal(401, (await ReceiveAsync(rig, rig.Google.NewMessage("1", "x"), rig.Google.AuthorizeFor(Endpoint, "service-@gcp-sa-gsuiteaddons.iam.gserviceaccount.com"))).Status);
        Assert.Equal(200, (await ReceiveAsync(rig, rig.Google.NewMessage("1", "x"), rig.Google.AuthorizeFor(Endpoint))).Status);
    }

    [Fact]
    public async Task The_address_is_the_one_the_operator_says()
    {
        await using var rig = await StartAsync(values =>
        {
            values["audience"] = "endpoint";
            values["endpointUrl"] = "https://front.example/chat";
        });

        Assert.Equal(200, (await ReceiveAsync(rig, rig.Google.NewMessage("1", "x"), rig.Google.AuthorizeFor("https://front.example/chat"))).Status);
        Assert.Equal(401, (await ReceiveAsync(rig, rig.Google.NewMessage("1", "x"), rig.Google.AuthorizeFor(Endpoint))).Status);
    }

    [Fact]
    public async Task One_form_of_token_does_not_stand_for_the_other()
    {
        await using var rig = await StartAsync();
        await using var other = await StartAsync(values => values["audience"] = "endpoint");

        Assert.Equal(WebhookReply.Refused, await ReceiveAsync(rig, rig.Google.NewMessage("1", "x"), rig.Google.AuthorizeFor(Endpoint)));
        Assert.Equal(WebhookReply.Refused, await ReceiveAsync(other, other.Google.NewMessage("1", "x"), other.Google.Authorize()));
    }

    [Fact]
    public async Task Without_the_project_number_nothing_is_believed()
    {
        await using var rig = await GoogleChatRig.NewAsync(change: values => values.Remove("projectNumber"));
        await rig.StartAsync(Cancel);

        Assert.Equal(WebhookReply.Refused, await ReceiveAsync(rig, rig.Google.NewMessage("1", "x"), rig.Google.Authorize(change: claims => claims["aud"] = "")));
        Assert.IsType<Domain.Wording.PhrasedException>(await rig.WaitForEndAsync());
    }

    [Fact]
    public async Task A_key_that_is_none_keeps_what_waits()
    {
        await using var rig = await GoogleChatRig.NewAsync(change: values => values["serviceAccount"] = """{"client_email":"a@b.test","private_key":"-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----"}""");
        await rig.StartAsync(Cancel);

        var later = Assert.IsType<SendOutcome.RetryAfter>(await rig.Session.SendAsync(
            new OutboundMessage(Guid.CreateVersion7(), rig.Connection.Id, rig.ChatOf(1), new MessageBody("x"), null, 1, false), Cancel));

        Assert.Equal(("googlechat.key-form", PauseScope.Connection), (later.Reason.FirstCode, later.Scope));
        var check = Assert.Single((await rig.Channel.TestAsync(rig.Connection.Settings, Cancel)).Checks);
        Assert.Equal((false, true), (check.IsPassed, check.Fix is not null));
        await rig.WaitForEndAsync();
    }

    [Fact]
    public async Task A_project_without_a_chat_app_is_told()
    {
        await using var rig = await GoogleChatRig.NewAsync();
        rig.Google.HasNoApp = true;

        var check = Assert.Single((await rig.Channel.TestAsync(rig.Connection.Settings, Cancel)).Checks);

        Assert.Equal((false, "googlechat.api-fix"), (check.IsPassed, check.Fix?.FirstCode));
    }

    [Fact]
    public async Task Only_posts_are_taken()
    {
        await using var rig = await StartAsync();
        var request = GoogleChatRig.RequestOf(rig.Google.NewMessage("1", "x"), rig.Google.Authorize());

        Assert.Equal(405, (await ((IWebhookReceiver)rig.Session).ReceiveAsync(request with { Method = "GET" }, rig.Gateway, Cancel)).Status);
        Assert.Equal(400, (await ((IWebhookReceiver)rig.Session).ReceiveAsync(request with { Body = "[]"u8.ToArray() }, rig.Gateway, Cancel)).Status);
        Assert.Equal("{}", (await ((IWebhookReceiver)rig.Session).ReceiveAsync(request, rig.Gateway, Cancel)).Body);
    }

    private static async Task<GoogleChatRig> StartAsync(Action<Dictionary<string, string>>? change = null)
    {
        var rig = await GoogleChatRig.NewAsync(change: change);
        await rig.StartAsync(Cancel);
        return rig;
    }

    private static Task<WebhookReply> ReceiveAsync(GoogleChatRig rig, JsonObject happened, string authorization)
        => ((IWebhookReceiver)rig.Session).ReceiveAsync(GoogleChatRig.RequestOf(happened, authorization), rig.Gateway, Cancel);
}
