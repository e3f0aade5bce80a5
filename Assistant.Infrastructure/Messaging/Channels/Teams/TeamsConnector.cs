using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Teams;

/// <summary>Calls of the connector, with the app's token. Safe for concurrent use.</summary>
internal sealed class TeamsConnector(TeamsSettings settings, MessengerHttp http, TimeProvider time) : IDisposable
{
    private readonly TokenCalls _calls = new(TeamsChannel.Name, http, () => NewGrant(settings), time);

    /// <summary>A token that is good for a while yet.</summary>
    /// <exception cref="NoTokenException">None can be had.</exception>
    public Task<string> GetTokenAsync(CancellationToken cancellationToken) => _calls.GetTokenAsync(cancellationToken);

    /// <summary>Posts an activity into a conversation.</summary>
    /// <param name="service">A connector's: checked when it was noted.</param>
    /// <param name="segment">Of <see cref="TeamsIds.Segment"/>.</param>
    /// <exception cref="NoTokenException">There is no token to send it with.</exception>
    public Task<CallOutcome> PostAsync(Uri service, string segment, TeamsMessage activity, CancellationToken cancellationToken)
    {
        var address = new Uri($"{service.AbsoluteUri.TrimEnd('/')}/v3/conversations/{segment}/activities");
        var body = JsonSerializer.SerializeToUtf8Bytes(activity, TeamsJson.Default.TeamsMessage);
        return _calls.CallAsync(
            () => new HttpRequestMessage(HttpMethod.Post, address)
            {
                Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json", "utf-8") } },
            },
            cancellationToken);
    }

    /// <summary>Puts a file where a person took it to: never with our token, and not into a private network.</summary>
    public Task<CallOutcome> UploadAsync(HttpRequestMessage request, bool isConfigured, CancellationToken cancellationToken)
        => isConfigured ? http.UploadAsync(TeamsChannel.Name, request, cancellationToken) : http.UploadUntrustedAsync(TeamsChannel.Name, request, cancellationToken);

    public Task<Stream> DownloadAsync(HttpRequestMessage request, bool isConfigured, CancellationToken cancellationToken)
        => http.DownloadAsync(TeamsChannel.Name, request, isConfigured, cancellationToken);

    /// <summary>What an answer says; <see langword="null"/> when it cannot be read.</summary>
    public static T? Read<T>(CallOutcome.Answered answer, JsonTypeInfo<T> type) where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(answer.Body, type);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    public void Dispose() => _calls.Dispose();

    private static HttpRequestMessage NewGrant(TeamsSettings settings) => new(HttpMethod.Post, settings.Login)
    {
        Content = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials", ["client_id"] = settings.AppId, ["client_secret"] = settings.AppPassword, ["scope"] = settings.Cloud.Scope,
        }),
    };
}
