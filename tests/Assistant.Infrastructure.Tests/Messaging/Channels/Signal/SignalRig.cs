using System.Globalization;
using System.Text.Json.Nodes;
using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Messaging.Calls;
using Assistant.Infrastructure.Messaging.Channels.Signal;
using Assistant.Infrastructure.Tests.Outgoing;
using Assistant.Testing.Contracts;
using Assistant.Testing.Signal;
using Microsoft.Extensions.Options;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Signal;

/// <summary>The Signal channel with an emulated daemon behind it.</summary>
internal sealed class SignalRig : ChannelRig
{
    public const string Group = "Pmpi+EfPWmsxiomLe9Nx2XF9HOE483p6iKiFj65iMwI=";

    private readonly MessengerHttp _http;

    private readonly Dictionary<int, JsonObject> _last = [];
    private JsonObject? _lastReaction;
    private readonly Dictionary<int, long> _latest = [];

    private SignalRig(SignalDaemon daemon, TimeSpan callTimeout)
    {
        Daemon = daemon;
        _http = new MessengerHttp(TestOutgoing.Default, Options.Create(new CallOptions { CallTimeout = callTimeout }), TimeProvider.System);
        Channel = new SignalChannel(_http, Options.Create(new SignalOptions()), TimeProvider.System);
        var now = TimeProvider.System.GetUtcNow();
        Connection = new(new ConnectionId("signal"), TenantId.Default, "signal", "Signal", AccessPolicy.Open, true, false, Settings(SignalDaemon.Account), now, now);
    }

    public SignalDaemon Daemon { get; }

    public override IChannel Channel { get; }

    public override Connection Connection { get; }

    public override SettingValues WrongSettings => Settings("+15550199999");

    public static async Task<SignalRig> NewAsync(TimeSpan? callTimeout = null) => new(await SignalDaemon.StartAsync(), callTimeout ?? TimeSpan.FromSeconds(5));

    public static string Aci(int person) => string.Create(CultureInfo.InvariantCulture, $"b0000000-0000-4000-8000-{person:D12}");

    public override ExternalChat ChatOf(int person) => new(Aci(person));

    public override Task SayAsync(int person, string text) => HappenAsync(_last[person] = NewMessage(person, text));

    public override Task EditLastAsync(int person, string text)
    {
        // As some apps do it: an edit of an edit names the earlier edit.
        var envelope = NewMessage(person, text);
        var data = envelope["dataMessage"]!.DeepClone();
        envelope.Remove("dataMessage");
        envelope["editMessage"] = new JsonObject { ["targetSentTimestamp"] = _latest.GetValueOrDefault(person, (long)_last[person]["timestamp"]!), ["dataMessage"] = data };
        _latest[person] = (long)data["timestamp"]!;
        return HappenAsync(envelope);
    }

    public override Task DeleteLastAsync(int person)
    {
        var envelope = NewMessage(person, null);
        envelope["dataMessage"]!["remoteDelete"] = new JsonObject { ["timestamp"] = (long)_last[person]["timestamp"]! };
        return HappenAsync(envelope);
    }

    public override Task ReactAsync(int person, string message, string emoji, bool isTakenBack = false)
    {
        var (author, moment) = SignalIds.TryParseMessage(message, out var by, out var at) ? (by, at) : throw new ArgumentException(message, nameof(message));
        _lastReaction = NewMessage(person, null);
        _lastReaction["dataMessage"]!["reaction"] = new JsonObject
        {
            ["emoji"] = emoji, ["targetAuthor"] = author, ["targetAuthorNumber"] = author == SignalDaemon.Account ? author : null,
            ["targetAuthorUuid"] = author == SignalDaemon.Account ? SignalDaemon.Aci : author, ["targetSentTimestamp"] = moment, ["isRemove"] = isTakenBack,
        };
        return HappenAsync(_lastReaction);
    }

    public override Task RedeliverReactionAsync() => HappenAsync(_lastReaction!);

    public override Task ReactAsAssistantAsync(int person, string message)
    {
        var envelope = NewMessage(person, null);
        (envelope["source"], envelope["sourceUuid"]) = (SignalDaemon.Aci, SignalDaemon.Aci);
        envelope["dataMessage"]!["reaction"] = new JsonObject { ["emoji"] = "👀", ["targetAuthorUuid"] = SignalDaemon.Aci, ["targetSentTimestamp"] = 1, ["isRemove"] = false };
        return HappenAsync(envelope);
    }

    public override Task SendFileAsync(int person, byte[] content)
    {
        Daemon.AddFile("file-1.bin", content);
        var envelope = NewMessage(person, null);
        envelope["dataMessage"]!["attachments"] = new JsonArray(
            new JsonObject { ["contentType"] = "application/octet-stream", ["filename"] = "a.bin", ["id"] = "file-1.bin", ["size"] = content.Length });
        return HappenAsync(envelope);
    }

    public override Task SendVoiceAsync(int person, byte[] content)
    {
        Daemon.AddFile("voice-1.m4a", content);
        var envelope = NewMessage(person, null);
        envelope["dataMessage"]!["attachments"] = new JsonArray(new JsonObject
        {
            ["contentType"] = "audio/aac", ["filename"] = null, ["id"] = "voice-1.m4a", ["size"] = content.Length, ["width"] = null, ["height"] = null, ["caption"] = null,
            ["uploadTimestamp"] = 1_767_225_600_000,
        });
        return HappenAsync(envelope);
    }

    public override Task SayInGroupAsync(int person, string text, bool isMention) => HappenAsync(NewGroupMessage(person, text, isMention));

    public override Task EchoLastAsync()
    {
        var shown = Daemon.Shown[^1];
        return HappenAsync(new JsonObject
        {
            ["sourceNumber"] = SignalDaemon.Account, ["sourceUuid"] = SignalDaemon.Aci, ["sourceName"] = "Assistant", ["sourceDevice"] = 2, ["timestamp"] = shown.Timestamp,
            ["syncMessage"] = new JsonObject { ["sentMessage"] = new JsonObject { ["destinationUuid"] = shown.Chat, ["timestamp"] = shown.Timestamp, ["message"] = shown.Text } },
        });
    }

    public override Task RedeliverLastAsync() => HappenAsync(_last.Values.Last());

    public override Task SendUnknownAsync()
    {
        var envelope = NewMessage(5001, null);
        envelope.Remove("dataMessage");
        envelope["hologramMessage"] = new JsonObject { ["depth"] = 3 };
        return HappenAsync(envelope);
    }

    public override void RevokeCredentials() => Daemon.IsUnlinked = true;

    public override IReadOnlyList<string> ShownTo(int person)
        => [.. Daemon.Shown.Where(shown => shown.Chat == Aci(person) && shown.Call["attachment"] is null).Select(shown => shown.Text)];

    public override IReadOnlyList<(string Name, byte[] Content)> FilesShownTo(int person)
        => [.. Daemon.Shown.Where(shown => shown.Chat == Aci(person) && shown.Call["attachment"] is not null).Select(SignalDaemon.FileOf)];

    public override void FloodNextSend(int seconds) => Daemon.Fail(_ => SignalDaemon.Failure(-5, "RATE_LIMIT_FAILURE", retryAfter: seconds));

    public override void FloodNextFile(int seconds) => FloodNextSend(seconds);

    public override void BreakNextSend() => Daemon.Fail(_ => new JsonObject { ["code"] = -3, ["message"] = "Failed to send message: Connection reset (IOException)" });

    public override void BreakNextFile() => BreakNextSend();

    public override void LoseNextAnswer() => Daemon.Fail(_ => null);

    public override void LoseNextFileAnswer() => LoseNextAnswer();

    public override void Refuse(int person) => Daemon.Leave(Aci(person));

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Daemon.DisposeAsync();
        _http.Dispose();
    }

    public JsonObject NewGroupMessage(int person, string text, bool isMention)
    {
        var envelope = NewMessage(person, isMention ? $"\uFFFC {text}" : text);
        envelope["dataMessage"]!["groupInfo"] = new JsonObject { ["groupId"] = Group, ["groupName"] = "Family", ["type"] = "DELIVER" };
        if (isMention)
        {
            envelope["dataMessage"]!["mentions"] = new JsonArray(
                new JsonObject { ["name"] = SignalDaemon.Account, ["number"] = null, ["uuid"] = SignalDaemon.Aci, ["start"] = 0, ["length"] = 1 });
        }

        return envelope;
    }

    public JsonObject NewMessage(int person, string? text)
    {
        var moment = Daemon.NextMoment();
        return new JsonObject
        {
            ["source"] = Aci(person), ["sourceNumber"] = null, ["sourceUuid"] = Aci(person), ["sourceName"] = $"Person {person}", ["sourceDevice"] = 1, ["timestamp"] = moment,
            ["dataMessage"] = new JsonObject { ["timestamp"] = moment, ["message"] = text, ["expiresInSeconds"] = 0, ["viewOnce"] = false },
        };
    }

    public Task HappenAsync(JsonObject envelope)
    {
        Daemon.Happen(envelope);
        return Task.CompletedTask;
    }

    private SettingValues Settings(string account) => new(new Dictionary<string, string> { ["account"] = account, ["daemon"] = Daemon.Address });
}

public sealed class SignalContractTests : ChannelContract
{
    protected override async Task<ChannelRig> NewRigAsync() => await SignalRig.NewAsync();
}
