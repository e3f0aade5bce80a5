using System.Globalization;
using System.Text;
using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Messaging.Calls;
using Assistant.Infrastructure.Messaging.Channels.WeChat;
using Assistant.Infrastructure.Messaging.Weixin;
using Assistant.Infrastructure.Tests.Outgoing;
using Assistant.Testing.Contracts;
using Assistant.Testing.WeChat;
using Assistant.Testing.Weixin;
using Microsoft.Extensions.Options;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.WeChat;

/// <summary>The WeChat channel with the emulator behind it.</summary>
internal sealed class WeChatRig : ChannelRig
{
    private readonly MessengerHttp _http;
    private readonly WeChatMode _mode;
    private string _last = "";

    private WeChatRig(WeChatEmulator emulator, WeChatMode mode)
    {
        (Emulator, _mode) = (emulator, mode);
        var time = TimeProvider.System;
        _http = new MessengerHttp(TestOutgoing.Default, Options.Create(new CallOptions { CallTimeout = TimeSpan.FromSeconds(5) }), time);
        Channel = new WeChatChannel(_http, time);
        Connection = new Connection(
            new ConnectionId("mp"), TenantId.Default, "wechat", "WeChat", AccessPolicy.Open, true, false, Settings(emulator.AppSecret), time.GetUtcNow(), time.GetUtcNow());
        Host.PublicBaseUrl = new Uri("https://assistant.example.test");
        emulator.Callback = () => Host.PublicBaseUrl is { } root ? new Uri(root, $"webhooks/{Connection.Id}") : null;
    }

    public WeChatEmulator Emulator { get; }

    public override IChannel Channel { get; }

    public override Connection Connection { get; }

    public override SettingValues WrongSettings => Settings("not-this-accounts");

    public override IReadOnlyList<string> ProofNames => [_mode == WeChatMode.Plain ? "signature" : "msg_signature", "timestamp", "nonce"];

    public override bool ProofCoversBody => _mode != WeChatMode.Plain;

    public override TimeSpan? CallbackTolerance => WeixinSignature.Tolerance;

    public static async Task<WeChatRig> NewAsync(WeChatMode mode = WeChatMode.Secure)
    {
        var emulator = new WeChatEmulator(mode);
        await emulator.StartAsync();
        return new WeChatRig(emulator, mode);
    }

    public static string OpenIdOf(int person) => string.Create(CultureInfo.InvariantCulture, $"oPerson{person}");

    public override ExternalChat ChatOf(int person) => new(OpenIdOf(person));

    public override Task SayAsync(int person, string text)
    {
        _last = Emulator.NewMessage(OpenIdOf(person), "text", WeixinEmulator.Field("Content", text));
        return RedeliverLastAsync();
    }

    public override Task RedeliverLastAsync()
    {
        Emulator.Deliver(_last);
        return Task.CompletedTask;
    }

    public override Task SendUnknownAsync()
    {
        Emulator.Deliver(Emulator.NewEvent(OpenIdOf(5001), "hologram", ""));
        return Task.CompletedTask;
    }

    public override Task SendFileAsync(int person, byte[] content)
    {
        Emulator.AddFile("media-1", content);
        Emulator.Deliver(Emulator.NewMessage(OpenIdOf(person), "image", WeixinEmulator.Field("MediaId", "media-1")));
        return Task.CompletedTask;
    }

    public override Task SendVoiceAsync(int person, byte[] content)
    {
        Emulator.AddFile("media-2", content);
        Emulator.Deliver(Emulator.NewMessage(OpenIdOf(person), "voice", WeixinEmulator.Field("MediaId", "media-2") + WeixinEmulator.Field("Format", "amr")));
        return Task.CompletedTask;
    }

    public override WebhookRequest NewCallback(int person, string text, TimeSpan age)
        => Callback(Emulator.NewMessage(OpenIdOf(person), "text", WeixinEmulator.Field("Content", text)), age);

    public WebhookRequest Callback(string xml, TimeSpan age = default)
    {
        var (query, body) = Emulator.Wrap(xml, TimeProvider.System.GetUtcNow() - age);
        return new WebhookRequest("POST", new Dictionary<string, string>(), query, Encoding.UTF8.GetBytes(body));
    }

    public override IReadOnlyList<string> ShownTo(int person) => Emulator.ShownTo(OpenIdOf(person));

    public override string? ShowsNoFileNames => "WeChat shows pictures, voice and films without their names.";

    public override IReadOnlyList<(string Name, byte[] Content)> FilesShownTo(int person)
        => [.. Emulator.FilesShownTo(OpenIdOf(person)).Select(file => (file.Name, file.Content))];

    public override void FloodNextSend(int seconds) => Emulator.FailSend(new WeixinFault.Page(429, seconds));

    public override void BreakNextSend() => Emulator.FailSend(new WeixinFault.Page(500));

    public override void LoseNextAnswer() => Emulator.FailSend(new WeixinFault.Cut());

    public override void FloodNextFile(int seconds) => Emulator.FailUpload(new WeixinFault.Page(429, seconds));

    public override void BreakNextFile() => Emulator.FailUpload(new WeixinFault.Page(500));

    public override void LoseNextFileAnswer() => LoseNextAnswer();

    public override void Refuse(int person) => Emulator.CloseWindow(OpenIdOf(person));

    public override void EndToken() => Emulator.EndToken();

    public override void RevokeCredentials() => Emulator.Revoke();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Emulator.DisposeAsync();
        _http.Dispose();
    }

    private SettingValues Settings(string secret) => new(new Dictionary<string, string>
    {
        ["appId"] = Emulator.AppId, ["appSecret"] = secret, ["token"] = Emulator.Token, ["encodingAesKey"] = Emulator.EncodingAesKey,
        ["apiBaseUrl"] = Emulator.BaseUrl, ["mode"] = _mode == WeChatMode.Plain ? "plain" : "encrypted",
    });
}
