using System.Net.Http.Headers;
using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;
using Assistant.Infrastructure.Messaging.Rendering;

namespace Assistant.Infrastructure.Messaging.Channels.Teams;

/// <summary>
/// Files of messages. What people attach lies in their own storage, at an address that opens by itself for some minutes; pictures within the text lie at
/// the connector and open with our token, which goes nowhere else.
/// </summary>
internal sealed class TeamsFiles(TeamsConnector connector, TeamsSettings settings)
{
    private const string FileInfo = "application/vnd.microsoft.teams.file.download.info";

    public static IReadOnlyList<Attachment> Of(IReadOnlyList<TeamsAttachment?>? attachments) => [.. (attachments ?? []).Select(AttachmentOf).OfType<Attachment>()];

    /// <exception cref="AttachmentUnavailableException">Gone, refused, or no address.</exception>
    public async Task<Stream> OpenAsync(Attachment attachment, CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate(attachment.Reference, UriKind.Absolute, out var address) || !(settings.IsConnector(address) || address.Scheme == Uri.UriSchemeHttps))
        {
            throw new AttachmentUnavailableException(Phrase.Of("channel.file-gone", ("name", TeamsChannel.Name)), AttachmentFault.Final);
        }

        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (!settings.IsConnector(address))
        {
            return await connector.DownloadAsync(request, isConfigured: false, cancellationToken);
        }

        try
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await connector.GetTokenAsync(cancellationToken));
        }
        catch (NoTokenException fault)
        {
            throw new AttachmentUnavailableException(fault.Reason);
        }

        return await connector.DownloadAsync(request, isConfigured: true, cancellationToken);
    }

    // A text/html attachment repeats the text of every message, see TeamsLinks; cards are nothing to read.
    private static Attachment? AttachmentOf(TeamsAttachment? attachment)
    {
        if (attachment?.ContentType == FileInfo)
        {
            var file = TeamsReader.Read(attachment.Content, TeamsJson.Default.TeamsDownload);
            return file?.DownloadUrl is { Length: > 0 } address ? new Attachment(FileKinds.OfEnding(file.FileType), address, attachment.Name) : null;
        }

        return attachment is { ContentType: { } type, ContentUrl: { Length: > 0 } url } && KindOfType(type) is { } kind
            ? new Attachment(kind, url, attachment.Name, type.EndsWith('*') ? null : type)
            : null;
    }

    private static string? KindOfType(string type) => type.Split('/') switch
    {
        ["image", _] => "image",
        ["audio", _] => "audio",
        ["video", _] => "video",
        _ => null,
    };
}
