using System.Text.Json.Nodes;
using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Messaging.Calls;
using Assistant.Infrastructure.Messaging.Channels.Line;
using Assistant.Infrastructure.Tests.Outgoing;
using Assistant.Testing.Contracts;
using Assistant.Testing.Line;
using Assistant.Testing.Messaging;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Line;

/// <summary>The LINE channel with the emulator behind it.</summary>
internal sealed class LineRig : ChannelRig
{
    private readonly MessengerHttp _http = new(
        TestOutgoing.Default, Options.Create(new CallOptions { CallTimeout = TimeSpan.FromSeconds(5) }), TimeProvider.System);

    private readonly Dictionary<int, JsonObject> _lastSaid = [];

    private LineRig(LineEmulator line, PublicFiles files, TimeProvider time)
    {
        (Line, Files) = (line, files);
        Line.Net = files.Net;
        Channel = new LineChannel(_http, time);
        Connection = new(
            new ConnectionId("line"), TenantId.Default, "line", "LINE", AccessPolicy.Open, true, false, Settings(LineEmulator.Token), TimeProvider.System.GetUtcNow(), TimeProvider.System.GetUtcNow());
    }

    public LineEmulator Line { get; }

    public override PublicFiles Files { get; }

    public override IChannel Channel { get; }

    public override Connection Connection { get; }

    public override SettingValues WrongSettings => Settings("another-token");

    public override IReadOnlyList<string> ProofNames => [LineSession.SignatureHeader];

    public static async Task<LineRig> NewAsync(CallbackHouse? house = null, TimeProvider? time = null)
    {
        var rig = new LineRig(await LineEmulator.StartAsync(), await PublicFiles.StartAsync(), time ?? TimeProvider.System);
        rig.Host.PublicBaseUrl = new Uri("https://assistant.example/");
        if (house is not null)
        {
            await house.AdoptAsync(rig);
            rig.Line.Callback = house.AddressOf(rig.Connection.Id);
        }

        return rig;
    }

    public static string User(int person) => $"U{person:D32}";

    public override ExternalChat ChatOf(int person) => new(User(person));

    public override Task SayAsync(int person, string text) => DeliverAsync(_lastSaid[person] = Line.NewMessage(User(person), text));

    public override Task EditLastAsync(int person, string text)
        => DeliverAsync(Line.NewMessage(User(person), text, id: (string)_lastSaid[person]["message"]!["id"]!, type: "messageEdited"));

    public override Task DeleteLastAsync(int person)
    {
        var happened = Line.NewEvent("unsend", User(person));
        happened["unsend"] = new JsonObject { ["messageId"] = (string)_lastSaid[person]["message"]!["id"]! };
        return DeliverAsync(happened);
    }

    public override Task PressAsync(int person, string data)
    {
        var items = Line.Shown.Last(shown => shown.Chat == User(person)).Message["quickReply"]!["items"]!.AsArray();
        var happened = Line.NewEvent("postback", User(person));
        happened["postback"] = new JsonObject
        {
            ["data"] = items.Select(item => (string)item!["action"]!["data"]!).Single(carried => carried.Contains($"\n{data}\n", StringComparison.Ordinal)),
        };
        return DeliverAsync(happened);
    }

    public override Task SendFileAsync(int person, byte[] content)
    {
        Line.AddFile("9001", content);
        var happened = Line.NewEvent("message", User(person));
        happened["message"] = new JsonObject { ["id"] = "9001", ["type"] = "file", ["fileName"] = "a.bin", ["fileSize"] = content.Length };
        return DeliverAsync(happened);
    }

    public override Task SendVoiceAsync(int person, byte[] content)
    {
        Line.AddFile("9002", content);
        var happened = Line.NewEvent("message", User(person));
        happened["message"] = new JsonObject { ["id"] = "9002", ["type"] = "audio", ["duration"] = 2000, ["contentProvider"] = new JsonObject { ["type"] = "line" } };
        return DeliverAsync(happened);
    }

    public override Task SayInGroupAsync(int person, string text, bool isMention)
    {
        var happened = Line.NewMessage(User(person), isMention ? $"@Helper {text}" : text, group: "C1234");
        if (isMention)
        {
            happened["message"]!["mention"] = new JsonObject
            {
                ["mentionees"] = new JsonArray(new JsonObject { ["index"] = 0, ["length"] = 7, ["userId"] = "Ubot", ["isSelf"] = true }),
            };
        }

        return DeliverAsync(happened);
    }

    public override Task RedeliverLastAsync()
    {
        var happened = _lastSaid.Values.Last().DeepClone().AsObject();
        happened["deliveryContext"]!["isRedelivery"] = true;
        return DeliverAsync(happened);
    }

    public override Task SendUnknownAsync() => DeliverAsync(Line.NewEvent("hologram", User(1)));

    public override void RevokeCredentials() => Line.IsRevoked = true;

    public override WebhookRequest NewCallback(int person, string text, TimeSpan age)
    {
        var body = LineEmulator.Body(Line.NewMessage(User(person), text, id: "771"));
        return new WebhookRequest(
            "POST", new Dictionary<string, string> { [LineSession.SignatureHeader] = LineEmulator.Sign(body) }, new Dictionary<string, string>(), body);
    }

    public override IReadOnlyList<string> ShownTo(int person)
        => [.. Line.Shown.Where(shown => shown.Chat == User(person)).Select(shown => (string?)shown.Message["text"]).OfType<string>()];

    public override IReadOnlyList<(string Name, byte[] Content)> FilesShownTo(int person)
        => [.. Line.ShownFiles.Where(file => file.Chat == User(person)).Select(file => ("", file.Content))];

    public override string ShowsNoFileNames => "LINE shows pictures, films and sounds without names.";

    public override void FloodNextFile(int seconds) => FloodNextSend(seconds);

    public override void BreakNextFile() => BreakNextSend();

    public override void LoseNextFileAnswer() => LoseNextAnswer();

    public override void FloodNextSend(int seconds) => Line.Fail(context =>
    {
        (context.Response.StatusCode, context.Response.Headers.RetryAfter) = (StatusCodes.Status429TooManyRequests, $"{seconds}");
        return false;
    });

    public override void BreakNextSend() => Line.Fail(context =>
    {
        context.Response.StatusCode = StatusCodes.Status500InternalServerError;
        return false;
    });

    public override void LoseNextAnswer() => Line.Fail(_ => true);

    public override void Refuse(int person) => Line.Block(User(person));

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Assert.Equal(0, Line.LateAnswers);
        await Line.DisposeAsync();
        await Files.DisposeAsync();
        _http.Dispose();
    }

    private Task DeliverAsync(JsonObject happened)
    {
        Line.Deliver(happened.DeepClone().AsObject());
        return Task.CompletedTask;
    }

    private SettingValues Settings(string token) => new(new Dictionary<string, string>
    {
        ["channelSecret"] = LineEmulator.Secret, ["accessToken"] = token, ["apiBaseUrl"] = Line.Address, ["dataBaseUrl"] = Line.Address,
    });
}

public sealed class LineContractTests : ChannelContract, IAsyncDisposable
{
    private readonly CallbackHouse _house = new();

    public ValueTask DisposeAsync() => _house.DisposeAsync();

    protected override async Task<ChannelRig> NewRigAsync() => await LineRig.NewAsync(_house);
}
