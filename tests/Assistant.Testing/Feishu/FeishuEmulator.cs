using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Assistant.Testing.Feishu;

/// <summary>A message the app has shown.</summary>
/// <param name="RepliedTo">The message it answers, or <see langword="null"/>.</param>
public sealed record FeishuShown(string Chat, string Id, string Type, JsonObject Content, string? RepliedTo, bool InThread)
{
    /// <summary>What people read, without bold marks.</summary>
    public string Seen => Type switch
    {
        "text" => (string)Content["text"]!,
        "image" or "file" or "audio" or "media" => "",
        "post" => string.Join('\n', Content["zh_cn"]!["content"]!.AsArray().Select(line => string.Concat(line!.AsArray().Select(run => (string)run!["text"]!)))),
        _ => WebUtility.HtmlDecode(TextElement.Replace("**", "", StringComparison.Ordinal)),
    };

    /// <summary>A card's text as it was sent.</summary>
    public string TextElement => (string?)Elements[0]!["content"] ?? (string?)Elements[0]!["text"]!["content"] ?? "";

    /// <summary>A card's buttons.</summary>
    public IReadOnlyList<JsonNode> Buttons =>
    [
        .. Elements.Where(element => (string?)element!["tag"] == "column_set")
            .SelectMany(set => set!["columns"]!.AsArray()).SelectMany(column => column!["elements"]!.AsArray()).Select(button => button!),
    ];

    private JsonArray Elements => Content["body"]!["elements"]!.AsArray();
}

/// <summary>
/// Feishu on a real port, as documented: tokens end, refusals come with a code, a key is honoured, sizes are limited; events are posted encrypted and
/// signed until they are acknowledged. Faults are put in by the test. Safe for concurrent use.
/// </summary>
public sealed partial class FeishuEmulator : IAsyncDisposable
{
    public const string BotUser = "ou_bot";
    public const string Group = "oc_group";

    private readonly WebApplication _app;
    private readonly FeishuDeliveries _deliveries = new();
    private readonly ConcurrentDictionary<string, ConcurrentQueue<FeishuFault>> _faults = new();
    private readonly ConcurrentDictionary<string, int> _refused = new();
    private readonly ConcurrentDictionary<string, byte[]> _files = new();
    private readonly ConcurrentDictionary<string, (string Name, string Type, byte[] Content)> _uploads = new();
    private readonly ConcurrentDictionary<string, string> _lastSaid = new();
    private readonly ConcurrentDictionary<string, string> _byKey = new();
    private readonly ConcurrentDictionary<string, (string Chat, string SenderType)> _messages = new();
    private readonly ConcurrentDictionary<string, bool> _recalled = new();
    private readonly ConcurrentDictionary<string, long> _given = new();
    private readonly ConcurrentQueue<FeishuShown> _shown = new();
    private readonly ConcurrentQueue<string> _calls = new();
    private readonly Lock _sending = new();
    private int _number;
    private int _token = 1;

    private FeishuEmulator()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.UseWebSockets();
        _app.Run(HandleAsync);
    }

    public string AppId { get; } = "cli_emulated";

    public string AppSecret { get; private set; } = "emulated-app-secret";

    public string EncryptKey { get; } = "emulated-encrypt-key";

    public string VerificationToken { get; } = "emulated-verification-token";

    /// <summary>For the channel's <c>apiBaseUrl</c>.</summary>
    public string ApiBaseUrl => _app.Urls.First();

    public IReadOnlyList<FeishuShown> Shown => [.. _shown];

    /// <summary>Calls by name, in order.</summary>
    public IReadOnlyList<string> Calls => [.. _calls];

    /// <summary>Deliveries that were not acknowledged within three seconds.</summary>
    public int FailedDeliveries => _deliveries.Failures;

    /// <summary>Deliveries that are not acknowledged yet.</summary>
    public int OpenDeliveries => _deliveries.Open;

    /// <summary>What the last acknowledgement said.</summary>
    public string LastAnswer => _deliveries.LastAnswer;

    /// <summary>Long connections the app has open.</summary>
    public int OpenSockets => _deliveries.Lines.Count;

    /// <summary>Services of the pings heard on the newest connection.</summary>
    public IReadOnlyList<ulong> Pings => [.. _deliveries.Lines[^1].Pings];

    public static async Task<FeishuEmulator> StartAsync()
    {
        var emulator = new FeishuEmulator();
        await emulator._app.StartAsync();
        return emulator;
    }

    /// <summary>Events go to an address from now on, as somebody entered it in the developer console.</summary>
    public void PostTo(Uri address) => _deliveries.PostTo(address, EncryptKey);

    /// <summary>Sends an event on the newest connection, in so many frames.</summary>
    /// <returns>The code it is acknowledged with, and what is said to a person.</returns>
    public Task<(int Code, string Answer)> TellInPartsAsync(JsonObject body, int frames, CancellationToken cancellationToken)
        => _deliveries.Lines[^1].TellAsync(Encoding.UTF8.GetBytes(body.ToJsonString()), cancellationToken, frames);

    /// <summary>Sends anything on the newest connection.</summary>
    public Task SendBytesAsync(byte[] bytes, CancellationToken cancellationToken) => _deliveries.Lines[^1].SendAsync(bytes, cancellationToken);

    /// <summary>The newest connection breaks.</summary>
    public void BreakSocket() => _deliveries.Lines[^1].Abort();

    /// <summary>The direct chat of a person with the app.</summary>
    public static string ChatOf(int person) => $"oc_p{person}";

    public static string UserOf(int person) => $"ou_{person}";

    /// <summary>Somebody writes to the app in private.</summary>
    /// <returns>The message's id.</returns>
    public string Say(int person, string text, Action<JsonObject>? change = null) => Tell(person, ChatOf(person), "p2p", "text", new() { ["text"] = text }, change);

    /// <summary>Somebody writes in the group.</summary>
    public string SayInGroup(int person, string text, bool isMention, Action<JsonObject>? change = null)
        => Tell(person, Group, "group", "text", new() { ["text"] = isMention ? $"@_user_1 {text}" : text }, message =>
        {
            if (isMention)
            {
                message["mentions"] = new JsonArray(new JsonObject
                {
                    ["key"] = "@_user_1", ["id"] = new JsonObject { ["open_id"] = BotUser, ["user_id"] = "" }, ["name"] = "助手",
                });
            }

            change?.Invoke(message);
        });

    /// <summary>Somebody sends something of any type in private.</summary>
    public string Send(int person, string type, JsonObject content) => Tell(person, ChatOf(person), "p2p", type, content, null);

    /// <summary>Somebody takes back the last thing they wrote in private.</summary>
    public void RecallLast(int person)
    {
        _recalled[_lastSaid[ChatOf(person)]] = true;
        Tell("im.message.recalled_v1", new()
        {
            ["message_id"] = _lastSaid[ChatOf(person)], ["chat_id"] = ChatOf(person), ["recall_time"] = "1767225700000", ["recall_type"] = "message_owner",
        });
    }

    /// <summary>Somebody presses a button under the last card shown in a chat.</summary>
    public void Press(int person, string data, string? chat = null)
    {
        var shown = Shown.Last(message => message.Chat == (chat ?? ChatOf(person)) && message.Type == "interactive");
        var value = shown.Buttons.Select(button => button["behaviors"]![0]!["value"]!).Single(value => (string?)value["data"] == data);
        var e = new JsonObject
        {
            ["operator"] = new JsonObject { ["open_id"] = UserOf(person), ["union_id"] = $"on_{person}", ["tenant_key"] = "tk1" },
            ["token"] = "c-update", ["action"] = new JsonObject { ["tag"] = "button", ["value"] = value.DeepClone() },
            ["host"] = "im_message", ["context"] = new JsonObject { ["open_message_id"] = shown.Id, ["open_chat_id"] = shown.Chat },
        };
        _deliveries.Add(new FeishuDelivery(CallbackOf("card.action.trigger", e, "1767225600000000").ToJsonString(), IsRepeated: false));
    }

    /// <summary>Somebody sends a picture in private.</summary>
    public void SendFile(int person, string key, byte[] content) => _files[$"{Send(person, "image", new() { ["image_key"] = key })}/{key}/image"] = content;

    /// <summary>Somebody sends a voice note.</summary>
    public void SendVoice(int person, string key, byte[] content)
        => _files[$"{Send(person, "audio", new() { ["file_key"] = key, ["duration"] = 2000 })}/{key}/file"] = content;

    /// <summary>Tells the app any event.</summary>
    public void Tell(string type, JsonObject e) => _deliveries.Add(new FeishuDelivery(CallbackOf(type, e).ToJsonString(), IsRepeated: true));

    /// <summary>Tells the app any body.</summary>
    public void TellRaw(JsonObject body) => _deliveries.Add(new FeishuDelivery(body.ToJsonString(), IsRepeated: true));

    /// <summary>Tells what was told last once more.</summary>
    public void TellLastAgain() => _deliveries.Add(_deliveries.Last!);

    /// <summary>The app's last message comes back as an event.</summary>
    public void EchoLast()
    {
        var shown = Shown[^1];
        Tell("im.message.receive_v1", new JsonObject
        {
            ["sender"] = new JsonObject { ["sender_id"] = new JsonObject { ["open_id"] = BotUser }, ["sender_type"] = "app" },
            ["message"] = new JsonObject
            {
                ["message_id"] = shown.Id, ["create_time"] = "1767225600000", ["chat_id"] = shown.Chat, ["chat_type"] = "p2p", ["message_type"] = "text",
                ["content"] = new JsonObject { ["text"] = shown.Seen }.ToJsonString(),
            },
        });
    }

    /// <summary>The file a message shows; <see langword="null"/> for one that shows none.</summary>
    public (string Name, byte[] Content)? FileOf(FeishuShown shown)
        => ((string?)shown.Content["image_key"] ?? (string?)shown.Content["file_key"]) is { } key && _uploads.TryGetValue(key, out var file) ? (file.Name, file.Content) : null;

    /// <summary>The next call of a method fails so. Methods: <c>token</c>, <c>open</c>, <c>bot</c>, <c>user</c>, <c>message</c>, <c>send</c>, <c>reply</c>, <c>file</c>, <c>upload</c>.</summary>
    public void Fail(string method, FeishuFault fault) => _faults.GetOrAdd(method, _ => new()).Enqueue(fault);

    /// <summary>Whatever is sent to the chat is refused with this code.</summary>
    public void Refuse(string chat, int code) => _refused[chat] = code;

    /// <summary>The app gets another secret: what it has is taken no more.</summary>
    public void ChangeSecret()
    {
        AppSecret = "another-secret";
        EndToken();
    }

    /// <summary>The token that was given out is taken no more; another can be had.</summary>
    public void EndToken() => Interlocked.Increment(ref _token);

    /// <summary>A body, encrypted, as it is posted.</summary>
    public byte[] Encrypt(string body) => FeishuDeliveries.Encrypt(body, EncryptKey);

    /// <summary>The headers with which Feishu signs a body.</summary>
    public Dictionary<string, string> Proof(byte[] body, DateTimeOffset at) => FeishuDeliveries.Proof(body, at, EncryptKey);

    /// <summary>An event in which somebody writes in private.</summary>
    public JsonObject NewSaid(int person, string text)
        => CallbackOf("im.message.receive_v1", NewMessage(person, ChatOf(person), "p2p", "text", new() { ["text"] = text }, NextId("om_"), null));

    public JsonObject CallbackOf(string type, JsonObject e, string time = "1767225600000") => new()
    {
        ["schema"] = "2.0",
        ["header"] = new JsonObject
        {
            ["event_id"] = NextId("ev"), ["event_type"] = type, ["create_time"] = time, ["token"] = VerificationToken, ["app_id"] = AppId, ["tenant_key"] = "tk1",
        },
        ["event"] = e,
    };

    public async ValueTask DisposeAsync()
    {
        await _deliveries.DisposeAsync();
        foreach (var line in _deliveries.Lines)
        {
            line.Abort();
        }

        await _app.DisposeAsync();
    }

    private string Tell(int person, string chat, string chatType, string type, JsonObject content, Action<JsonObject>? change)
    {
        var id = NextId("om_");
        _lastSaid[chat] = id;
        _messages[id] = (chat, "user");
        Tell("im.message.receive_v1", NewMessage(person, chat, chatType, type, content, id, change));
        return id;
    }

    private static JsonObject NewMessage(int person, string chat, string chatType, string type, JsonObject content, string id, Action<JsonObject>? change)
    {
        var message = new JsonObject
        {
            ["message_id"] = id, ["create_time"] = "1767225600000", ["chat_id"] = chat, ["chat_type"] = chatType, ["message_type"] = type,
            ["content"] = content.ToJsonString(),
        };
        change?.Invoke(message);
        return new JsonObject
        {
            ["sender"] = new JsonObject
            {
                ["sender_id"] = new JsonObject { ["open_id"] = UserOf(person), ["union_id"] = $"on_{person}", ["user_id"] = $"u{person}" },
                ["sender_type"] = "user", ["tenant_key"] = "tk1",
            },
            ["message"] = message,
        };
    }

    private string NextId(string kind) => string.Create(CultureInfo.InvariantCulture, $"{kind}{Interlocked.Increment(ref _number):00000}");
}
