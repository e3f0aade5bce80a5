using System.Globalization;
using System.Text.Json.Nodes;
using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Calls;
using Assistant.Infrastructure.Messaging.Weixin;

namespace Assistant.Infrastructure.Messaging.Channels.WeCom;

/// <summary>The calls this channel makes, by name.</summary>
internal sealed class WeComApi(MessengerHttp http, WeComSettings settings, TimeProvider time) : IDisposable
{
    private readonly WeixinApi _api = new(WeComChannel.Name, http, settings.ApiBaseUrl, () => AskToken(settings), time);

    public Task<WeixinAnswer?> SignInAsync(CancellationToken cancellationToken) => _api.SignInAsync(cancellationToken);

    /// <summary>The app as its console knows it; <c>name</c> is in the answer. Refused to addresses the console does not trust.</summary>
    public Task<WeixinAnswer> ReadAppAsync(CancellationToken cancellationToken)
        => _api.GetAsync("/cgi-bin/agent/get", $"agentid={Uri.EscapeDataString(settings.AgentId)}&", cancellationToken);

    /// <param name="body">What is shown; whom to and by which app is added here.</param>
    public Task<WeixinAnswer> SendAsync(string user, JsonObject body, CancellationToken cancellationToken)
    {
        body["touser"] = user;
        body["agentid"] = AgentId;
        return _api.PostAsync("/cgi-bin/message/send", body, cancellationToken);
    }

    /// <summary>Shows on a card which button was pressed, and takes no further press.</summary>
    /// <param name="responseCode">From the press; good for one call within 72 hours.</param>
    public Task<WeixinAnswer> CloseCardAsync(string user, string responseCode, string label, CancellationToken cancellationToken)
        => _api.PostAsync(
            "/cgi-bin/message/update_template_card",
            new JsonObject
            {
                ["userids"] = new JsonArray(user), ["agentid"] = AgentId, ["response_code"] = responseCode,
                ["button"] = new JsonObject { ["replace_name"] = label },
            },
            cancellationToken);

    /// <inheritdoc cref="WeixinApi.UploadAsync"/>
    public Task<WeixinAnswer> UploadAsync(string type, OutboundFile file, CancellationToken cancellationToken) => _api.UploadAsync(type, file, cancellationToken);

    public Task<Stream> OpenMediaAsync(string mediaId, CancellationToken cancellationToken) => _api.OpenMediaAsync(mediaId, tellsFilmPlaces: false, cancellationToken);

    public void Dispose() => _api.Dispose();

    private JsonNode? AgentId => long.TryParse(settings.AgentId, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : settings.AgentId;

    private static HttpRequestMessage AskToken(WeComSettings settings) => new(
        HttpMethod.Get,
        $"{settings.ApiBaseUrl}/cgi-bin/gettoken?corpid={Uri.EscapeDataString(settings.CorpId)}&corpsecret={Uri.EscapeDataString(settings.Secret)}");
}
