using System.Text.Json.Nodes;
using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Calls;
using Assistant.Infrastructure.Messaging.Weixin;

namespace Assistant.Infrastructure.Messaging.Channels.WeChat;

/// <summary>The calls this channel makes, by name.</summary>
internal sealed class WeChatApi(MessengerHttp http, WeChatSettings settings, TimeProvider time) : IDisposable
{
    private readonly WeixinApi _api = new(WeChatChannel.Name, http, settings.ApiBaseUrl, () => AskToken(settings), time);

    public Task<WeixinAnswer?> SignInAsync(CancellationToken cancellationToken) => _api.SignInAsync(cancellationToken);

    public Task<WeixinAnswer> SendTextAsync(string openId, string text, CancellationToken cancellationToken)
        => SendAsync(openId, "text", new JsonObject { ["content"] = text }, cancellationToken);

    /// <param name="type">What it was handed in as.</param>
    public Task<WeixinAnswer> SendMediaAsync(string openId, string type, string mediaId, CancellationToken cancellationToken)
        => SendAsync(openId, type, new JsonObject { ["media_id"] = mediaId }, cancellationToken);

    /// <inheritdoc cref="WeixinApi.UploadAsync"/>
    public Task<WeixinAnswer> UploadAsync(string type, OutboundFile file, CancellationToken cancellationToken) => _api.UploadAsync(type, file, cancellationToken);

    public Task<WeixinAnswer> ShowTypingAsync(string openId, CancellationToken cancellationToken)
        => _api.PostAsync("/cgi-bin/message/custom/typing", new JsonObject { ["touser"] = openId, ["command"] = "Typing" }, cancellationToken);

    public Task<Stream> OpenMediaAsync(string mediaId, CancellationToken cancellationToken) => _api.OpenMediaAsync(mediaId, tellsFilmPlaces: true, cancellationToken);

    public void Dispose() => _api.Dispose();

    private Task<WeixinAnswer> SendAsync(string openId, string type, JsonObject content, CancellationToken cancellationToken)
        => _api.PostAsync("/cgi-bin/message/custom/send", new JsonObject { ["touser"] = openId, ["msgtype"] = type, [type] = content }, cancellationToken);

    // The stable token: asking for it does not end the one another program of the same account has.
    private static HttpRequestMessage AskToken(WeChatSettings settings) => new(HttpMethod.Post, $"{settings.ApiBaseUrl}/cgi-bin/stable_token")
    {
        Content = WeixinApi.ContentOf(new JsonObject
        {
            ["grant_type"] = "client_credential", ["appid"] = settings.AppId, ["secret"] = settings.AppSecret,
        }),
    };
}
