using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Meta;

/// <summary>Calls of the Graph API for one account. Safe for concurrent use.</summary>
/// <param name="messenger">Its name, for what is said about a failure.</param>
internal sealed class GraphApi(string messenger, MetaAccount account, MessengerHttp http)
{
    // https://developers.facebook.com/docs/graph-api/guides/secure-requests: with it a token that was stolen is worth nothing without the secret.
    private readonly string _proof = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(account.AppSecret), Encoding.UTF8.GetBytes(account.Token)));

    /// <summary>Where Meta's own files are, for addresses that its answers name.</summary>
    private static readonly string[] FileHosts = [".fbsbx.com", ".fbcdn.net", ".facebook.com", ".whatsapp.net", ".whatsapp.com"];

    /// <param name="path">Fixed in the code, or made of ids that were checked.</param>
    public Task<CallOutcome> GetAsync(string path, CancellationToken cancellationToken) => CallAsync(NewRequest(HttpMethod.Get, path), cancellationToken);

    /// <param name="path">Fixed in the code, or made of ids that were checked.</param>
    public Task<CallOutcome> PostAsync(string path, JsonObject body, CancellationToken cancellationToken)
    {
        var request = NewRequest(HttpMethod.Post, path);
        request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body.ToJsonString()));
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return CallAsync(request, cancellationToken);
    }

    /// <summary>Posts a form with a file in it.</summary>
    /// <param name="path">Fixed in the code, or made of ids that were checked.</param>
    /// <param name="mediaType">What the file is said to be.</param>
    public async Task<CallOutcome> UploadAsync(
        string path, IReadOnlyList<(string Name, string Value)> fields, string fileField, OutboundFile file, string mediaType, CancellationToken cancellationToken)
    {
        using var request = NewRequest(HttpMethod.Post, path);
        request.Content = FileForm.Of(fields, fileField, file, mediaType, await file.OpenAsync(cancellationToken));
        return await http.UploadAsync(messenger, request, cancellationToken);
    }

    /// <summary>Opens a file at an address Meta named.</summary>
    /// <param name="withToken">The file is handed out to the account only. The token goes to Meta and to the relay of the settings, and nowhere else.</param>
    /// <exception cref="AttachmentUnavailableException">It is not handed out, or not now.</exception>
    public async Task<Stream> OpenAsync(string address, bool withToken, CancellationToken cancellationToken)
    {
        var root = new Uri(account.ApiBaseUrl);
        if (!Uri.TryCreate(address, UriKind.Absolute, out var file) || file.Scheme is not ("https" or "http"))
        {
            throw Gone();
        }

        var isRelay = file.GetLeftPart(UriPartial.Authority) == root.GetLeftPart(UriPartial.Authority);
        if (!isRelay && (file.Scheme != "https" || (withToken && !Array.Exists(FileHosts, host => file.Host.EndsWith(host, StringComparison.OrdinalIgnoreCase)))))
        {
            throw Gone();
        }

        using var request = new HttpRequestMessage(HttpMethod.Get, file);
        if (withToken)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", account.Token);
        }

        return await http.DownloadAsync(messenger, request, isConfigured: isRelay, cancellationToken);
    }

    /// <summary>A file that is not there, and will not be.</summary>
    public AttachmentUnavailableException Gone() => new(Phrase.Of("channel.file-gone", ("name", messenger)), AttachmentFault.Final);

    /// <summary>What an answer says; <see langword="null"/> when it cannot be read.</summary>
    public static T? Read<T>(ReadOnlySpan<byte> body, JsonTypeInfo<T> type) where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(body, type);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The second is half a character in a string.
            return null;
        }
    }

    /// <summary>The same of a part that was read before.</summary>
    public static T? Read<T>(JsonElement part, JsonTypeInfo<T> type) where T : class
    {
        try
        {
            return part.Deserialize(type);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private async Task<CallOutcome> CallAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using (request)
        {
            return await http.CallAsync(messenger, request, cancellationToken);
        }
    }

    private HttpRequestMessage NewRequest(HttpMethod method, string path)
    {
        var separator = path.Contains('?', StringComparison.Ordinal) ? '&' : '?';
        var request = new HttpRequestMessage(method, new Uri($"{account.ApiBaseUrl}/{path}{separator}appsecret_proof={_proof}"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", account.Token);
        return request;
    }
}
