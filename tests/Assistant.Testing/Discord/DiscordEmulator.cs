using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Assistant.Testing.Discord;

/// <summary>A message the bot shows.</summary>
public sealed record DiscordShown(string Channel, string Id, JsonObject Post)
{
    /// <summary>The file it shows; <see langword="null"/> for a text.</summary>
    public (string Name, byte[] Content)? File { get; init; }

    public string Text => (string?)Post["content"] ?? "";

    /// <summary>Its buttons, row after row.</summary>
    public IReadOnlyList<JsonObject> Buttons => [.. (Post["components"] as JsonArray ?? []).SelectMany(row => row!["components"]!.AsArray()).Select(button => button!.AsObject())];
}

/// <summary>
/// Discord on a real port, as documented: a gateway that numbers, repeats and forgets, and the HTTP interface with its checks, its nonces and its limits.
/// People have ids as numbers. Faults are put in by the test. Safe for concurrent use.
/// </summary>
public sealed partial class DiscordEmulator : IAsyncDisposable
{
    public const string Bot = "900000000000000001";
    public const string Application = "900000000000000002";
    public const string Guild = "1200000000000000001";
    public const string Group = "1300000000000009999";
    public const string Forum = "1300000000000008888";

    private const long Epoch = 1_420_070_400_000;
    private static readonly TimeSpan InteractionPatience = TimeSpan.FromSeconds(3);

    private readonly WebApplication _app;
    private readonly DiscordGatewayServer _gateway;
    private readonly ConcurrentDictionary<string, ConcurrentQueue<DiscordFault>> _faults = new();
    private readonly ConcurrentDictionary<string, byte> _refused = new();
    private readonly ConcurrentDictionary<string, byte[]> _files = new();
    private readonly ConcurrentDictionary<string, string> _nonces = new();
    private readonly ConcurrentDictionary<string, (DateTimeOffset At, string Token, string Channel)> _interactions = new();
    private readonly ConcurrentQueue<DiscordShown> _shown = new();
    private readonly ConcurrentQueue<string> _calls = new();
    private readonly Dictionary<string, List<JsonObject>> _history = [];
    private readonly Dictionary<string, (int Left, DateTimeOffset Reset)> _buckets = [];
    private readonly Lock _lock = new();
    private ulong _lastId;

    private DiscordEmulator()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _gateway = new DiscordGatewayServer(this);
        _app = builder.Build();
        _app.UseWebSockets();
        _app.Run(HandleAsync);
    }

    public string Token { get; private set; } = "emulated.discord.token";

    /// <summary>For the channel's <c>apiBaseUrl</c>.</summary>
    public string ApiBaseUrl => _app.Urls.First() + "/api/v10";

    public TimeSpan HeartbeatInterval { get; set; } = TimeSpan.FromSeconds(41);

    /// <summary>Whether the Message Content Intent is switched on.</summary>
    public bool AllowsMessageContent { get; set; } = true;

    /// <summary>Key under General Information.</summary>
    public string VerifyKey { get; set; } = "";

    /// <summary>Sessions that may still be begun today.</summary>
    public int StartsLeft { get; set; } = 1_000;

    /// <summary>Messages a channel takes in a stretch of time; <see langword="null"/> for no limit.</summary>
    public (int Messages, TimeSpan Time)? ChannelLimit { get; set; }

    /// <summary>What else the gateway address should be.</summary>
    public string? GatewayAddress { get; set; }

    public string? ResumeAddress { get; set; }

    public IReadOnlyList<DiscordShown> Shown => [.. _shown];

    /// <summary>Calls by name, in order.</summary>
    public IReadOnlyList<string> Calls => [.. _calls];

    public int Identifies => _gateway.Identifies;

    public int Resumes => _gateway.Resumes;

    public int OpenLines => _gateway.Lines.Count;

    public int MissedBeats => _gateway.MissedBeats;

    public IReadOnlyList<long?> Beats => [.. _gateway.Beats];

    /// <summary>Calls refused because they came too fast.</summary>
    public int Floods { get; private set; }

    /// <summary>Interactions answered later than Discord waits.</summary>
    public int LateAnswers { get; private set; }

    /// <summary>How interactions were answered, by their ids.</summary>
    public ConcurrentDictionary<string, int> Answers { get; } = new();

    /// <summary>What interactions were answered with at once, by their ids.</summary>
    public ConcurrentDictionary<string, JsonObject> AnsweredWith { get; } = new();

    /// <summary>Commands the bot offers.</summary>
    public ConcurrentDictionary<string, JsonObject> Commands { get; } = new();

    public static async Task<DiscordEmulator> StartAsync()
    {
        var emulator = new DiscordEmulator();
        await emulator._app.StartAsync();
        emulator.GatewayAddress = emulator.ResumeAddress = emulator._app.Urls.First().Replace("http:", "ws:", StringComparison.Ordinal);
        return emulator;
    }

    public static string UserOf(int person) => string.Create(CultureInfo.InvariantCulture, $"30000000000000{person:0000}");

    /// <summary>The direct chat of a person with the bot.</summary>
    public static string ChatOf(int person) => string.Create(CultureInfo.InvariantCulture, $"130000000000000{person:0000}");

    /// <summary>Somebody writes to the bot in private.</summary>
    public JsonObject Say(int person, string text, Action<JsonObject>? change = null) => Say(ChatOf(person), null, person, text, change);

    /// <summary>Somebody writes on the server.</summary>
    public JsonObject SayInGroup(int person, string text, bool isMention, Action<JsonObject>? change = null) => Say(Group, Guild, person, isMention ? $"<@{Bot}> {text}" : text, message =>
    {
        if (isMention)
        {
            message["mentions"] = new JsonArray(Self());
        }

        change?.Invoke(message);
    });

    /// <summary>Somebody changes the last thing they wrote in private.</summary>
    public void EditLast(int person, string text)
    {
        JsonObject message;
        lock (_lock)
        {
            message = _history[ChatOf(person)].Last(one => (string?)one["author"]!["id"] == UserOf(person));
            message["content"] = text;
            message["edited_timestamp"] = TimeProvider.System.GetUtcNow().ToString("O", CultureInfo.InvariantCulture);
        }

        Tell("MESSAGE_UPDATE", message);
    }

    /// <summary>Somebody takes back the last thing they wrote in private.</summary>
    public void DeleteLast(int person)
    {
        JsonObject message;
        lock (_lock)
        {
            var history = _history[ChatOf(person)];
            message = history.Last(one => (string?)one["author"]!["id"] == UserOf(person));
            history.Remove(message);
        }

        Tell("MESSAGE_DELETE", new JsonObject { ["id"] = (string)message["id"]!, ["channel_id"] = ChatOf(person) });
    }

    /// <summary>Somebody presses a button under the last message shown to them.</summary>
    public string Press(int person, string data)
    {
        var shown = Shown.Last(message => message.Channel == ChatOf(person));
        var button = shown.Buttons.Single(one => ((string)one["custom_id"]!).EndsWith(":" + data, StringComparison.Ordinal));
        var interaction = NewInteraction(3, person, new JsonObject { ["custom_id"] = (string)button["custom_id"]!, ["component_type"] = 2 });
        interaction["message"] = new JsonObject { ["id"] = shown.Id, ["channel_id"] = shown.Channel, ["components"] = shown.Post["components"]!.DeepClone() };
        return Tell(interaction);
    }

    /// <summary>Somebody uses a command with one text in their direct chat.</summary>
    public string Use(int person, string command, string text) => Tell(NewCommand(person, command, text));

    /// <summary>Tells an interaction over the gateway, and expects its answer there.</summary>
    public string Tell(JsonObject interaction)
    {
        Tell("INTERACTION_CREATE", interaction);
        return (string)interaction["id"]!;
    }

    /// <summary>An interaction as it would be posted to an address, or told over the gateway.</summary>
    public JsonObject NewCommand(int person, string command, string text) => NewInteraction(2, person, new JsonObject
    {
        ["id"] = "1", ["name"] = command, ["type"] = 1, ["options"] = new JsonArray(new JsonObject { ["name"] = "question", ["type"] = 3, ["value"] = text }),
    });

    /// <summary>Somebody sends a file in private.</summary>
    public JsonObject SendFile(int person, byte[] content, Action<JsonObject>? change = null)
    {
        var id = NextId();
        _files[id] = content;
        return Say(person, "", message =>
        {
            message["attachments"] = new JsonArray(new JsonObject
            {
                ["id"] = id, ["filename"] = "a.png", ["content_type"] = "image/png", ["size"] = content.Length, ["url"] = $"{_app.Urls.First()}/files/{id}?ex=1&hm=signed",
            });
            change?.Invoke(message);
        });
    }

    /// <summary>The bot's last message comes back as an event.</summary>
    public void EchoLast()
    {
        var shown = Shown[^1];
        Tell("MESSAGE_CREATE", NewMessage(shown.Channel, null, Self(), shown.Text, shown.Id));
    }

    /// <summary>Somebody, or the bot itself, reacts in private, or takes that back.</summary>
    public void React(int person, string user, string message, string emoji, bool isTakenBack) => Tell(
        isTakenBack ? "MESSAGE_REACTION_REMOVE" : "MESSAGE_REACTION_ADD",
        new() { ["user_id"] = user, ["channel_id"] = ChatOf(person), ["message_id"] = message, ["emoji"] = new JsonObject { ["id"] = null, ["name"] = emoji }, ["burst"] = false });

    /// <summary>Tells the last event once more.</summary>
    public void TellLastAgain() => _gateway.RepeatLast();

    /// <summary>Tells any event.</summary>
    public void Tell(string type, JsonObject data) => _gateway.Dispatch(type, seesContent => Shaped(type, data, seesContent));

    /// <summary>Every line breaks.</summary>
    public void CutLines() => EachLine(line => line.Abort());

    /// <summary>Asks for another line.</summary>
    public void AskReconnect() => EachLine(line => line.Send(new JsonObject { ["op"] = 7, ["d"] = null }));

    /// <summary>Says that the session cannot go on.</summary>
    public void Invalidate(bool isResumable) => EachLine(line => line.Send(new JsonObject { ["op"] = 9, ["d"] = isResumable }));

    /// <summary>Asks for a beat at once.</summary>
    public void AskBeat() => EachLine(line => line.Send(new JsonObject { ["op"] = 1, ["d"] = null }));

    public void CloseLines(int code) => EachLine(line => line.Close(code));

    /// <summary>Sends bytes that are no frame.</summary>
    public void SendRaw(string text) => EachLine(line => line.Send(Encoding.UTF8.GetBytes(text)));

    /// <summary>No beat is answered any more, or again.</summary>
    public void Mute(bool isMute) => _gateway.IsMute = isMute;

    /// <summary>Forgets all sessions: the next resume is refused.</summary>
    public void ForgetSessions() => _gateway.Forget();

    /// <summary>The next call of this name fails so: post, list, self, gateway, typing, message, channel, answer, fill, command, application.</summary>
    public void Fail(string call, DiscordFault fault) => _faults.GetOrAdd(call, _ => new()).Enqueue(fault);

    /// <summary>The bot may not write in a channel any more.</summary>
    public void Refuse(string channel) => _refused[channel] = 0;

    public void RevokeToken() => Token = "another.token";

    public async ValueTask DisposeAsync()
    {
        CutLines();
        await _app.DisposeAsync();
    }

    internal static JsonObject Self() => new() { ["id"] = Bot, ["username"] = "assistant", ["bot"] = true };

    /// <summary>The server as it is told when a session begins.</summary>
    internal JsonObject NewGuild() => new()
    {
        ["id"] = Guild, ["name"] = "Example",
        ["channels"] = new JsonArray(
            new JsonObject { ["id"] = Group, ["type"] = 0, ["name"] = "general", ["last_message_id"] = LastIn(Group) },
            new JsonObject { ["id"] = Forum, ["type"] = 15, ["name"] = "forum", ["last_message_id"] = NextId() }),
        ["threads"] = new JsonArray(),
    };

    private void EachLine(Action<DiscordLine> act)
    {
        foreach (var line in _gateway.Lines)
        {
            act(line);
        }
    }

    private JsonObject Say(string channel, string? guild, int person, string text, Action<JsonObject>? change)
    {
        var message = NewMessage(channel, guild, new JsonObject { ["id"] = UserOf(person), ["username"] = $"person{person}", ["global_name"] = $"Person {person}" }, text, NextId());
        change?.Invoke(message);
        Keep(channel, message);
        Tell("MESSAGE_CREATE", message);
        return message;
    }

    private static JsonObject NewMessage(string channel, string? guild, JsonObject author, string text, string id)
    {
        var message = new JsonObject
        {
            ["id"] = id, ["channel_id"] = channel, ["author"] = author, ["content"] = text, ["timestamp"] = "2026-01-01T00:00:00.000000+00:00", ["edited_timestamp"] = null,
            ["type"] = 0, ["flags"] = 0, ["mentions"] = new JsonArray(), ["attachments"] = new JsonArray(), ["nonce"] = "1",
        };
        if (guild is not null)
        {
            message["guild_id"] = guild;
            message["member"] = new JsonObject { ["nick"] = null };
        }

        return message;
    }

    private JsonObject NewInteraction(int type, int person, JsonObject data)
    {
        var (id, token) = (NextId(), $"interaction-token-{person}-{_interactions.Count}");
        _interactions[id] = (TimeProvider.System.GetUtcNow(), token, ChatOf(person));
        return new JsonObject
        {
            ["id"] = id, ["application_id"] = Application, ["type"] = type, ["token"] = token, ["version"] = 1, ["channel_id"] = ChatOf(person),
            ["channel"] = new JsonObject { ["id"] = ChatOf(person), ["type"] = 1 }, ["locale"] = "zh-CN", ["data"] = data,
            ["user"] = new JsonObject { ["id"] = UserOf(person), ["username"] = $"person{person}", ["global_name"] = $"Person {person}" },
        };
    }

    // Without the intent: only direct chats, mentions and what the bot itself wrote.
    private static JsonObject Shaped(string type, JsonObject data, bool seesContent)
    {
        var shaped = data.DeepClone().AsObject();
        if (type.StartsWith("MESSAGE_", StringComparison.Ordinal) && shaped.ContainsKey("content") && !seesContent && shaped.ContainsKey("guild_id")
            && !(shaped["mentions"] as JsonArray ?? []).Any(user => (string?)user!["id"] == Bot) && (string?)shaped["author"]!["id"] != Bot)
        {
            (shaped["content"], shaped["attachments"]) = ("", new JsonArray());
        }

        return shaped;
    }

    private void Keep(string channel, JsonObject message)
    {
        lock (_lock)
        {
            if (!_history.TryGetValue(channel, out var history))
            {
                _history[channel] = history = [];
            }

            history.Add(message);
        }
    }

    private string? LastIn(string channel)
    {
        lock (_lock)
        {
            return _history.TryGetValue(channel, out var history) && history.Count > 0 ? (string?)history[^1]["id"] : null;
        }
    }

    private string NextId()
    {
        lock (_lock)
        {
            var now = (ulong)(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() - Epoch) << 22;
            _lastId = Math.Max(_lastId + 1, now);
            return _lastId.ToString(CultureInfo.InvariantCulture);
        }
    }
}
