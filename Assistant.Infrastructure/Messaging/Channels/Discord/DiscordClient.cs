using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Discord;

/// <summary>The few calls of the HTTP interface that are used. HTTP only: what an answer means is said elsewhere.</summary>
/// <remarks>The token goes in a header. The token of an interaction is part of an address, is good for that interaction only, and is never shown.</remarks>
internal sealed class DiscordClient(MessengerHttp http, DiscordSettings settings, DiscordLimits limits)
{
    public const int MessagesInPage = 100;

    // Discord refuses programs that do not call themselves in this form.
    private const string UserAgent = "DiscordBot (https://discord.com/developers/docs, 10)";

    public Task<CallOutcome> ReadSelfAsync(CancellationToken cancellationToken) => CallAsync(HttpMethod.Get, "users/@me", null, cancellationToken);

    public Task<CallOutcome> ReadApplicationAsync(CancellationToken cancellationToken) => CallAsync(HttpMethod.Get, "applications/@me", null, cancellationToken);

    public Task<CallOutcome> FindGatewayAsync(CancellationToken cancellationToken) => CallAsync(HttpMethod.Get, "gateway/bot", null, cancellationToken);

    public Task<CallOutcome> ReadChannelAsync(string channel, CancellationToken cancellationToken) => CallAsync(HttpMethod.Get, $"channels/{channel}", null, cancellationToken);

    public Task<CallOutcome> ReadMessageAsync(string channel, string message, CancellationToken cancellationToken)
        => CallAsync(HttpMethod.Get, $"channels/{channel}/messages/{message}", null, cancellationToken);

    /// <summary>The next messages of a channel after one; Discord gives them latest first.</summary>
    public Task<CallOutcome> ReadMessagesAsync(string channel, ulong after, CancellationToken cancellationToken)
        => CallAsync(HttpMethod.Get, $"channels/{channel}/messages?after={DiscordIds.Text(after)}&limit={MessagesInPage}", null, cancellationToken);

    /// <summary>Shows a message. Discord's limits for the channel are noted for the next.</summary>
    public Task<CallOutcome> PostAsync(string channel, DiscordPost post, CancellationToken cancellationToken) => CallAsync(
        HttpMethod.Post, $"channels/{channel}/messages", ContentOf(post, DiscordJson.Default.DiscordPost), cancellationToken, headers => limits.Note(channel, headers));

    /// <summary>Shows a file. Its name stands in the message: the form's own way of naming files cannot hold every name.</summary>
    public async Task<CallOutcome> PostFileAsync(string channel, DiscordPost post, OutboundFile file, CancellationToken cancellationToken)
    {
        await using var content = await file.OpenAsync(cancellationToken);
        using var part = new StreamContent(content);
        if (MediaTypeHeaderValue.TryParse(file.MediaType, out var type))
        {
            part.Headers.ContentType = type;
        }

        using var form = new MultipartFormDataContent
        {
            { ContentOf(post with { Attachments = [new DiscordUpload(0, file.Name)] }, DiscordJson.Default.DiscordPost), "payload_json" },
            { part, "files[0]", "file" },
        };
        using var request = NewRequest(HttpMethod.Post, $"channels/{channel}/messages", form);
        return await http.UploadAsync(DiscordChannel.Name, request, headers => limits.Note(channel, headers), cancellationToken);
    }

    public Task<CallOutcome> ShowTypingAsync(string channel, CancellationToken cancellationToken)
        => CallAsync(HttpMethod.Post, $"channels/{channel}/typing", null, cancellationToken);

    /// <summary>Tells Discord that an interaction has been seen.</summary>
    public Task<CallOutcome> AnswerAsync(string interaction, string token, DiscordCallback answer, CancellationToken cancellationToken) => CallAsync(
        HttpMethod.Post, $"interactions/{interaction}/{Uri.EscapeDataString(token)}/callback", ContentOf(answer, DiscordJson.Default.DiscordCallback), cancellationToken);

    /// <summary>Puts the answer where the command shows that one is being thought about.</summary>
    public Task<CallOutcome> FillInAsync(string application, string token, DiscordPost post, CancellationToken cancellationToken) => CallAsync(
        HttpMethod.Patch, $"webhooks/{application}/{Uri.EscapeDataString(token)}/messages/@original", ContentOf(post, DiscordJson.Default.DiscordPost), cancellationToken);

    /// <summary>Offers a command everywhere; one of the same name is replaced.</summary>
    public Task<CallOutcome> OfferAsync(string application, DiscordCommand command, CancellationToken cancellationToken)
        => CallAsync(HttpMethod.Post, $"applications/{application}/commands", ContentOf(command, DiscordJson.Default.DiscordCommand), cancellationToken);

    private async Task<CallOutcome> CallAsync(
        HttpMethod method, string path, HttpContent? body, CancellationToken cancellationToken, Action<HttpResponseHeaders>? readHeaders = null)
    {
        using var request = NewRequest(method, path, body);
        return await http.CallAsync(DiscordChannel.Name, request, readHeaders ?? (static _ => { }), cancellationToken);
    }

    private HttpRequestMessage NewRequest(HttpMethod method, string path, HttpContent? body)
    {
        var request = new HttpRequestMessage(method, new Uri(settings.ApiBaseUrl, path)) { Content = body };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bot", settings.Token);
        request.Headers.TryAddWithoutValidation("User-Agent", UserAgent);
        return request;
    }

    private static ByteArrayContent ContentOf<T>(T value, JsonTypeInfo<T> type)
    {
        var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(value, type));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return content;
    }
}
