using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Assistant.Testing.Telegram;

/// <summary>A call the bot made.</summary>
public sealed record TelegramCall(string Method, JsonObject Parameters);

/// <summary>
/// The Bot API on a real port, as documented: updates stay until confirmed, two pollers conflict, webhooks are repeated until 2xx,
/// texts, entities and buttons are checked, edits answer as Telegram's do. Faults are put in by the test. Safe for concurrent use.
/// </summary>
public sealed partial class TelegramEmulator : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly TelegramBox _box = new();
    private readonly TelegramUpdateQueue _updates = new(700_001);
    private readonly ConcurrentDictionary<string, ConcurrentQueue<TelegramFault>> _faults = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentQueue<TelegramCall> _calls = new();
    private readonly ConcurrentDictionary<string, byte[]> _files = new();
    private readonly string? _shownLog;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _queryId;
    private int _fetches;

    private TelegramEmulator(string token, string username, int port, string? shownLog)
    {
        (Token, BotUsername, _shownLog) = (token, username, shownLog);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        _app = builder.Build();
        _app.Run(HandleAsync);
        _box.Shown += OnShown;
    }

    public string Token { get; }

    /// <summary>May change while the bot runs.</summary>
    public string BotUsername { get; set; }

    public long BotId => long.Parse(Token.Split(':')[0], System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>For the channel's <c>apiBaseUrl</c>.</summary>
    public string BaseUrl => _app.Urls.First();

    public IReadOnlyList<TelegramCall> Calls => [.. _calls];

    /// <summary>Answers every edit of markup with a message, as simpler imitations of the Bot API do: the one shown, or one without a text.</summary>
    public bool IsLenient { get; set; }

    public int UnconfirmedUpdates => _updates.Count;

    public string? WebhookUrl => _updates.WebhookUrl;

    /// <param name="port">0 for any free port.</param>
    /// <param name="shownLog">A file that gets one JSON line for each message shown, for tests whose processes die.</param>
    public static async Task<TelegramEmulator> StartAsync(
        string token = "7000:emulated-token", string username = "assistant_bot", int port = 0, string? shownLog = null)
    {
        var emulator = new TelegramEmulator(token, username, port, shownLog);
        await emulator._app.StartAsync();
        return emulator;
    }

    /// <summary>Somebody writes to the bot in private.</summary>
    /// <returns>The message's id.</returns>
    public int Say(long user, string text, Action<JsonObject>? change = null) => Say(user, user, "private", text, change);

    /// <summary>Somebody writes in a group; a chat id of <c>-100…</c> is a supergroup's.</summary>
    public int SayInGroup(long chat, long user, string text, Action<JsonObject>? change = null)
        => Say(chat, user, chat <= -1_000_000_000_000 ? "supergroup" : "group", text, change);

    /// <summary>Somebody edits what they wrote.</summary>
    public void Edit(long user, int messageId, string text)
    {
        var message = Message(user, user, "private", messageId);
        message["text"] = text;
        message["edit_date"] = Now();
        _updates.Add(new JsonObject { ["edited_message"] = message });
    }

    /// <summary>Somebody changes what they react with to a message.</summary>
    /// <param name="emoji">All of it; none takes everything back.</param>
    public void React(long chat, long user, int messageId, bool isBot, params IEnumerable<string> emoji)
    {
        var from = User(user);
        from["is_bot"] = isBot;
        _updates.Add(new JsonObject
        {
            ["message_reaction"] = new JsonObject
            {
                ["chat"] = new JsonObject { ["id"] = chat, ["type"] = chat > 0 ? "private" : "group" }, ["message_id"] = messageId, ["user"] = from, ["date"] = Now(),
                ["old_reaction"] = new JsonArray(),
                ["new_reaction"] = new JsonArray([.. emoji.Select(name => new JsonObject { ["type"] = "emoji", ["emoji"] = name })]),
            },
        });
    }

    /// <summary>Somebody presses a button under a message of the bot.</summary>
    /// <returns>The query's id, to be answered.</returns>
    public string Press(long user, int messageId, string data)
    {
        var shown = _box.Find(user, messageId) ?? throw new InvalidOperationException($"There is no message {messageId} in chat {user}.");
        var id = $"query-{Interlocked.Increment(ref _queryId)}";
        _updates.Add(new JsonObject
        {
            ["callback_query"] = new JsonObject
            {
                ["id"] = id, ["from"] = User(user), ["chat_instance"] = "1", ["data"] = data, ["message"] = Render(shown),
            },
        });
        return id;
    }

    /// <summary>Queues any update; its id is given here.</summary>
    public int Inject(JsonObject update) => _updates.Add(update);

    /// <summary>Something takes an id of the chat's counter that the bot never hears of.</summary>
    public int SkipMessageId(long chat) => _box.NextId(chat);

    /// <summary>Puts a message of the bot into a chat as if an earlier call had: the state a crash leaves behind.</summary>
    public EmulatedMessage Show(long chat, string text, JsonNode? markup = null) => _box.Put(new EmulatedMessage(chat, 0, true, text, null, markup, null, null));

    public void AddFile(string fileId, byte[] content) => _files[fileId] = content;

    /// <summary>While set, of every file half is sent and the rest never comes, until whoever fetches it goes away.</summary>
    public bool SendsHalves { get; set; }

    /// <summary>How often a file was asked for.</summary>
    public int Fetches => Volatile.Read(ref _fetches);

    /// <summary>The person blocks the bot.</summary>
    public void Block(long chat) => _box.Block(chat);

    /// <summary>The chat is not known to the bot.</summary>
    public void Forget(long chat) => _box.Forget(chat);

    /// <summary>The next calls of the method end so, one fault each.</summary>
    public void Fail(string method, params TelegramFault[] faults)
    {
        var queue = _faults.GetOrAdd(method, _ => new());
        foreach (var fault in faults)
        {
            queue.Enqueue(fault);
        }
    }

    /// <summary>What a chat shows, people's messages included, deleted ones left out.</summary>
    public IReadOnlyList<EmulatedMessage> MessagesOf(long chat) => [.. _box.Of(chat).Where(m => !m.IsDeleted)];

    /// <summary>What the bot said in a chat.</summary>
    public IReadOnlyList<EmulatedMessage> SaidBy(long chat) => [.. MessagesOf(chat).Where(m => m.IsBots)];

    /// <summary>Waits until the condition holds; it is looked at after every call and message.</summary>
    public async Task WaitAsync(Func<TelegramEmulator, bool> condition, CancellationToken cancellationToken, TimeSpan? patience = null)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        end.CancelAfter(patience ?? TimeSpan.FromSeconds(20));
        while (true)
        {
            var changed = Volatile.Read(ref _changed).Task;
            if (condition(this))
            {
                return;
            }

            await changed.WaitAsync(end.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
        _updates.Dispose();
    }

    private int Say(long chat, long user, string type, string text, Action<JsonObject>? change)
    {
        var id = _box.NextId(chat);
        _box.Put(new EmulatedMessage(chat, id, false, text, null, null, null, null));
        var message = Message(chat, user, type, id);
        message["text"] = text;
        change?.Invoke(message);
        _updates.Add(new JsonObject { ["message"] = message });
        return id;
    }

    private static JsonObject Message(long chat, long user, string type, int id) => new()
    {
        ["message_id"] = id,
        ["from"] = User(user),
        ["chat"] = type == "private"
            ? new JsonObject { ["id"] = chat, ["type"] = type, ["first_name"] = $"User{user}" }
            : new JsonObject { ["id"] = chat, ["type"] = type, ["title"] = $"Group{-chat}" },
        ["date"] = Now(),
    };

    private static JsonObject User(long user)
        => new() { ["id"] = user, ["is_bot"] = false, ["first_name"] = $"User{user}", ["username"] = $"user{user}", ["language_code"] = "en" };

    private static long Now() => TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();

    private JsonObject Bot() => new()
    {
        ["id"] = BotId, ["is_bot"] = true, ["first_name"] = "Assistant", ["username"] = BotUsername, ["can_join_groups"] = true,
        ["can_read_all_group_messages"] = false, ["supports_inline_queries"] = false,
    };

    private JsonObject Render(EmulatedMessage message)
    {
        var rendered = Message(message.Chat, message.Chat, message.Chat > 0 ? "private" : message.Chat <= -1_000_000_000_000 ? "supergroup" : "group", message.Id);
        rendered["from"] = message.IsBots ? Bot() : User(message.Chat);
        if (message.File is { } file)
        {
            rendered["document"] = new JsonObject { ["file_id"] = $"shown-{message.Id}", ["file_unique_id"] = $"u{message.Id}", ["file_name"] = file.Name, ["file_size"] = file.Content.Length };
            return rendered;
        }

        rendered["text"] = message.Text;
        if (message.Entities is not null)
        {
            rendered["entities"] = message.Entities.DeepClone();
        }

        if (message.Markup is not null)
        {
            rendered["reply_markup"] = message.Markup.DeepClone();
        }

        return rendered;
    }
}
