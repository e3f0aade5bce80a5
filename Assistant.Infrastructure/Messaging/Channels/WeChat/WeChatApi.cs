using System.Text.Json.Nodes;
using Assistant.Infrastructure.Messaging.Calls;
using Assistant.Infrastructure.Messaging.Weixin;

namespace Assistant.Infrastructure.Messaging.Channels.WeChat;

/// <summary>The calls this channel makes, by name.</summary>
internal sealed class WeChatApi(MessengerHttp http, WeChatSettings settings, TimeProvider time) : IDisposable
{
    private readonly WeixinApi _api = new(WeChatChannel.Name, http, settings.ApiBaseUrl, () => AskToken(settings), time);

    public Task<WeixinAnswer?> SignInAsync(CancellationToken cancellationToken) => _api.SignInAsync(cancellationToken);

    public Task<WeixinAnswer> SendTextAsync(string openId, string text, CancellationToken cancellationToken)
        => _api.PostAsync(
            "/cgi-bin/message/custom/send",
            new JsonObject { ["touser"] = openId, ["msgtype"] = "text", ["text"] = new JsonObject { ["content"] = text } },
            cancellationToken);

    public Task<WeixinAnswer> ShowTypingAsync(string openId, CancellationToken cancellationToken)
        => _api.PostAsync("/cgi-bin/message/custom/typing", new JsonObject { ["touser"] = openId, ["command"] = "Typing" }, cancellationToken);

    public Task<Stream> OpenMediaAsync(string mediaId, CancellationToken cancellationToken) => _api.OpenMediaAsync(mediaId, cancellationToken);

    public void Dispose() => _api.Dispose();

    // The stable token: asking for it does not end the one another program of the same account has.
    private static HttpRequestMessage AskToken(WeChatSettings settings) => new(HttpMethod.Post, $"{settings.ApiBaseUrl}/cgi-bin/stable_token")
    {
        Content = WeixinApi.ContentOf(new JsonObject
        {
            ["grant_type"] = "client_credential", ["appid"] = settings.AppId, ["secret"] = settings.AppSecret,
        }),
    };
}
