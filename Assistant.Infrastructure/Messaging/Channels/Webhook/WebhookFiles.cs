using System.Text.Json;
using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;
using Assistant.Infrastructure.Messaging.Rendering;

namespace Assistant.Infrastructure.Messaging.Channels.Webhook;

/// <summary>Files: those of people lie at an address that a callback names, those to people at one of ours.</summary>
internal sealed class WebhookFiles(WebhookSettings settings, WebhookSender sender, MessengerHttp http)
{
    private const int MaxFiles = 10;
    private const int LongestAddress = 2_000;

    /// <summary>Nobody knows when a platform fetches a file, or whether a person follows the address.</summary>
    public static TimeSpan FetchedWithin { get; } = TimeSpan.FromDays(7);

    /// <summary>The files of a message, in their order. Total, like <see cref="WebhookReader"/>.</summary>
    public static IReadOnlyList<Attachment> Read(WebhookSettings settings, JsonElement message)
    {
        if (settings.FileUrl is null)
        {
            return [];
        }

        return settings.Files is null ? One(settings, message) is { } only ? [only] : []
            : settings.Files.In(message) is { ValueKind: JsonValueKind.Array } list
                ? [.. list.EnumerateArray().Take(MaxFiles).Select(file => One(settings, file)).OfType<Attachment>()]
            : [];
    }

    /// <summary>Opens a file of somebody. On the server that is written to it is asked for with what proves us there; elsewhere like any address a stranger names.</summary>
    /// <exception cref="AttachmentUnavailableException">It is not handed out, or not now.</exception>
    public Task<Stream> OpenAsync(Attachment attachment, CancellationToken cancellationToken)
    {
        var server = settings.Template!.Server;
        if (!Uri.TryCreate(server, attachment.Reference, out var address) || address.Scheme is not ("http" or "https") || address.UserInfo.Length > 0)
        {
            throw new AttachmentUnavailableException(Phrase.Of("channel.file-gone", ("name", WebhookSender.Platform)), AttachmentFault.Final);
        }

        var isThere = Uri.Compare(address, server, UriComponents.SchemeAndServer, UriFormat.UriEscaped, StringComparison.OrdinalIgnoreCase) == 0;
        var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (isThere)
        {
            sender.Prove(request);
        }

        return http.DownloadAsync(WebhookSender.Platform, request, isThere, cancellationToken);
    }

    public async Task<SendOutcome> SendAsync(OutboundMessage message, OutboundFile file, CancellationToken cancellationToken)
        => await FetchedFile.RefusalOfAsync(WebhookSender.Platform, null, file, cancellationToken)
            ?? await sender.SendFileAsync(message, file, file.Fetchable!.AddressFor(FetchedWithin).AbsoluteUri, cancellationToken);

    private static Attachment? One(WebhookSettings settings, JsonElement file)
    {
        if (settings.FileUrl!.TextIn(file) is not { Length: > 0 and <= LongestAddress } address)
        {
            return null;
        }

        var (name, type) = (Short(settings.FileName, file), Short(settings.FileType, file));
        return new Attachment(FileKinds.Of(type, name ?? address.Split('?', '#')[0]), address, name, type);
    }

    private static string? Short(JsonQuery? query, JsonElement file) => query?.TextIn(file) is { Length: > 0 and <= 255 } text ? text : null;
}
