using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;
using Assistant.Infrastructure.Messaging.Rendering;

namespace Assistant.Infrastructure.Messaging.Channels.Qq;

/// <summary>Files of messages. A reference is the address QQ gives, which opens to everybody who knows it for a while.</summary>
internal sealed class QqFiles(MessengerHttp http, QqSettings settings)
{
    public static IReadOnlyList<Attachment> Of(IReadOnlyList<QqFile?>? files) =>
    [
        .. from file in files ?? []
           let url = file?.Url
           where !string.IsNullOrEmpty(url)
           select new Attachment(file.ContentType == "voice" ? "voice" : FileKinds.Of(file.ContentType, file.Filename), AddressOf(url), file.Filename, file.ContentType?.Contains('/', StringComparison.Ordinal) == true ? file.ContentType : null, file.Size is >= 0 ? file.Size : null),
    ];

    /// <summary>What QQ itself heard in voices; empty where it does not say.</summary>
    public static string HeardIn(IReadOnlyList<QqFile?>? files)
        => string.Join('\n', (files ?? []).Select(file => file?.AsrReferText?.Trim()).Where(heard => !string.IsNullOrEmpty(heard)));

    /// <exception cref="AttachmentUnavailableException">Gone, refused, or not QQ's.</exception>
    public async Task<Stream> OpenAsync(Attachment attachment, CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate(attachment.Reference, UriKind.Absolute, out var address) || !settings.IsOwnFile(address))
        {
            throw new AttachmentUnavailableException(Phrase.Of("channel.file-gone", ("name", QqChannel.Name)), AttachmentFault.Final);
        }

        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        return await http.DownloadAsync(QqChannel.Name, request, isConfigured: true, cancellationToken);
    }

    // Some come without their scheme.
    private static string AddressOf(string url) => url.Contains("://", StringComparison.Ordinal) ? url : "https://" + url.TrimStart('/');
}
