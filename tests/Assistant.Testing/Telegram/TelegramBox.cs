using System.Text;
using System.Text.Json.Nodes;

namespace Assistant.Testing.Telegram;

/// <summary>A message as people see it in an emulated chat.</summary>
/// <param name="Entities">As sent, or <see langword="null"/>.</param>
/// <param name="Markup">As sent, or <see langword="null"/>.</param>
public sealed record EmulatedMessage(
    long Chat, int Id, bool IsBots, string Text, JsonArray? Entities, JsonNode? Markup, int? Thread, int? ReplyTo, bool IsDeleted = false, int Edits = 0)
{
    /// <summary>The file it shows; <see langword="null"/> for a text.</summary>
    public EmulatedFile? File { get; init; }
}

/// <summary>A file as people see it.</summary>
/// <param name="Method">Of the call that sent it: how it looks.</param>
public sealed record EmulatedFile(string Method, string Name, byte[] Content);

/// <summary>The chats of the emulated messenger. Private chats and basic groups share one counter of message ids; a supergroup has its own.</summary>
internal sealed class TelegramBox
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(long Chat, int Id), EmulatedMessage> _messages = [];
    private readonly Dictionary<long, List<int>> _order = [];
    private readonly Dictionary<long, int> _supergroupIds = [];
    private readonly HashSet<long> _blocked = [];
    private readonly HashSet<long> _unknown = [];
    private int _sharedId;

    public event Action<EmulatedMessage>? Shown;

    public void Block(long chat) => Change(() => _blocked.Add(chat));

    public void Forget(long chat) => Change(() => _unknown.Add(chat));

    /// <summary>Takes the next id of the chat's counter without a message: a service message, or another program's.</summary>
    public int NextId(long chat)
    {
        lock (_lock)
        {
            return chat <= -1_000_000_000_000 ? _supergroupIds[chat] = _supergroupIds.GetValueOrDefault(chat) + 1 : ++_sharedId;
        }
    }

    public EmulatedMessage Put(EmulatedMessage message)
    {
        lock (_lock)
        {
            message = message.Id == 0 ? message with { Id = NextId(message.Chat) } : message;
            var isNew = _messages.TryAdd((message.Chat, message.Id), message);
            _messages[(message.Chat, message.Id)] = message;
            if (!_order.TryGetValue(message.Chat, out var order))
            {
                _order[message.Chat] = order = [];
            }

            if (isNew)
            {
                order.Add(message.Id);
            }
        }

        return message;
    }

    public EmulatedMessage? Find(long chat, int id)
    {
        lock (_lock)
        {
            return _messages.GetValueOrDefault((chat, id));
        }
    }

    /// <summary>The bot's message with this id of the shared counter, in whatever chat.</summary>
    public EmulatedMessage? FindShown(int id) => All().FirstOrDefault(m => m.IsBots && m.Id == id && m.Chat > -1_000_000_000_000);

    public IReadOnlyList<EmulatedMessage> Of(long chat)
    {
        lock (_lock)
        {
            return _order.TryGetValue(chat, out var order) ? [.. order.Select(id => _messages[(chat, id)])] : [];
        }
    }

    private List<EmulatedMessage> All()
    {
        lock (_lock)
        {
            return [.. _messages.Values];
        }
    }

    /// <summary>Shows a message of the bot, or throws what the Bot API would answer.</summary>
    public EmulatedMessage Send(JsonObject call)
    {
        var (chat, text) = (ChatOf(call), (string?)call["text"] ?? "");
        Check(chat, text, call["entities"] as JsonArray, call["reply_markup"]);
        return Show(call, chat, text, null);
    }

    /// <summary>Shows a file of the bot, or throws what the Bot API would answer.</summary>
    public EmulatedMessage SendFile(JsonObject call, EmulatedFile? file)
    {
        var chat = ChatOf(call);
        CheckChat(chat);
        return Show(call, chat, "", file ?? throw new TelegramRefusal(400, "Bad Request: there is no file in the request"));
    }

    private EmulatedMessage Show(JsonObject call, long chat, string text, EmulatedFile? file)
    {
        var replyTo = call["reply_parameters"] is JsonObject reply ? Number(reply["message_id"]) : null;
        if (replyTo is { } original && Find(chat, original) is null)
        {
            replyTo = (bool?)call["reply_parameters"]!["allow_sending_without_reply"] == true
                ? null
                : throw new TelegramRefusal(400, "Bad Request: message to be replied not found");
        }

        var message = Put(new EmulatedMessage(
            chat, 0, true, text.Trim(), call["entities"]?.DeepClone() as JsonArray, Keyboard(call), Number(call["message_thread_id"]), replyTo)
        { File = file });
        Shown?.Invoke(message);
        return message;
    }

    public EmulatedMessage EditText(JsonObject call)
    {
        var message = Editable(call);
        var text = (string?)call["text"] ?? "";
        Check(message.Chat, text, call["entities"] as JsonArray, call["reply_markup"]);
        var edited = message with { Text = text.Trim(), Entities = call["entities"]?.DeepClone() as JsonArray, Markup = Keyboard(call) };
        return Replace(message, edited);
    }

    public EmulatedMessage EditMarkup(JsonObject call)
    {
        var message = Editable(call);
        return Replace(message, message with { Markup = Keyboard(call) });
    }

    public void Delete(JsonObject call)
    {
        var message = Find(ChatOf(call), Number(call["message_id"]) ?? 0);
        Put(message is { IsDeleted: false } ? message with { IsDeleted = true } : throw new TelegramRefusal(400, "Bad Request: message to delete not found"));
    }

    private EmulatedMessage Editable(JsonObject call) => Find(ChatOf(call), Number(call["message_id"]) ?? 0) switch
    {
        null or { IsDeleted: true } => throw new TelegramRefusal(400, "Bad Request: message to edit not found"),
        { IsBots: false } => throw new TelegramRefusal(400, "Bad Request: message can't be edited"),
        var message => message,
    };

    private EmulatedMessage Replace(EmulatedMessage before, EmulatedMessage after)
    {
        if (before.Text == after.Text && JsonNode.DeepEquals(before.Entities, after.Entities) && JsonNode.DeepEquals(before.Markup, after.Markup))
        {
            throw new TelegramRefusal(400,
                "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message");
        }

        return Put(after with { Edits = before.Edits + 1 });
    }

    private void CheckChat(long chat)
    {
        lock (_lock)
        {
            if (_blocked.Contains(chat))
            {
                throw new TelegramRefusal(403, "Forbidden: bot was blocked by the user");
            }

            if (_unknown.Contains(chat))
            {
                throw new TelegramRefusal(400, "Bad Request: chat not found");
            }
        }
    }

    private void Check(long chat, string text, JsonArray? entities, JsonNode? markup)
    {
        CheckChat(chat);
        if (string.IsNullOrWhiteSpace(text))
        {
            throw new TelegramRefusal(400, "Bad Request: message text is empty");
        }

        if (text.Length > 4096)
        {
            throw new TelegramRefusal(400, "Bad Request: message is too long");
        }

        CheckEntities(text, entities);
        foreach (var button in (markup?["inline_keyboard"] as JsonArray ?? []).SelectMany(row => row as JsonArray ?? []))
        {
            if (Encoding.UTF8.GetByteCount((string?)button?["callback_data"] ?? "") is 0 or > 64)
            {
                throw new TelegramRefusal(400, "Bad Request: BUTTON_DATA_INVALID");
            }
        }
    }

    /// <summary>Stricter than the real service, which mends some of this: an entity out of range, halving a character or crossing another.</summary>
    private static void CheckEntities(string text, JsonArray? entities)
    {
        var open = new Stack<int>();
        foreach (var (start, end, type) in (entities ?? [])
            .Select(e => (Start: Number(e!["offset"]) ?? -1, End: (Number(e["offset"]) ?? -1) + (Number(e["length"]) ?? 0), Type: (string?)e["type"]))
            .OrderBy(e => e.Start).ThenByDescending(e => e.End))
        {
            if (start < 0 || end <= start || end > text.Length || Halves(text, start) || Halves(text, end))
            {
                throw new TelegramRefusal(400, $"Bad Request: can't parse entities: {type} at {start}..{end}");
            }

            while (open.TryPeek(out var outer) && outer <= start)
            {
                open.Pop();
            }

            if (open.TryPeek(out var around) && end > around)
            {
                throw new TelegramRefusal(400, $"Bad Request: can't parse entities: {type} at {start}..{end} crosses another");
            }

            open.Push(end);
        }

        static bool Halves(string text, int index) => index < text.Length && char.IsLowSurrogate(text[index]);
    }

    private void Change(Action change)
    {
        lock (_lock)
        {
            change();
        }
    }

    private static JsonNode? Keyboard(JsonObject call) => call["reply_markup"] is JsonObject { Count: > 0 } markup ? markup.DeepClone() : null;

    private static long ChatOf(JsonObject call)
        => long.TryParse(call["chat_id"]?.ToString(), out var chat) ? chat : throw new TelegramRefusal(400, "Bad Request: chat_id is empty");

    private static int? Number(JsonNode? node) => int.TryParse(node?.ToString(), out var number) ? number : null;
}

/// <summary>An error answer of the emulated Bot API.</summary>
internal sealed class TelegramRefusal(int code, string description) : InvalidOperationException(description)
{
    public int Code => code;
}
