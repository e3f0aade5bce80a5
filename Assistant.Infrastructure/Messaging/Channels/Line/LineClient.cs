using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Line;

/// <summary>Calls of the Messaging API.</summary>
internal sealed class LineClient(LineSettings settings, MessengerHttp http)
{
    public const string Messenger = "LINE";

    public Task<CallOutcome> GetAsync(string path, CancellationToken cancellationToken) => CallAsync(NewRequest(HttpMethod.Get, settings.Api(path)), cancellationToken);

    /// <param name="retryKey">The same for every attempt; only pushes take one.</param>
    public Task<CallOutcome> PostAsync<T>(string path, T body, JsonTypeInfo<T> type, Guid? retryKey, CancellationToken cancellationToken)
    {
        var request = NewRequest(HttpMethod.Post, settings.Api(path));
        request.Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body, type));
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        if (retryKey is { } key)
        {
            request.Headers.Add("X-Line-Retry-Key", key.ToString("D"));
        }

        return CallAsync(request, cancellationToken);
    }

    public async Task<Stream> DownloadAsync(string messageId, CancellationToken cancellationToken)
    {
        using var request = NewRequest(HttpMethod.Get, settings.FileOf(messageId));
        return await http.DownloadAsync(Messenger, request, isConfigured: true, cancellationToken);
    }

    /// <summary>What an answer says; <see langword="null"/> when it cannot be read.</summary>
    public static T? Read<T>(CallOutcome.Answered answer, JsonTypeInfo<T> type) where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(answer.Body, type);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private async Task<CallOutcome> CallAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using (request)
        {
            return await http.CallAsync(Messenger, request, cancellationToken);
        }
    }

    private HttpRequestMessage NewRequest(HttpMethod method, Uri address)
    {
        var request = new HttpRequestMessage(method, address);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", settings.AccessToken);
        return request;
    }
}
