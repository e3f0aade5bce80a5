using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Slack;

/// <summary>How a call to the Web API ended.</summary>
/// <param name="Answer">What Slack says; <see langword="null"/> when there is no answer that can be read.</param>
/// <param name="Scopes">What the token may do, in Slack's words; <see langword="null"/> when Slack does not say.</param>
internal sealed record SlackReply(CallOutcome Outcome, SlackAnswer? Answer, IReadOnlyList<string>? Scopes)
{
    public bool IsOk => Answer is { Ok: true };
}

/// <summary>The few methods of the Web API that are used. HTTP only: what an answer means is said elsewhere.</summary>
/// <remarks>Tokens go in a header, so that no address holds one.</remarks>
internal sealed class SlackClient(MessengerHttp http, SlackSettings settings)
{
    /// <summary>Whose token this is.</summary>
    public Task<SlackReply> TestAsync(CancellationToken cancellationToken) => CallAsync("auth.test", settings.BotToken, new FormUrlEncodedContent([]), cancellationToken);

    /// <summary>The address of a new socket, good for one connection.</summary>
    public Task<SlackReply> OpenSocketAsync(CancellationToken cancellationToken)
        => CallAsync("apps.connections.open", settings.AppToken, new FormUrlEncodedContent([]), cancellationToken);

    public Task<SlackReply> FindUserAsync(string user, CancellationToken cancellationToken)
        => CallAsync("users.info", settings.BotToken, new FormUrlEncodedContent([new("user", user), new("include_locale", "true")]), cancellationToken);

    public Task<SlackReply> PostAsync(SlackPost post, CancellationToken cancellationToken)
        => CallAsync("chat.postMessage", settings.BotToken, Json(JsonSerializer.SerializeToUtf8Bytes(post, SlackJson.Default.SlackPost)), cancellationToken);

    /// <summary>An address to hand a file in at.</summary>
    public Task<SlackReply> FindUploadAsync(string name, long sizeBytes, CancellationToken cancellationToken) => CallAsync(
        "files.getUploadURLExternal", settings.BotToken,
        new FormUrlEncodedContent([new("filename", name), new("length", sizeBytes.ToString(CultureInfo.InvariantCulture))]), cancellationToken);

    /// <summary>Hands a file in. The address is the permission: no token goes along.</summary>
    /// <param name="address">One of Slack's own.</param>
    public async Task<CallOutcome> UploadAsync(Uri address, Stream content, long sizeBytes, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new StreamContent(content) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        request.Content.Headers.ContentLength = sizeBytes;
        return await http.UploadAsync(SlackChannel.Name, request, cancellationToken);
    }

    /// <summary>Shows files that were handed in.</summary>
    public Task<SlackReply> ShareAsync(SlackShare share, CancellationToken cancellationToken) => CallAsync(
        "files.completeUploadExternal", settings.BotToken, Json(JsonSerializer.SerializeToUtf8Bytes(share, SlackJson.Default.SlackShare)), cancellationToken);

    private static ByteArrayContent Json(byte[] json)
        => new(json) { Headers = { ContentType = new MediaTypeHeaderValue("application/json", "utf-8") } };

    private async Task<SlackReply> CallAsync(string method, string token, HttpContent body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(settings.ApiBaseUrl, method)) { Content = body };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        IReadOnlyList<string>? scopes = null;
        var outcome = await http.CallAsync(SlackChannel.Name, request, headers => scopes = ScopesIn(headers), cancellationToken);
        return new SlackReply(outcome, outcome is CallOutcome.Answered { IsSuccess: true, Body: var answer } ? Read(answer) : null, scopes);
    }

    private static string[]? ScopesIn(HttpResponseHeaders headers)
        => headers.TryGetValues("x-oauth-scopes", out var values) ? string.Join(',', values).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) : null;

    private static SlackAnswer? Read(byte[] body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, SlackJson.Default.SlackAnswer);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
