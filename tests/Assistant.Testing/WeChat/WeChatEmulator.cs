using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Assistant.Testing.Weixin;
using Microsoft.AspNetCore.Http;

namespace Assistant.Testing.WeChat;

/// <summary>How an account sends its messages.</summary>
public enum WeChatMode { Plain, Compatible, Secure }

/// <summary>WeChat, as documented, with one Official Account. People may be written to for 48 hours after they wrote.</summary>
public sealed class WeChatEmulator(WeChatMode mode = WeChatMode.Secure) : WeixinEmulator
{
    private readonly List<(string OpenId, string Text)> _shown = [];
    private readonly List<(string OpenId, WeixinMedia File)> _filesShown = [];
    private readonly HashSet<string> _left = [];
    private readonly List<string> _typing = [];
    private int _id;

    public string AppId => "wxb11529c136998cb6";

    public string AppSecret => "emulated-account-secret";

    public string Token => "emulatedServerToken";

    public string EncodingAesKey => "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";

    public string AccountId => "gh_0123456789ab";

    /// <summary>Who was shown that the assistant is writing.</summary>
    public IReadOnlyList<string> Typing
    {
        get
        {
            lock (_shown)
            {
                return [.. _typing];
            }
        }
    }

    public IReadOnlyList<string> ShownTo(string openId)
    {
        lock (_shown)
        {
            return [.. _shown.Where(message => message.OpenId == openId).Select(message => message.Text)];
        }
    }

    /// <summary>Files of the account a person sees, oldest first.</summary>
    public IReadOnlyList<WeixinMedia> FilesShownTo(string openId)
    {
        lock (_shown)
        {
            return [.. _filesShown.Where(shown => shown.OpenId == openId).Select(shown => shown.File)];
        }
    }

    /// <summary>The person wrote too long ago.</summary>
    public void CloseWindow(string openId) => _left.Add(openId);

    public string NewMessage(string openId, string type, string fields)
        => $"<xml>{Head(openId)}{Field("MsgType", type)}{fields}<MsgId>{24_500_000_000_000_000 + Interlocked.Increment(ref _id)}</MsgId></xml>";

    public string NewEvent(string openId, string name, string fields) => $"<xml>{Head(openId)}{Field("MsgType", "event")}{Field("Event", name)}{fields}</xml>";

    /// <summary>The question of the console when the callback address is saved.</summary>
    public Dictionary<string, string> NewUrlCheck(string says)
    {
        var query = Signed(Now, NewNonce());
        query["echostr"] = says;
        return query;
    }

    public override (Dictionary<string, string> Query, string Body) Wrap(string xml, DateTimeOffset at)
    {
        var (timestamp, nonce) = (at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture), NewNonce());
        var query = Signed(timestamp, nonce);
        if (mode == WeChatMode.Plain)
        {
            return (query, xml);
        }

        var encrypted = WeixinSeal.Encrypt(EncodingAesKey, RandomNumberGenerator.GetBytes(16), xml, AppId);
        query["encrypt_type"] = "aes";
        query["msg_signature"] = WeixinSeal.Sign(Token, timestamp, nonce, encrypted);
        return (query, mode == WeChatMode.Compatible
            ? xml.Replace("</xml>", $"{Field("Encrypt", encrypted)}</xml>", StringComparison.Ordinal)
            : $"<xml>{Field("ToUserName", AccountId)}{Field("Encrypt", encrypted)}</xml>");
    }

    protected override bool? AsksForToken(string path, IQueryCollection query, JsonObject body) => path == "/cgi-bin/stable_token"
        ? (string?)body["grant_type"] == "client_credential" && (string?)body["appid"] == AppId && (string?)body["secret"] == AppSecret
        : null;

    protected override bool IsSend(string path) => path == "/cgi-bin/message/custom/send";

    // https://developers.weixin.qq.com/doc/service/api/material/temporary/api_uploadtempmedia
    protected override JsonObject? RefuseUpload(WeixinMedia media) => media switch
    {
        { Type: not ("image" or "voice" or "video") } => Refusal(40004, "invalid media type"),
        { Content.Length: 0 } => Refusal(44001, "empty media data"),
        { Type: "image" } when !EndsIn(media.Name, ".jpg", ".jpeg", ".png", ".gif") => Refusal(40005, "invalid file type"),
        { Type: "voice" } when !EndsIn(media.Name, ".amr", ".mp3") => Refusal(40005, "invalid file type"),
        { Type: "video" } when !EndsIn(media.Name, ".mp4") => Refusal(40005, "invalid file type"),
        { Type: "image", Content.Length: > 10 << 20 } => Refusal(40009, "invalid image size"),
        { Type: "voice", Content.Length: > 2 << 20 } => Refusal(40010, "invalid voice size"),
        { Type: "video", Content.Length: > 10 << 20 } => Refusal(40011, "invalid video size"),
        _ => null,
    };

    protected override JsonObject Run(string path, IQueryCollection query, JsonObject body)
    {
        var openId = (string?)body["touser"] ?? "";
        lock (_shown)
        {
            switch (path)
            {
                case "/cgi-bin/message/custom/send" when _left.Contains(openId):
                    return Refusal(45015, "response out of time limit or subscription is canceled");
                case "/cgi-bin/message/custom/send" when (string?)body["msgtype"] == "text":
                    _shown.Add((openId, Shown((string?)body["text"]?["content"] ?? "")));
                    return Success();
                case "/cgi-bin/message/custom/send" when (string?)body["msgtype"] is "image" or "voice" or "video":
                    if (MediaIn(body, (string)body["msgtype"]!) is not { } media)
                    {
                        return Refusal(40007, "invalid media_id");
                    }

                    _filesShown.Add((openId, media));
                    return Success();
                case "/cgi-bin/message/custom/typing" when !openId.StartsWith('o'):
                    return Refusal(40003, "invalid openid");
                case "/cgi-bin/message/custom/typing" when (string?)body["command"] == "Typing":
                    _typing.Add(openId);
                    return Success();
                default:
                    return Refusal(40008, "invalid message type");
            }
        }
    }

    private string Head(string openId) => $"{Field("ToUserName", AccountId)}{Field("FromUserName", openId)}<CreateTime>{Now}</CreateTime>";

    private Dictionary<string, string> Signed(string timestamp, string nonce)
        => new() { ["signature"] = WeixinSeal.Sign(Token, timestamp, nonce), ["timestamp"] = timestamp, ["nonce"] = nonce };
}
