using System.Text;
using System.Text.Json.Nodes;
using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Messaging.Calls;
using Assistant.Infrastructure.Messaging.Channels.GoogleChat;
using Assistant.Infrastructure.Tests.Outgoing;
using Assistant.Testing.Contracts;
using Assistant.Testing.GoogleChat;
using Assistant.Testing.Messaging;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.GoogleChat;

/// <summary>The Google Chat channel with the emulator behind it.</summary>
internal sealed class GoogleChatRig : ChannelRig
{
    public const string Space = "spaces/TEAM";

    private readonly MessengerHttp _http = new(TestOutgoing.Default, Options.Create(new CallOptions { CallTimeout = TimeSpan.FromSeconds(5) }), TimeProvider.System);
    private JsonObject? _lastSaid;

    private GoogleChatRig(GoogleChatEmulator google, PublicFiles files, Action<Dictionary<string, string>>? change)
    {
        (Google, Files) = (google, files);
        Google.Net = files.Net;
        Channel = new GoogleChatChannel(_http, Options.Create(new CallOptions()), TimeProvider.System);
        var values = Values(google.KeyFile());
        change?.Invoke(values);
        Connection = new(
            new ConnectionId("googlechat"), TenantId.Default, "googlechat", "Google Chat", AccessPolicy.Open, true, false, new SettingValues(values),
            TimeProvider.System.GetUtcNow(), TimeProvider.System.GetUtcNow());
    }

    public GoogleChatEmulator Google { get; }

    public override IChannel Channel { get; }

    public override Connection Connection { get; }

    public override SettingValues WrongSettings => new(Values(Google.KeyFile("another@project.iam.gserviceaccount.com")));

    public override IReadOnlyList<string> ProofNames => [BearerProof.Header];

    // The token is signed, the body is not.
    public override bool ProofCoversBody => false;

    public override TimeSpan? CallbackTolerance => BearerRule.Tolerance;

    public static async Task<GoogleChatRig> NewAsync(CallbackHouse? house = null, Action<Dictionary<string, string>>? change = null)
    {
        var rig = new GoogleChatRig(await GoogleChatEmulator.StartAsync(), await PublicFiles.StartAsync(), change);
        rig.Host.PublicBaseUrl = new Uri("https://assistant.example/");
        if (house is not null)
        {
            await house.AdoptAsync(rig);
            rig.Google.Callback = house.AddressOf(rig.Connection.Id);
        }

        return rig;
    }

    public override ExternalChat ChatOf(int person) => new($"spaces/D{person}");

    public override Task SayAsync(int person, string text) => DeliverAsync(_lastSaid = Google.NewMessage($"{person}", text));

    public override Task PressAsync(int person, string data)
    {
        var shown = Google.Shown.Last(one => one.Space == $"spaces/D{person}");
        var action = shown.Message["cardsV2"]![0]!["card"]!["sections"]![0]!["widgets"]![0]!["buttonList"]!["buttons"]!.AsArray()
            .Select(button => button!["onClick"]!["action"]!).Single(one => one["parameters"]!.AsArray().Any(parameter => (string?)parameter!["value"] == data));
        var template = Google.NewMessage($"{person}", "x");
        var happened = Google.NewEvent(
            "CARD_CLICKED", template["user"]!.DeepClone().AsObject(), template["space"]!.DeepClone().AsObject(),
            new JsonObject { ["name"] = shown.Name, ["sender"] = new JsonObject { ["name"] = "users/900", ["type"] = "BOT" }, ["text"] = (string)shown.Message["text"]! });
        happened["action"] = new JsonObject { ["actionMethodName"] = action["function"]!.DeepClone(), ["parameters"] = action["parameters"]!.DeepClone() };
        return DeliverAsync(happened);
    }

    public override Task SendFileAsync(int person, byte[] content) => SendAsync(person, "AbC-9", "a.png", "image/png", content);

    public override Task SendVoiceAsync(int person, byte[] content) => SendAsync(person, "DeF-9", "voice.ogg", "audio/ogg", content);

    public override string VoiceKind => "audio";

    private Task SendAsync(int person, string id, string name, string type, byte[] content)
    {
        Google.AddFile($"spaces/D1/attachments/{id}", content);
        var happened = Google.NewMessage($"{person}", "");
        happened["message"]!["attachment"] = new JsonArray(
            new JsonObject
            {
                ["name"] = "spaces/D1/messages/M1/attachments/1", ["contentName"] = name, ["contentType"] = type, ["source"] = "UPLOADED_CONTENT",
                ["attachmentDataRef"] = new JsonObject { ["resourceName"] = $"spaces/D1/attachments/{id}" },
            },
            new JsonObject { ["contentName"] = "plan", ["source"] = "DRIVE_FILE", ["driveDataRef"] = new JsonObject { ["driveFileId"] = "1" } });
        return DeliverAsync(happened);
    }

    public override Task SayInGroupAsync(int person, string text, bool isMention) => DeliverAsync(Google.NewMessage($"{person}", text, Space, "T1", isMention));

    public override Task SayAsBotAsync(string text)
    {
        var happened = Google.NewMessage("800", text, Space, "T1", isMention: true);
        happened["user"]!["type"] = "BOT";
        return DeliverAsync(happened);
    }

    public override Task EchoLastAsync()
    {
        var happened = Google.NewMessage("5001", "echo?");
        happened["user"] = new JsonObject { ["name"] = "users/900", ["type"] = "BOT" };
        return DeliverAsync(happened);
    }

    public override Task RedeliverLastAsync() => DeliverAsync(_lastSaid!);

    public override Task SendUnknownAsync()
    {
        var happened = Google.NewMessage("5001", "x");
        happened["type"] = "HOLOGRAM";
        return DeliverAsync(happened);
    }

    public override void EndToken() => Google.EndTokens();

    public override void RevokeCredentials()
    {
        Google.IsRevoked = true;
        Google.EndTokens();
    }

    public override WebhookRequest NewCallback(int person, string text, TimeSpan age)
        => RequestOf(Google.NewMessage($"{person}", text, name: $"spaces/D{person}/messages/M771.M771"), Google.Authorize(TimeProvider.System.GetUtcNow() - age));

    public static WebhookRequest RequestOf(JsonObject happened, string authorization) => new(
        "POST", new Dictionary<string, string> { [BearerProof.Header] = authorization }, new Dictionary<string, string>(), Encoding.UTF8.GetBytes(happened.ToJsonString()));

    public override PublicFiles Files { get; }

    public override IReadOnlyList<(string Name, byte[] Content)> FilesShownTo(int person)
        => [.. Google.Shown.Where(shown => shown.Space == $"spaces/D{person}" && shown.Photo is not null).Select(shown => ("", shown.Photo!.Content))];

    public override string ShowsNoFileNames => "A card shows a photo without its name.";

    public override void FloodNextFile(int seconds) => FloodNextSend(seconds);

    public override void BreakNextFile() => BreakNextSend();

    public override void LoseNextFileAnswer() => LoseNextAnswer();

    public override IReadOnlyList<string> ShownTo(int person) => [.. Google.Shown.Where(shown => shown.Space == $"spaces/D{person}" && shown.Message["text"] is not null)
        .Select(shown => ((string)shown.Message["text"]!).Replace("*", "", StringComparison.Ordinal))];

    public override void FloodNextSend(int seconds) => Google.Fail(context =>
    {
        (context.Response.StatusCode, context.Response.Headers.RetryAfter) = (StatusCodes.Status429TooManyRequests, $"{seconds}");
        return false;
    });

    public override void BreakNextSend() => FailNext(StatusCodes.Status503ServiceUnavailable);

    public void FailNext(int status) => Google.Fail(context =>
    {
        context.Response.StatusCode = status;
        return false;
    });

    public override void LoseNextAnswer() => Google.Fail(_ => true);

    public override void Refuse(int person) => Google.Leave($"spaces/D{person}");

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Assert.Equal(0, Google.LateAnswers);
        await Google.DisposeAsync();
        await Files.DisposeAsync();
        _http.Dispose();
    }

    private Task DeliverAsync(JsonObject happened)
    {
        Google.Deliver(happened);
        return Task.CompletedTask;
    }

    private Dictionary<string, string> Values(string key) => new()
    {
        ["serviceAccount"] = key, ["projectNumber"] = GoogleChatEmulator.ProjectNumber, ["apiBaseUrl"] = Google.Address, ["keysUrl"] = $"{Google.Address}/keys",
    };
}

public sealed class GoogleChatContractTests : ChannelContract, IAsyncDisposable
{
    private readonly CallbackHouse _house = new();

    public ValueTask DisposeAsync() => _house.DisposeAsync();

    protected override async Task<ChannelRig> NewRigAsync() => await GoogleChatRig.NewAsync(_house);
}
