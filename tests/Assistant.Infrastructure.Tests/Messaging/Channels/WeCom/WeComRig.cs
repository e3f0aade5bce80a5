using System.Globalization;
using System.Text;
using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Messaging.Calls;
using Assistant.Infrastructure.Messaging.Channels.WeCom;
using Assistant.Infrastructure.Messaging.Weixin;
using Assistant.Infrastructure.Tests.Outgoing;
using Assistant.Testing.Contracts;
using Assistant.Testing.WeCom;
using Assistant.Testing.Weixin;
using Microsoft.Extensions.Options;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.WeCom;

/// <summary>The WeCom channel with the emulator behind it.</summary>
internal sealed class WeComRig : ChannelRig
{
    private readonly MessengerHttp _http;
    private string _last = "";

    private WeComRig(WeComEmulator emulator, string format, TimeProvider time)
    {
        Emulator = emulator;
        _http = new MessengerHttp(TestOutgoing.Default, Options.Create(new CallOptions { CallTimeout = TimeSpan.FromSeconds(5) }), time);
        Channel = new WeComChannel(_http, time);
        Connection = new Connection(
            new ConnectionId("wecom"), TenantId.Default, "wecom", "WeCom", AccessPolicy.Open, true, false, Settings(emulator.Secret, format), time.GetUtcNow(), time.GetUtcNow());
        Host.PublicBaseUrl = new Uri("https://assistant.example.test");
        emulator.Callback = () => Host.PublicBaseUrl is { } root ? new Uri(root, $"webhooks/{Connection.Id}") : null;
    }

    public WeComEmulator Emulator { get; }

    public override IChannel Channel { get; }

    public override Connection Connection { get; }

    public override SettingValues WrongSettings => Settings("not-this-apps", "text");

    public override IReadOnlyList<string> ProofNames => ["msg_signature", "timestamp", "nonce"];

    public override TimeSpan? CallbackTolerance => WeixinSignature.Tolerance;

    public static async Task<WeComRig> NewAsync(string format = "text", TimeProvider? time = null)
    {
        var emulator = new WeComEmulator();
        await emulator.StartAsync();
        return new WeComRig(emulator, format, time ?? TimeProvider.System);
    }

    public static string UserOf(int person) => string.Create(CultureInfo.InvariantCulture, $"user{person}");

    public override ExternalChat ChatOf(int person) => new(UserOf(person));

    public override Task SayAsync(int person, string text)
    {
        _last = Emulator.NewMessage(UserOf(person), "text", WeixinEmulator.Field("Content", text));
        return RedeliverLastAsync();
    }

    public override Task RedeliverLastAsync()
    {
        Emulator.Deliver(_last);
        return Task.CompletedTask;
    }

    public override Task SendUnknownAsync()
    {
        Emulator.Deliver(Emulator.NewEvent(UserOf(5001), "hologram", ""));
        return Task.CompletedTask;
    }

    public override Task PressAsync(int person, string data)
    {
        Emulator.Press(UserOf(person), key => key.StartsWith(data + "#", StringComparison.Ordinal));
        return Task.CompletedTask;
    }

    public override Task SendFileAsync(int person, byte[] content)
    {
        Emulator.AddFile("media-1", content);
        Emulator.Deliver(Emulator.NewMessage(UserOf(person), "file", WeixinEmulator.Field("MediaId", "media-1") + WeixinEmulator.Field("FileName", "a.bin")));
        return Task.CompletedTask;
    }

    public override Task SendVoiceAsync(int person, byte[] content)
    {
        Emulator.AddFile("media-2", content);
        Emulator.Deliver(Emulator.NewMessage(UserOf(person), "voice", WeixinEmulator.Field("MediaId", "media-2") + WeixinEmulator.Field("Format", "amr")));
        return Task.CompletedTask;
    }

    public override WebhookRequest NewCallback(int person, string text, TimeSpan age)
        => Callback(Emulator.NewMessage(UserOf(person), "text", WeixinEmulator.Field("Content", text)), age);

    public WebhookRequest Callback(string xml, TimeSpan age = default)
    {
        var (query, body) = Emulator.Wrap(xml, TimeProvider.System.GetUtcNow() - age);
        return new WebhookRequest("POST", new Dictionary<string, string>(), query, Encoding.UTF8.GetBytes(body));
    }

    public override IReadOnlyList<string> ShownTo(int person) => Emulator.ShownTo(UserOf(person));

    public override IReadOnlyList<(string Name, byte[] Content)> FilesShownTo(int person)
        => [.. Emulator.FilesShownTo(UserOf(person)).Select(file => (file.Name, file.Content))];

    public override void FloodNextSend(int seconds) => Emulator.FailSend(new WeixinFault.Page(429, seconds));

    public override void BreakNextSend() => Emulator.FailSend(new WeixinFault.Page(500));

    public override void LoseNextAnswer() => Emulator.FailSend(new WeixinFault.Cut());

    public override void FloodNextFile(int seconds) => Emulator.FailUpload(new WeixinFault.Page(429, seconds));

    public override void BreakNextFile() => Emulator.FailUpload(new WeixinFault.Page(500));

    public override void LoseNextFileAnswer() => LoseNextAnswer();

    public override void Refuse(int person) => Emulator.Hide(UserOf(person));

    public override void EndToken() => Emulator.EndToken();

    public override void RevokeCredentials() => Emulator.Revoke();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Emulator.DisposeAsync();
        _http.Dispose();
    }

    private SettingValues Settings(string secret, string format) => new(new Dictionary<string, string>
    {
        ["corpId"] = Emulator.CorpId, ["agentId"] = Emulator.AgentId.ToString(CultureInfo.InvariantCulture), ["secret"] = secret,
        ["token"] = Emulator.Token, ["encodingAesKey"] = Emulator.EncodingAesKey, ["apiBaseUrl"] = Emulator.BaseUrl, ["format"] = format,
    });
}
