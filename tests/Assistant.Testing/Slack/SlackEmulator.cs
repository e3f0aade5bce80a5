using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Assistant.Testing.Slack;

/// <summary>A message the app has shown.</summary>
public sealed partial record SlackShown(string Channel, string Ts, JsonObject Post)
{
    public string Text => (string?)Post["text"] ?? "";

    /// <summary>The text as people see it, as far as bold words go: Slack takes a mark for one at the edge of a word only.</summary>
    public string Seen => Bold().Replace(Text, "$1");

    public string? Thread => (string?)Post["thread_ts"];

    /// <summary>Its buttons, wherever they stand.</summary>
    public IReadOnlyList<JsonObject> Buttons => [.. BlocksOf(Post).Concat((Post["attachments"] as JsonArray ?? []).SelectMany(part => BlocksOf(part!)))];

    [GeneratedRegex(@"(?<!\w)\*(\S(?:[^*\n]*\S)?)\*(?!\w)")]
    private static partial Regex Bold();

    private static IEnumerable<JsonObject> BlocksOf(JsonNode of)
        => (of["blocks"] as JsonArray ?? []).Where(block => (string?)block!["type"] == "actions").SelectMany(block => block!["elements"]!.AsArray()).Select(e => e!.AsObject());
}

/// <summary>
/// Slack on a real port, as documented: tokens are checked, refusals come with status 200, events and presses are told until they are
/// acknowledged, signed to an address or over sockets. Faults are put in by the test. Safe for concurrent use.
/// </summary>
public sealed partial class SlackEmulator : IAsyncDisposable
{
    public const string Team = "T100";
    public const string BotUser = "UBOT";
    public const string Group = "C100";

    private readonly WebApplication _app;
    private readonly SlackDeliveries _deliveries = new();
    private readonly ConcurrentDictionary<string, ConcurrentQueue<SlackFault>> _faults = new();
    private readonly ConcurrentDictionary<string, string> _refused = new();
    private readonly ConcurrentDictionary<string, byte[]> _files = new();
    private readonly ConcurrentDictionary<string, string> _lastSaid = new();
    private readonly ConcurrentQueue<SlackShown> _shown = new();
    private readonly ConcurrentQueue<string> _calls = new();
    private int _number;

    private SlackEmulator()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.UseWebSockets();
        _app.Run(HandleAsync);
    }

    public string BotToken { get; private set; } = "xoxb-emulated-bot-token";

    public string AppToken { get; } = "xapp-emulated-app-token";

    /// <summary>What the bot's token may do.</summary>
    public string Scopes { get; set; } = "chat:write,im:history,app_mentions:read,users:read,files:read,files:write";

    public string SigningSecret { get; } = "8f742231b10e8888abcd99emulated85a5";

    /// <summary>For the channel's <c>apiBaseUrl</c>.</summary>
    public string ApiBaseUrl => _app.Urls.First() + "/api";

    public IReadOnlyList<SlackShown> Shown => [.. _shown];

    /// <summary>Methods called, in order.</summary>
    public IReadOnlyList<string> Calls => [.. _calls];

    /// <summary>Deliveries that were not acknowledged within three seconds.</summary>
    public int FailedDeliveries => _deliveries.Failures;

    /// <summary>Sockets the app has open.</summary>
    public int OpenSockets => _deliveries.Lines.Count;

    public static async Task<SlackEmulator> StartAsync()
    {
        var emulator = new SlackEmulator();
        await emulator._app.StartAsync();
        return emulator;
    }

    /// <summary>Events go to an address from now on, as somebody entered it on the app's page.</summary>
    public void PostTo(Uri address) => _deliveries.PostTo(address, SigningSecret);

    /// <summary>The direct chat of a person with the app.</summary>
    public static string ChatOf(int person) => $"D{person}";

    public static string UserOf(int person) => $"U{person}";

    /// <summary>Somebody writes to the app in private.</summary>
    /// <returns>The message's ts.</returns>
    public string Say(int person, string text, Action<JsonObject>? change = null) => Say(ChatOf(person), "im", person, text, change);

    /// <summary>Somebody writes in the channel. A mention comes twice, as two events.</summary>
    public string SayInGroup(int person, string text, bool isMention, Action<JsonObject>? change = null)
    {
        if (!isMention)
        {
            return Say(Group, "channel", person, text, change);
        }

        var ts = Say(Group, "channel", person, $"<@{BotUser}> {text}", change);
        var mention = NewMessage(Group, null, person, $"<@{BotUser}> {text}", ts);
        mention["type"] = "app_mention";
        change?.Invoke(mention);
        Tell(mention);
        return ts;
    }

    /// <summary>Somebody changes the last thing they wrote in private.</summary>
    public void EditLast(int person, string text)
    {
        var (chat, ts) = (ChatOf(person), _lastSaid[ChatOf(person)]);
        var message = NewMessage(chat, null, person, text, ts);
        message["edited"] = new JsonObject { ["user"] = UserOf(person), ["ts"] = NextTs() };
        Tell(new JsonObject
        {
            ["type"] = "message", ["subtype"] = "message_changed", ["hidden"] = true, ["channel"] = chat, ["channel_type"] = "im", ["ts"] = NextTs(),
            ["message"] = message, ["previous_message"] = NewMessage(chat, null, person, "before", ts),
        });
    }

    /// <summary>Somebody takes back the last thing they wrote in private.</summary>
    public void DeleteLast(int person)
    {
        var (chat, ts) = (ChatOf(person), _lastSaid[ChatOf(person)]);
        Tell(new JsonObject
        {
            ["type"] = "message", ["subtype"] = "message_deleted", ["hidden"] = true, ["channel"] = chat, ["channel_type"] = "im", ["ts"] = NextTs(),
            ["deleted_ts"] = ts, ["previous_message"] = NewMessage(chat, null, person, "before", ts),
        });
    }

    /// <summary>Somebody, or the app itself, reacts to a message of a private chat, or takes that back.</summary>
    public void React(int person, string user, string ts, string name, bool isTakenBack) => Tell(new JsonObject
    {
        ["type"] = isTakenBack ? "reaction_removed" : "reaction_added", ["user"] = user, ["reaction"] = name, ["item_user"] = BotUser, ["event_ts"] = NextTs(),
        ["item"] = new JsonObject { ["type"] = "message", ["channel"] = ChatOf(person), ["ts"] = ts },
    });

    /// <summary>Somebody presses a button under the last message shown to them.</summary>
    public void Press(int person, string data)
    {
        var shown = Shown.Last(message => message.Channel == ChatOf(person));
        var button = shown.Buttons.Single(b => (string?)b["value"] == data);
        var payload = new JsonObject
        {
            ["type"] = "block_actions",
            ["user"] = new JsonObject { ["id"] = UserOf(person), ["username"] = $"person{person}", ["team_id"] = Team },
            ["team"] = new JsonObject { ["id"] = Team },
            ["channel"] = new JsonObject { ["id"] = shown.Channel },
            ["container"] = new JsonObject { ["type"] = "message", ["message_ts"] = shown.Ts, ["channel_id"] = shown.Channel },
            ["actions"] = new JsonArray(new JsonObject
            {
                ["type"] = "button", ["action_id"] = button["action_id"]!.DeepClone(), ["value"] = data, ["text"] = button["text"]!.DeepClone(), ["action_ts"] = NextTs(),
            }),
        };
        _deliveries.Add(new SlackDelivery(NextId("env"), "interactive", payload.ToJsonString()));
    }

    /// <summary>Somebody sends a file in private.</summary>
    public void SendFile(int person, string id, byte[] content, Action<JsonObject>? change = null)
    {
        _files[id] = content;
        var file = new JsonObject
        {
            ["id"] = id, ["name"] = "a.png", ["mimetype"] = "image/png", ["size"] = content.Length, ["url_private_download"] = $"{_app.Urls.First()}/files/{id}",
        };
        change?.Invoke(file);
        Say(person, "", message =>
        {
            message["subtype"] = "file_share";
            message["files"] = new JsonArray(file);
        });
    }

    /// <summary>Tells the app any event.</summary>
    public void Tell(JsonObject e) => _deliveries.Add(new SlackDelivery(NextId("env"), "events_api", CallbackOf(e).ToJsonString()));

    /// <summary>Tells any payload, as what it is.</summary>
    public void Tell(string kind, JsonObject payload) => _deliveries.Add(new SlackDelivery(NextId("env"), kind, payload.ToJsonString()));

    /// <summary>Tells what was told last once more, as a retry.</summary>
    public void TellLastAgain() => _deliveries.Add(_deliveries.Last! with { Attempts = 1 });

    /// <summary>The app's last message comes back as an event.</summary>
    public void EchoLast()
    {
        var shown = Shown[^1];
        Tell(new JsonObject
        {
            ["type"] = "message", ["bot_id"] = "B100", ["app_id"] = "A100", ["user"] = BotUser, ["channel"] = shown.Channel, ["channel_type"] = "im",
            ["ts"] = shown.Ts, ["text"] = shown.Text,
        });
    }

    /// <summary>Announces on every open socket that it will be closed.</summary>
    public async Task AnnounceCloseAsync(string reason, CancellationToken cancellationToken)
    {
        foreach (var line in _deliveries.Lines)
        {
            await line.SendAsync(new JsonObject { ["type"] = "disconnect", ["reason"] = reason }, cancellationToken);
        }
    }

    /// <summary>Tells the last delivery once more on every open socket, acknowledged or not.</summary>
    public async Task TellLastOnAllAsync(CancellationToken cancellationToken)
    {
        foreach (var line in _deliveries.Lines)
        {
            await line.SendAsync(_deliveries.Last!, cancellationToken);
        }
    }

    /// <summary>The oldest socket breaks.</summary>
    public void BreakOldestSocket() => _deliveries.Lines[0].Abort();

    /// <summary>The next call of a method fails so.</summary>
    public void Fail(string method, SlackFault fault) => _faults.GetOrAdd(method, _ => new()).Enqueue(fault);

    /// <summary>Whatever is sent to the chat is refused with this error.</summary>
    public void Refuse(string chat, string error) => _refused[chat] = error;

    /// <summary>The bot's token is taken no more.</summary>
    public void RevokeToken() => BotToken = "xoxb-another";

    /// <summary>A callback for the address of events, as it would be posted.</summary>
    public JsonObject NewCallback(int person, string text) => CallbackOf(NewMessage(ChatOf(person), "im", person, text, NextTs()));

    /// <summary>The headers with which Slack signs a body.</summary>
    public Dictionary<string, string> Proof(byte[] body, DateTimeOffset at) => SlackDeliveries.Proof(body, at, SigningSecret);

    public async ValueTask DisposeAsync()
    {
        await _deliveries.DisposeAsync();
        foreach (var line in _deliveries.Lines)
        {
            line.Abort();
        }

        await _app.DisposeAsync();
    }

    private string Say(string chat, string kind, int person, string text, Action<JsonObject>? change)
    {
        var ts = NextTs();
        var message = NewMessage(chat, kind, person, text, ts);
        change?.Invoke(message);
        _lastSaid[chat] = ts;
        Tell(message);
        return ts;
    }

    private static JsonObject NewMessage(string chat, string? kind, int person, string text, string ts)
    {
        var message = new JsonObject
        {
            ["type"] = "message", ["user"] = UserOf(person), ["team"] = Team, ["channel"] = chat, ["ts"] = ts,
            ["text"] = text.StartsWith("<@", StringComparison.Ordinal) ? text : Escape(text),
        };
        if (kind is not null)
        {
            message["channel_type"] = kind;
        }

        return message;
    }

    private JsonObject CallbackOf(JsonObject e) => new()
    {
        ["token"] = "legacy", ["team_id"] = Team, ["api_app_id"] = "A100", ["type"] = "event_callback", ["event_id"] = NextId("Ev"), ["event_time"] = 1_767_225_600,
        ["authorizations"] = new JsonArray(new JsonObject { ["team_id"] = Team, ["user_id"] = BotUser, ["is_bot"] = true }),
        ["event"] = e,
    };

    private static string Escape(string text)
        => text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);

    private string NextTs() => string.Create(CultureInfo.InvariantCulture, $"1767225600.{Interlocked.Increment(ref _number):000000}");

    private string NextId(string kind) => string.Create(CultureInfo.InvariantCulture, $"{kind}-{Interlocked.Increment(ref _number)}");
}
