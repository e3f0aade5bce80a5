using System.Text;
using System.Text.Json.Nodes;
using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Messaging.Calls;
using Assistant.Infrastructure.Messaging.Channels.Teams;
using Assistant.Infrastructure.Tests.Outgoing;
using Assistant.Testing.Contracts;
using Assistant.Testing.Messaging;
using Assistant.Testing.Teams;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Teams;

/// <summary>The Teams channel with the emulator behind it.</summary>
internal sealed class TeamsRig : ChannelRig
{
    public const string Group = "19:c1@thread.tacv2;messageid=1767225000000";

    private readonly MessengerHttp _http;
    private readonly Dictionary<int, JsonObject> _lastSaid = [];
    private JsonObject? _lastReaction;

    private TeamsRig(TeamsEmulator teams, Action<Dictionary<string, string>>? change, CallOptions? calls)
    {
        Teams = teams;
        _http = new MessengerHttp(TestOutgoing.Default, Options.Create(calls ?? new CallOptions { CallTimeout = TimeSpan.FromSeconds(5) }), TimeProvider.System);
        Channel = new TeamsChannel(_http, Options.Create(new CallOptions()), TimeProvider.System);
        var values = Values(TeamsEmulator.AppPassword);
        change?.Invoke(values);
        Connection = new(
            new ConnectionId("teams"), TenantId.Default, "teams", "Teams", AccessPolicy.Open, true, false, new SettingValues(values),
            TimeProvider.System.GetUtcNow(), TimeProvider.System.GetUtcNow());
    }

    public TeamsEmulator Teams { get; }

    public override IChannel Channel { get; }

    public override Connection Connection { get; }

    public override SettingValues WrongSettings => new(Values("another-secret"));

    public override IReadOnlyList<string> ProofNames => [BearerProof.Header];

    // The token is signed, the body is not.
    public override bool ProofCoversBody => false;

    public override TimeSpan? CallbackTolerance => BearerRule.Tolerance;

    public static async Task<TeamsRig> NewAsync(CallbackHouse? house = null, Action<Dictionary<string, string>>? change = null, CallOptions? calls = null)
    {
        var rig = new TeamsRig(await TeamsEmulator.StartAsync(), change, calls);
        rig.Host.PublicBaseUrl = new Uri("https://assistant.example/");
        if (house is not null)
        {
            await house.AdoptAsync(rig);
            rig.Teams.Callback = house.AddressOf(rig.Connection.Id);
        }

        return rig;
    }

    public override ExternalChat ChatOf(int person) => new($"a:{person}");

    public override Task SayAsync(int person, string text) => DeliverAsync(_lastSaid[person] = Teams.NewMessage($"{person}", text));

    public override Task EditLastAsync(int person, string text)
        => DeliverAsync(Teams.NewMessage($"{person}", text, id: (string)_lastSaid[person]["id"]!, type: "messageUpdate"));

    public override Task DeleteLastAsync(int person) => DeliverAsync(Teams.NewActivity("messageDelete", $"{person}", id: (string)_lastSaid[person]["id"]!));

    public override Task ReactAsync(int person, string message, string emoji, bool isTakenBack = false)
    {
        _lastReaction = Teams.NewActivity("messageReaction", $"{person}");
        _lastReaction["replyToId"] = message;
        _lastReaction[isTakenBack ? "reactionsRemoved" : "reactionsAdded"] = new JsonArray(new JsonObject { ["type"] = emoji == "👍" ? "like" : "heart" });
        return DeliverAsync(_lastReaction);
    }

    public override Task RedeliverReactionAsync() => DeliverAsync(_lastReaction!);

    public override Task PressAsync(int person, string data)
    {
        var shown = Teams.Shown.Last(one => one.Conversation == $"a:{person}");
        var action = shown.Activity["attachments"]![0]!["content"]!["body"]!.AsArray()
            .SelectMany(row => row!["actions"]!.AsArray()).Single(one => (string)one!["data"]!["assistant"]! == data)!;
        var activity = Teams.NewActivity("message", $"{person}");
        activity["value"] = action["data"]!.DeepClone();
        activity["replyToId"] = shown.Id;
        return DeliverAsync(activity);
    }

    public override Task SendFileAsync(int person, byte[] content) => SendAsync(person, "f1", "a.txt", content);

    public override Task SendVoiceAsync(int person, byte[] content) => SendAsync(person, "f2", "Recording.m4a", content);

    public override string VoiceKind => "audio";

    private Task SendAsync(int person, string id, string name, byte[] content)
    {
        Teams.AddFile(id, content);
        var activity = Teams.NewMessage($"{person}", "");
        activity["attachments"]!.AsArray().Add(new JsonObject
        {
            ["contentType"] = "application/vnd.microsoft.teams.file.download.info", ["contentUrl"] = $"https://contoso.sharepoint.test/{name}", ["name"] = name,
            ["content"] = new JsonObject { ["downloadUrl"] = $"{Teams.Address}/files/{id}", ["uniqueId"] = id, ["fileType"] = Path.GetExtension(name).TrimStart('.') },
        });
        return DeliverAsync(activity);
    }

    public override Task SayInGroupAsync(int person, string text, bool isMention) => DeliverAsync(Teams.NewMessage($"{person}", text, Group, isMention: isMention));

    public override Task SayAsBotAsync(string text)
    {
        var activity = Teams.NewMessage("other", text, Group, isMention: true);
        activity["from"] = new JsonObject { ["id"] = "28:99999999-0000-0000-0000-000000000000", ["name"] = "Another bot" };
        return DeliverAsync(activity);
    }

    public override Task EchoLastAsync()
    {
        var activity = Teams.NewMessage("5001", "echo?");
        activity["from"] = activity["recipient"]!.DeepClone();
        return DeliverAsync(activity);
    }

    public override Task RedeliverLastAsync() => DeliverAsync(_lastSaid.Values.Last());

    public override Task SendUnknownAsync() => DeliverAsync(Teams.NewActivity("hologram", "5001"));

    public override void EndToken() => Teams.EndTokens();

    public override void RevokeCredentials()
    {
        Teams.IsRevoked = true;
        Teams.EndTokens();
    }

    public override WebhookRequest NewCallback(int person, string text, TimeSpan age)
        => RequestOf(Teams.NewMessage($"{person}", text, id: "771"), Teams.Authorize(TimeProvider.System.GetUtcNow() - age));

    public static WebhookRequest RequestOf(JsonObject activity, string authorization) => new(
        "POST", new Dictionary<string, string> { [BearerProof.Header] = authorization }, new Dictionary<string, string>(), Encoding.UTF8.GetBytes(activity.ToJsonString()));

    public override IReadOnlyList<string> ShownTo(int person) => [.. Teams.Shown
        .Where(shown => shown.Conversation == $"a:{person}" && shown.Activity["text"] is not null).Select(shown => shown.Words)];

    public override IReadOnlyList<(string Name, byte[] Content)> FilesShownTo(int person)
        => [.. Teams.FilesShown.Where(file => file.Conversation == $"a:{person}").Select(file => (file.Name, file.Content))];

    public override void FloodNextFile(int seconds) => FloodNextSend(seconds);

    public override void BreakNextFile() => BreakNextSend();

    public override void LoseNextFileAnswer() => LoseNextAnswer();

    public override void FloodNextSend(int seconds) => Teams.Fail(context =>
    {
        (context.Response.StatusCode, context.Response.Headers.RetryAfter) = (StatusCodes.Status429TooManyRequests, $"{seconds}");
        return false;
    });

    public override void BreakNextSend() => FailNext(StatusCodes.Status502BadGateway);

    public void FailNext(int status) => Teams.Fail(context =>
    {
        context.Response.StatusCode = status;
        return false;
    });

    public override void LoseNextAnswer() => Teams.Fail(_ => true);

    public override void Refuse(int person) => Teams.Refuse($"a:{person}", "MessageWritesBlocked");

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Assert.Equal(0, Teams.LateAnswers);
        await Teams.DisposeAsync();
        _http.Dispose();
    }

    private Task DeliverAsync(JsonObject activity)
    {
        Teams.Deliver(activity);
        return Task.CompletedTask;
    }

    private Dictionary<string, string> Values(string secret) => new()
    {
        ["appId"] = TeamsEmulator.AppId, ["appPassword"] = secret, ["tenantId"] = TeamsEmulator.TenantId, ["loginUrl"] = Teams.Address,
        ["keysUrl"] = $"{Teams.Address}/v1/.well-known/openidconfiguration", ["serviceUrl"] = Teams.ServiceUrl,
    };
}

public sealed class TeamsContractTests : ChannelContract, IAsyncDisposable
{
    private readonly CallbackHouse _house = new();

    public ValueTask DisposeAsync() => _house.DisposeAsync();

    protected override async Task<ChannelRig> NewRigAsync() => await TeamsRig.NewAsync(_house);
}
