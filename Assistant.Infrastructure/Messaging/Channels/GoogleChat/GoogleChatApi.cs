using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.GoogleChat;

/// <summary>Calls of the Chat API, as the app. Safe for concurrent use.</summary>
internal sealed class GoogleChatApi(GoogleChatSettings settings, GoogleServiceAccount account, MessengerHttp http, TimeProvider time) : IDisposable
{
    private readonly TokenCalls _calls = new(GoogleChatChannel.Name, http, () => account.NewGrant(time.GetUtcNow()), time);

    /// <exception cref="NoTokenException">None can be had.</exception>
    public Task SignInAsync(CancellationToken cancellationToken) => _calls.GetTokenAsync(cancellationToken);

    /// <summary>Asks for one space the app is in: whether the API takes us at all.</summary>
    /// <exception cref="NoTokenException">There is no token to ask with.</exception>
    public Task<CallOutcome> ListSpacesAsync(CancellationToken cancellationToken)
        => _calls.CallAsync(() => new HttpRequestMessage(HttpMethod.Get, $"{settings.ApiBaseUrl}/v1/spaces?pageSize=1"), cancellationToken);

    /// <summary>Makes a message; under the same id only one comes about.</summary>
    /// <param name="space">Of <see cref="GoogleChatIds.IsSpace"/>.</param>
    /// <exception cref="NoTokenException">There is no token to send it with.</exception>
    public Task<CallOutcome> CreateAsync(string space, Guid id, GoogleNewMessage message, CancellationToken cancellationToken)
    {
        var answer = message.Thread is null ? "" : "&messageReplyOption=REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD";
        var body = JsonSerializer.SerializeToUtf8Bytes(message, GoogleChatJson.Default.GoogleNewMessage);
        return _calls.CallAsync(
            () => new HttpRequestMessage(HttpMethod.Post, $"{settings.ApiBaseUrl}/v1/{space}/messages?requestId={id:D}{answer}")
            {
                Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json", "utf-8") } },
            },
            cancellationToken);
    }

    /// <exception cref="AttachmentUnavailableException">Gone, or not handed out.</exception>
    public async Task<Stream> DownloadAsync(string reference, CancellationToken cancellationToken)
    {
        if (GoogleChatIds.FileSegment(reference) is not { } segment)
        {
            throw new AttachmentUnavailableException(Phrase.Of("channel.file-gone", ("name", GoogleChatChannel.Name)), AttachmentFault.Final);
        }

        using var request = new HttpRequestMessage(HttpMethod.Get, $"{settings.ApiBaseUrl}/v1/media/{segment}?alt=media");
        try
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await _calls.GetTokenAsync(cancellationToken));
        }
        catch (NoTokenException fault)
        {
            throw new AttachmentUnavailableException(fault.Reason);
        }

        return await http.DownloadAsync(GoogleChatChannel.Name, request, isConfigured: true, cancellationToken);
    }

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
}
