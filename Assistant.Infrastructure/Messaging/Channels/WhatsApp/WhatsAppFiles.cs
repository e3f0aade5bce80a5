using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;
using Assistant.Infrastructure.Messaging.Meta;

namespace Assistant.Infrastructure.Messaging.Channels.WhatsApp;

/// <summary>Shows files: handed in first, then sent by their id. As a picture, sound or film where WhatsApp plays the format, else as a document.</summary>
/// <remarks>https://developers.facebook.com/docs/whatsapp/cloud-api/reference/media#supported-media-types</remarks>
internal sealed class WhatsAppFiles(WhatsAppApi api, WhatsAppSender sender)
{
    /// <summary>Largest document.</summary>
    public const long Largest = 100_000_000;

    private const long LargestImage = 5_000_000;
    private const long LargestPlayed = 16_000_000;
    private const string Document = "document";

    /// <summary>What WhatsApp has no name for is handed in as a text: people keep it by its name.</summary>
    private const string AnyDocument = "text/plain";

    private static readonly HashSet<string> Documents = new(StringComparer.OrdinalIgnoreCase)
    {
        "application/pdf", "application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    };

    public async Task<SendOutcome> SendAsync(OutboundMessage message, OutboundFile file, CancellationToken cancellationToken)
    {
        if (!WhatsAppIds.IsChat(message.Chat))
        {
            return SessionReports.NoSuchChat(WhatsAppChannel.Name, message.Chat);
        }

        var (type, mediaType) = LooksOf(file);
        var uploaded = await api.UploadAsync(file, mediaType, cancellationToken);
        if (WhatsAppFaults.All.OutcomeOf(uploaded) is { } failure)
        {
            // Nobody has seen anything yet.
            return failure is SendOutcome.Uncertain lost ? new SendOutcome.RetryAfter(null, lost.Reason) : failure;
        }

        return GraphApi.Read(((CallOutcome.Answered)uploaded).Body, WhatsAppJson.Default.WhatsAppUpload)?.Id is { Length: > 0 } id
            ? await sender.SendAsync(message, WhatsAppBodies.OfFile(message, type, id, type == Document ? file.Name : null), cancellationToken)
            : new SendOutcome.RetryAfter(null, Phrase.Of("channel.unreadable", ("name", WhatsAppChannel.Name)));
    }

    private static (string Type, string MediaType) LooksOf(OutboundFile file) => file.MediaType switch
    {
        "image/jpeg" or "image/png" when file.SizeBytes <= LargestImage => ("image", file.MediaType),
        "audio/aac" or "audio/amr" or "audio/mpeg" or "audio/mp4" or "audio/ogg" when file.SizeBytes <= LargestPlayed => ("audio", file.MediaType),
        "video/mp4" or "video/3gpp" when file.SizeBytes <= LargestPlayed => ("video", file.MediaType),
        _ => (Document, Documents.Contains(file.MediaType) ? file.MediaType : AnyDocument),
    };
}
