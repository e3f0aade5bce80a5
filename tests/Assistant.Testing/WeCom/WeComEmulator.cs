using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Assistant.Testing.Weixin;
using Microsoft.AspNetCore.Http;

namespace Assistant.Testing.WeCom;

/// <summary>A card with buttons, as a person sees it.</summary>
/// <param name="Buttons">Key and label of each.</param>
/// <param name="Pressed">What stands in place of the buttons after a press was answered.</param>
public sealed record WeComCardShown(string User, string TaskId, string Text, IReadOnlyList<(string Key, string Label)> Buttons, string? Pressed);

/// <summary>WeCom, as documented, with one app and people whose ids it writes in upper case in callbacks.</summary>
public sealed class WeComEmulator : WeixinEmulator
{
    private readonly List<(string User, string Type, string Text, bool IsChecked)> _shown = [];
    private readonly List<WeComCardShown> _cards = [];
    private readonly ConcurrentDictionary<string, (string User, string TaskId)> _responses = new();
    private readonly List<(string User, WeixinMedia File)> _filesShown = [];
    private readonly HashSet<string> _hidden = [];
    private int _id;

    public string CorpId => "ww0123456789abcdef";

    public int AgentId => 1000002;

    public string Secret => "emulated-app-secret";

    public string Token => "emulatedCallbackToken";

    public string EncodingAesKey => "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";

    /// <summary>Whether the address of the caller is one of the app's trusted ones.</summary>
    public bool TrustsAddress { get; set; } = true;

    /// <summary>What a person sees of the app's texts, oldest first.</summary>
    public IReadOnlyList<string> ShownTo(string user)
    {
        lock (_shown)
        {
            return [.. _shown.Where(message => message.User == user).Select(message => message.Text)];
        }
    }

    /// <summary>The kinds of messages a person got.</summary>
    public IReadOnlyList<string> TypesShownTo(string user)
    {
        lock (_shown)
        {
            return [.. _shown.Where(message => message.User == user).Select(message => message.Type)];
        }
    }

    /// <summary>Files of the app a person sees, oldest first.</summary>
    public IReadOnlyList<WeixinMedia> FilesShownTo(string user)
    {
        lock (_shown)
        {
            return [.. _filesShown.Where(shown => shown.User == user).Select(shown => shown.File)];
        }
    }

    public IReadOnlyList<WeComCardShown> Cards
    {
        get
        {
            lock (_shown)
            {
                return [.. _cards];
            }
        }
    }

    /// <summary>The person is not in the app's visible range.</summary>
    public void Hide(string user) => _hidden.Add(user);

    /// <summary>A message of a person.</summary>
    /// <param name="fields">What belongs to its type.</param>
    public string NewMessage(string user, string type, string fields)
        => $"<xml>{Head(user)}{Field("MsgType", type)}{fields}<MsgId>{NextId()}</MsgId><AgentID>{AgentId}</AgentID></xml>";

    /// <summary>An event a person causes.</summary>
    public string NewEvent(string user, string name, string fields)
        => $"<xml>{Head(user)}{Field("MsgType", "event")}{Field("Event", name)}{fields}<AgentID>{AgentId}</AgentID></xml>";

    /// <summary>A person presses a button of the last card that has it.</summary>
    public void Press(string user, Func<string, bool> key) => Deliver(NewPress(user, key));

    /// <summary>The event of such a press.</summary>
    public string NewPress(string user, Func<string, bool> key)
    {
        var card = Cards.Last(card => card.User == user && card.Pressed is null && card.Buttons.Any(button => key(button.Key)));
        var code = $"response-{NextId()}";
        _responses[code] = (user, card.TaskId);
        return NewEvent(
            user, "template_card_event",
            Field("EventKey", card.Buttons.First(button => key(button.Key)).Key) + Field("TaskId", card.TaskId)
            + Field("CardType", "button_interaction") + Field("ResponseCode", code));
    }

    /// <summary>The question of the console when the callback address is saved.</summary>
    public Dictionary<string, string> NewUrlCheck(string says) => Signed(Encrypt(says), Now, "echostr");

    public override (Dictionary<string, string> Query, string Body) Wrap(string xml, DateTimeOffset at)
    {
        var encrypted = Encrypt(xml);
        var query = Signed(encrypted, at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture), null);
        return (query, $"<xml>{Field("ToUserName", CorpId)}{Field("Encrypt", encrypted)}{Field("AgentID", AgentId.ToString(CultureInfo.InvariantCulture))}</xml>");
    }

    protected override bool? AsksForToken(string path, IQueryCollection query, JsonObject body)
        => path == "/cgi-bin/gettoken" ? query["corpid"] == CorpId && query["corpsecret"] == Secret : null;

    protected override bool IsSend(string path) => path == "/cgi-bin/message/send";

    // https://developer.work.weixin.qq.com/document/path/90253: what each type may be, and what it may have of bytes.
    protected override JsonObject? RefuseUpload(WeixinMedia media) => media switch
    {
        { Type: not ("image" or "voice" or "video" or "file") } => Refusal(40005, "invalid type"),
        { Content.Length: <= 5 } => Refusal(40006, "invalid media size"),
        { Type: "image", Content.Length: > 10 << 20 } => Refusal(40009, "invalid image size"),
        { Type: "voice", Content.Length: > 2 << 20 } or { Type: "file", Content.Length: > 20 << 20 } => Refusal(40006, "invalid media size"),
        { Type: "video", Content.Length: > 10 << 20 } => Refusal(40011, "invalid video size"),
        { Type: "image" } when !EndsIn(media.Name, ".jpg", ".jpeg", ".png") => Refusal(40004, "invalid media type"),
        { Type: "voice" } when !EndsIn(media.Name, ".amr") => Refusal(40004, "invalid media type"),
        { Type: "video" } when !EndsIn(media.Name, ".mp4") => Refusal(40004, "invalid media type"),
        _ => null,
    };

    protected override JsonObject Run(string path, IQueryCollection query, JsonObject body) => path switch
    {
        _ when !TrustsAddress => Refusal(60020, "not allow to access from your ip"),
        "/cgi-bin/agent/get" => query["agentid"] == AgentId.ToString(CultureInfo.InvariantCulture)
            ? new JsonObject { ["errcode"] = 0, ["errmsg"] = "ok", ["agentid"] = AgentId, ["name"] = "Assistant" }
            : Refusal(301002, "no permission to access this agent"),
        "/cgi-bin/message/send" => Send(body),
        "/cgi-bin/message/update_template_card" => Update(body),
        _ => Refusal(40066, "invalid url"),
    };

    private JsonObject Send(JsonObject body)
    {
        var user = ((string?)body["touser"] ?? "").ToLowerInvariant();
        var type = (string?)body["msgtype"] ?? "";
        if ((int?)body["agentid"] != AgentId)
        {
            return Refusal(40056, "invalid agentid");
        }

        if (user.Length == 0 || _hidden.Contains(user))
        {
            return Refusal(81013, "user & party & tag all invalid");
        }

        var id = $"sent-{NextId()}";
        var success = Success();
        success["msgid"] = id;
        lock (_shown)
        {
            switch (type)
            {
                case "text" or "markdown":
                    Show(user, type, (string?)body[type]?["content"] ?? "", (int?)body["enable_duplicate_check"] == 1);
                    return success;
                case "template_card":
                    return ShowCard(user, body["template_card"]!.AsObject()) ? success : Refusal(40016, "invalid template card");
                case "image" or "voice" or "video" or "file":
                    if (MediaIn(body, type) is not { } media)
                    {
                        return Refusal(40007, "invalid media_id");
                    }

                    _filesShown.Add((user, media));
                    return success;
                default:
                    return Refusal(40008, "invalid message type");
            }
        }
    }

    private void Show(string user, string type, string text, bool isChecked)
    {
        // Whether an earlier message counts that did not ask for the check is not documented; here it does.
        if (!isChecked || !_shown.Any(message => message.User == user && message.Text == text))
        {
            _shown.Add((user, type, Shown(text), isChecked));
        }
    }

    private bool ShowCard(string user, JsonObject card)
    {
        var task = (string?)card["task_id"] ?? "";
        var buttons = card["button_list"]!.AsArray().Select(button => ((string)button!["key"]!, (string)button["text"]!)).ToList();
        if (task.Length is 0 or > 128 || task.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-' or '@')) || _cards.Any(other => other.TaskId == task)
            || buttons.Count is 0 or > 6 || buttons.Any(button => Encoding.UTF8.GetByteCount(button.Item1) > 1024)
            || (string?)card["card_type"] != "button_interaction" || string.IsNullOrEmpty((string?)card["sub_title_text"]))
        {
            return false;
        }

        _cards.Add(new WeComCardShown(user, task, (string)card["sub_title_text"]!, buttons, null));
        return true;
    }

    private JsonObject Update(JsonObject body)
    {
        if (!_responses.TryRemove((string?)body["response_code"] ?? "", out var pressed) || (int?)body["agentid"] != AgentId)
        {
            return Refusal(41064, "invalid response_code");
        }

        lock (_shown)
        {
            var index = _cards.FindIndex(card => card.User == pressed.User && card.TaskId == pressed.TaskId);
            _cards[index] = _cards[index] with { Pressed = (string?)body["button"]?["replace_name"] };
        }

        return Success();
    }

    private string Head(string user)
        => $"{Field("ToUserName", CorpId)}{Field("FromUserName", user.ToUpperInvariant())}<CreateTime>{Now}</CreateTime>";

    private long NextId() => 7_300_000_000_000_000_000 + Interlocked.Increment(ref _id);

    private string Encrypt(string text) => WeixinSeal.Encrypt(EncodingAesKey, RandomNumberGenerator.GetBytes(16), text, CorpId);

    private Dictionary<string, string> Signed(string encrypted, string timestamp, string? name)
    {
        var nonce = NewNonce();
        var query = new Dictionary<string, string>
        {
            ["msg_signature"] = WeixinSeal.Sign(Token, timestamp, nonce, encrypted), ["timestamp"] = timestamp, ["nonce"] = nonce,
        };
        if (name is not null)
        {
            query[name] = encrypted;
        }

        return query;
    }
}
