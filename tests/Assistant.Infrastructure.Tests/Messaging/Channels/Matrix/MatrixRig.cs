using System.Text.Json.Nodes;
using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;
using Assistant.Infrastructure.Messaging.Channels.Matrix;
using Assistant.Infrastructure.Tests.Outgoing;
using Assistant.Testing.Contracts;
using Assistant.Testing.Matrix;
using Microsoft.Extensions.Options;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Matrix;

/// <summary>The Matrix channel with the emulator behind it.</summary>
internal sealed class MatrixRig : ChannelRig
{
    private readonly MessengerHttp _http;
    private readonly bool _hasPassword;
    private readonly Dictionary<int, string> _last = [];
    private string? _lastReaction;
    private bool _isRevoked;

    private MatrixRig(MatrixEmulator emulator, bool hasPassword, MatrixOptions options)
    {
        (Emulator, _hasPassword) = (emulator, hasPassword);
        _http = new MessengerHttp(TestOutgoing.Default, Options.Create(new CallOptions { CallTimeout = TimeSpan.FromSeconds(5) }), TimeProvider.System);
        Channel = new MatrixChannel(_http, Options.Create(options), TimeProvider.System);
        Connection = ConnectionWith(Settings());
    }

    public MatrixEmulator Emulator { get; }

    public override IChannel Channel { get; }

    public override Connection Connection { get; }

    public override SettingValues WrongSettings
        => _hasPassword ? Settings(KeyValuePair.Create("password", "wrong")) : Settings(KeyValuePair.Create("accessToken", "syt_of_nobody"));

    public static async Task<MatrixRig> NewAsync(bool hasPassword = true, Action<MatrixOptions>? configure = null)
    {
        var options = new MatrixOptions();
        configure?.Invoke(options);
        return new MatrixRig(await MatrixEmulator.StartAsync(), hasPassword, options);
    }

    public override ExternalChat ChatOf(int person) => new(MatrixEmulator.ChatOf(person));

    public override Task SayAsync(int person, string text)
        => Done(() => _last[person] = Emulator.Say(MatrixEmulator.ChatOf(person), MatrixEmulator.UserOf(person), text));

    public override Task EditLastAsync(int person, string text)
        => Done(() => Emulator.Edit(MatrixEmulator.ChatOf(person), MatrixEmulator.UserOf(person), _last[person], text));

    // What is taken back before anybody read it has no content any more.
    public override async Task DeleteLastAsync(int person)
    {
        await Gateway.WaitAsync(1, CancellationToken.None);
        Emulator.Redact(MatrixEmulator.ChatOf(person), MatrixEmulator.UserOf(person), _last[person]);
    }

    // What is taken back before anybody read it says no more what it was.
    public override async Task ReactAsync(int person, string message, string emoji, bool isTakenBack = false)
    {
        var (room, user) = (MatrixEmulator.ChatOf(person), MatrixEmulator.UserOf(person));
        if (isTakenBack)
        {
            await Gateway.WaitAsync(1, CancellationToken.None);
            Emulator.Redact(room, user, _lastReaction!);
            return;
        }

        _lastReaction = Emulator.React(room, user, message, emoji);
    }

    public override Task ReactAsAssistantAsync(int person, string message)
        => Done(() => Emulator.React(MatrixEmulator.ChatOf(person), MatrixEmulator.Me, message, "👀"));

    public override Task SendFileAsync(int person, byte[] content) => Done(() => Emulator.Say(
        MatrixEmulator.ChatOf(person), MatrixEmulator.UserOf(person), "a.png", message =>
        {
            message["msgtype"] = "m.image";
            message["url"] = Emulator.Keep(content, "image/png");
            message["info"] = new JsonObject { ["mimetype"] = "image/png", ["size"] = content.Length };
        }));

    public override Task SendVoiceAsync(int person, byte[] content) => Done(() => Emulator.Say(
        MatrixEmulator.ChatOf(person), MatrixEmulator.UserOf(person), "Voice message.ogg", message =>
        {
            message["msgtype"] = "m.audio";
            message["url"] = Emulator.Keep(content, "audio/ogg");
            message["info"] = new JsonObject { ["mimetype"] = "audio/ogg", ["size"] = content.Length };
            message["org.matrix.msc3245.voice"] = new JsonObject();
        }));

    public override Task SayInGroupAsync(int person, string text, bool isMention) => Done(() => _ = isMention
        ? Emulator.Mention(MatrixEmulator.Group, MatrixEmulator.UserOf(person), text)
        : Emulator.Say(MatrixEmulator.Group, MatrixEmulator.UserOf(person), text));

    public override Task SayAsBotAsync(string text)
        => Done(() => Emulator.Say(MatrixEmulator.ChatOf(5001), MatrixEmulator.UserOf(5001), text, message => message["msgtype"] = "m.notice"));

    // Every sync brings what the account itself sent.
    public override Task EchoLastAsync() => Task.CompletedTask;

    public override Task SendUnknownAsync() => Done(() =>
    {
        var (room, user) = (MatrixEmulator.ChatOf(5001), MatrixEmulator.UserOf(5001));
        Emulator.Add(room, user, "test.unfiltered.hologram", new JsonObject { ["body"] = "x" });
        Emulator.Add(room, user, "m.room.message", new JsonObject { ["msgtype"] = 5, ["body"] = new JsonObject(), ["m.relates_to"] = "x" });
    });

    public override IReadOnlyList<string> ShownTo(int person)
        => [.. Emulator.Shown(MatrixEmulator.ChatOf(person)).Where(e => !IsFile(e)).Select(e => (string)e["content"]!["body"]!)];

    public override IReadOnlyList<(string Name, byte[] Content)> FilesShownTo(int person) =>
    [
        .. Emulator.Shown(MatrixEmulator.ChatOf(person)).Where(IsFile)
            .Select(e => ((string)e["content"]!["filename"]!, Emulator.Kept((string)e["content"]!["url"]!))),
    ];

    public override void FloodNextSend(int seconds) => Emulator.Fail("send", new MatrixFault.Refusal(429, "M_LIMIT_EXCEEDED", seconds * 1_000));

    public override void BreakNextSend() => Emulator.Fail("send", new MatrixFault.Answer(502, "<html>"));

    public override void LoseNextAnswer() => Emulator.Fail("send", new MatrixFault.Cut());

    public override void FloodNextFile(int seconds) => Emulator.Fail("upload", new MatrixFault.Refusal(429, "M_LIMIT_EXCEEDED", null, $"{seconds}"));

    public override void BreakNextFile() => Emulator.Fail("upload", new MatrixFault.Answer(503, ""));

    public override void LoseNextFileAnswer() => LoseNextAnswer();

    public override void Refuse(int person) => Emulator.Refuse(MatrixEmulator.ChatOf(person), "M_FORBIDDEN");

    public override void EndToken()
    {
        if (!_hasPassword)
        {
            throw new NotSupportedException("A token made by hand has no successor.");
        }

        Emulator.EndSessions(isSoft: true);
    }

    public override void RevokeCredentials()
    {
        _isRevoked = true;
        Emulator.ChangePassword();
    }

    public static Connection ConnectionWith(SettingValues settings) => new(
        new ConnectionId("matrix"), TenantId.Default, "matrix", "Matrix", AccessPolicy.Open, true, false, settings, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch);

    /// <summary>The settings that fit the emulator, with some of them changed.</summary>
    public SettingValues Settings(params IReadOnlyList<KeyValuePair<string, string>> changes)
    {
        var values = new Dictionary<string, string> { ["homeserver"] = Emulator.Homeserver };
        if (_hasPassword)
        {
            (values["user"], values["password"]) = (MatrixEmulator.Me, MatrixEmulator.Password);
        }
        else
        {
            values["accessToken"] = Emulator.AccessToken;
        }

        foreach (var (key, value) in changes)
        {
            values[key] = value;
        }

        return new SettingValues(values);
    }

    public override async ValueTask DisposeAsync()
    {
        try
        {
            await base.DisposeAsync();
        }
        catch (PhrasedException) when (_isRevoked)
        {
            // Receiving met it as well.
        }

        await Emulator.DisposeAsync();
        _http.Dispose();
    }

    private static bool IsFile(JsonObject e) => e["content"]!["url"] is not null;

    private static Task Done(Action act)
    {
        act();
        return Task.CompletedTask;
    }
}
