using System.Net.Http.Headers;
using System.Text.Json;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Slack;

/// <summary>How a call to the Web API ended.</summary>
/// <param name="Answer">What Slack says; <see langword="null"/> when there is no answer that can be read.</param>
internal sealed record SlackReply(CallOutcome Outcome, SlackAnswer? Answer)
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
    {
        var body = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(post, SlackJson.Default.SlackPost));
        body.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
        return CallAsync("chat.postMessage", settings.BotToken, body, cancellationToken);
    }

    private async Task<SlackReply> CallAsync(string method, string token, HttpContent body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(settings.ApiBaseUrl, method)) { Content = body };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        var outcome = await http.CallAsync(SlackChannel.Name, request, cancellationToken);
        return new SlackReply(outcome, outcome is CallOutcome.Answered { IsSuccess: true, Body: var answer } ? Read(answer) : null);
    }

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
