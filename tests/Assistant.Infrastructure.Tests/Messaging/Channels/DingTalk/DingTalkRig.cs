using System.Text;
using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Messaging.Calls;
using Assistant.Infrastructure.Messaging.Channels.DingTalk;
using Assistant.Infrastructure.Tests.Outgoing;
using Assistant.Testing.Contracts;
using Assistant.Testing.DingTalk;
using Assistant.Testing.Messaging;
using Microsoft.Extensions.Options;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.DingTalk;

/// <summary>The DingTalk channel with the emulator behind it.</summary>
internal sealed class DingTalkRig : ChannelRig
{
    private readonly MessengerHttp _http;
    private readonly MessengerSockets _sockets = new(TestOutgoing.Default);
    private readonly TimeProvider _time;
    private readonly string _mode;

    private DingTalkRig(DingTalkEmulator emulator, string mode, DingTalkOptions options, TimeProvider time)
    {
        (Emulator, _mode, _time) = (emulator, mode, time);
        _http = new MessengerHttp(TestOutgoing.Default, Options.Create(new CallOptions { CallTimeout = TimeSpan.FromSeconds(5) }), time);
        Channel = new DingTalkChannel(_http, _sockets, Options.Create(options), time);
        Connection = new Connection(
            new ConnectionId("dingtalk"), TenantId.Default, "dingtalk", "DingTalk", AccessPolicy.Open, true, false, Settings(), DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch);
    }

    public DingTalkEmulator Emulator { get; }

    public override IChannel Channel { get; }

    public override Connection Connection { get; }

    public override SettingValues WrongSettings => Settings(KeyValuePair.Create("clientSecret", "secret-of-nobody"));

    public override string? ForgetsWhileAway => "DingTalk keeps nothing for a robot that is away.";

    public override IReadOnlyList<string> ProofNames => [DingTalkSignature.SignatureHeader, DingTalkSignature.TimestampHeader];

    public override bool ProofCoversBody => false;

    public override TimeSpan? CallbackTolerance => TimeSpan.FromHours(1);

    public static async Task<DingTalkRig> NewAsync(Action<DingTalkOptions>? configure = null, TimeProvider? time = null)
    {
        var options = new DingTalkOptions();
        configure?.Invoke(options);
        return new DingTalkRig(await DingTalkEmulator.StartAsync(), "stream", options, time ?? TimeProvider.System);
    }

    /// <summary>One that is called, at a house.</summary>
    public static async Task<DingTalkRig> NewCalledAsync(CallbackHouse? house = null, TimeProvider? time = null)
    {
        var rig = new DingTalkRig(await DingTalkEmulator.StartAsync(), "webhook", new DingTalkOptions(), time ?? TimeProvider.System);
        rig.Host.PublicBaseUrl = new Uri("https://assistant.test");
        if (house is not null)
        {
            await house.AdoptAsync(rig);
            rig.Emulator.PostTo(house.AddressOf(rig.Connection.Id));
        }

        return rig;
    }

    public override ExternalChat ChatOf(int person) => new($"{DingTalkEmulator.ConversationOf(person)}#{DingTalkEmulator.UserOf(person)}");

    public override Task SayAsync(int person, string text) => Done(() => Emulator.Say(person, text));

    public override Task SendFileAsync(int person, byte[] content) => Done(() => Emulator.SendFile(person, "code-1", content));

    public override Task SendVoiceAsync(int person, byte[] content) => Done(() => Emulator.SendVoice(person, "code-2", content));

    public override Task SayInGroupAsync(int person, string text, bool isMention)
        => isMention ? Done(() => Emulator.SayInGroup(person, text)) : throw new NotSupportedException("DingTalk delivers only what mentions the robot.");

    public override Task RedeliverLastAsync() => Done(Emulator.TellLastAgain);

    public override Task SendUnknownAsync() => Done(() =>
    {
        if (_mode == "stream")
        {
            Emulator.Tell("CALLBACK", "/v1.0/card/instances/callback", "{}");
            Emulator.Tell("EVENT", "*", """{"x":1}""");
        }

        var message = Emulator.NewMessage(5001, "");
        message["msgtype"] = "hologram";
        Emulator.Tell(message);
    });

    public override void EndToken() => Emulator.EndToken();

    public override void RevokeCredentials() => Emulator.ChangeSecret();

    public override WebhookRequest NewCallback(int person, string text, TimeSpan age)
        => _mode == "webhook" ? Signed(Emulator.NewMessage(person, text).ToJsonString(), age) : throw new NotSupportedException("The connection opens streams.");

    /// <summary>A body as DingTalk would post it.</summary>
    public WebhookRequest Signed(string body, TimeSpan age = default)
        => new("POST", Emulator.Proof(_time.GetUtcNow() - age), new Dictionary<string, string>(), Encoding.UTF8.GetBytes(body));

    public override IReadOnlyList<string> ShownTo(int person) => [.. Emulator.Shown.Where(m => m.Target == DingTalkEmulator.UserOf(person)).Select(m => m.Seen)];

    public override IReadOnlyList<(string Name, byte[] Content)> FilesShownTo(int person)
        => [.. Emulator.Shown.Where(m => m.Target == DingTalkEmulator.UserOf(person)).Select(Emulator.FileOf).OfType<(string, byte[])>()];

    public override void FloodNextSend(int seconds) => Emulator.Fail("send", new DingTalkFault.Status(429, $"{seconds}"));

    public override void BreakNextSend() => Emulator.Fail("send", new DingTalkFault.Status(503));

    public override void LoseNextAnswer() => Emulator.Fail("send", new DingTalkFault.Cut());

    public override void FloodNextFile(int seconds) => Emulator.Fail("upload", new DingTalkFault.Status(429, $"{seconds}"));

    public override void BreakNextFile() => Emulator.Fail("upload", new DingTalkFault.Status(503));

    public override void LoseNextFileAnswer() => Emulator.Fail("send", new DingTalkFault.Cut());

    public override void Refuse(int person) => Emulator.Leave(person);

    /// <summary>The settings that fit the emulator, with some of them changed.</summary>
    public SettingValues Settings(params IReadOnlyList<KeyValuePair<string, string>> changes)
    {
        var values = new Dictionary<string, string>
        {
            ["clientId"] = Emulator.ClientId, ["clientSecret"] = Emulator.ClientSecret, ["mode"] = _mode, ["apiBaseUrl"] = Emulator.ApiBaseUrl,
        };
        foreach (var (key, value) in changes)
        {
            values[key] = value;
        }

        return new SettingValues(values);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Emulator.DisposeAsync();
        _sockets.Dispose();
        _http.Dispose();
    }

    private static Task Done(Action act)
    {
        act();
        return Task.CompletedTask;
    }
}
