using System.Globalization;
using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Telegram.Bot;
using Telegram.Bot.Exceptions;
using Telegram.Bot.Types;

namespace Assistant.Infrastructure.Messaging.Channels.Telegram;

/// <summary>Files of messages. A reference is a file id; the address made from it holds the token and never leaves this class.</summary>
internal sealed class TelegramAttachments(TelegramHttp http, TelegramSettings settings, ITelegramBotClient client, TelegramOptions options)
{
    public static IReadOnlyList<Attachment> Of(Message message) => message switch
    {
        { Photo: { Length: > 0 } sizes } when sizes[^1] is { } largest => [new("image", largest.FileId, MediaType: "image/jpeg", SizeBytes: largest.FileSize)],
        { Voice: { } voice } => [new("voice", voice.FileId, MediaType: voice.MimeType ?? "audio/ogg", SizeBytes: voice.FileSize)],
        { Audio: { } audio } => [new("audio", audio.FileId, audio.FileName, audio.MimeType, audio.FileSize)],
        { Video: { } video } => [new("video", video.FileId, video.FileName, video.MimeType, video.FileSize)],
        { VideoNote: { } note } => [new("video", note.FileId, MediaType: "video/mp4", SizeBytes: note.FileSize)],
        // An animation comes with a document for older programs: the same file.
        { Animation: { } animation } => [new("video", animation.FileId, animation.FileName, animation.MimeType, animation.FileSize)],
        { Document: { } document } => [new("file", document.FileId, document.FileName, document.MimeType, document.FileSize)],
        { Sticker: { IsAnimated: true } sticker } => [new("file", sticker.FileId, MediaType: "application/x-tgsticker", SizeBytes: sticker.FileSize)],
        { Sticker: { IsVideo: true } sticker } => [new("video", sticker.FileId, MediaType: "video/webm", SizeBytes: sticker.FileSize)],
        { Sticker: { } sticker } => [new("image", sticker.FileId, MediaType: "image/webp", SizeBytes: sticker.FileSize)],
        _ => [],
    };

    /// <exception cref="AttachmentUnavailableException">Expired, too large or refused.</exception>
    public async Task<Stream> OpenAsync(Attachment attachment, CancellationToken cancellationToken)
    {
        try
        {
            var file = await client.GetFile(attachment.Reference, cancellationToken);
            if (file.FileSize > options.MaxAttachmentBytes)
            {
                throw new AttachmentUnavailableException(
                    Phrase.Of("telegram.file-too-large", ("limit", options.MaxAttachmentBytes.ToString(CultureInfo.InvariantCulture))), AttachmentFault.TooLarge);
            }

            return await DownloadAsync(AddressOf(file.FilePath), cancellationToken);
        }
        catch (RequestException failure)
        {
            throw new AttachmentUnavailableException(TelegramFailure.Explain(failure), FaultOf(failure));
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new AttachmentUnavailableException(Phrase.Of("telegram.files-unreachable"));
        }
    }

    // A file id that means nothing, or a file the cloud does not hand out, is a bad request; all else may pass.
    private static AttachmentFault FaultOf(RequestException failure)
        => failure is ApiRequestException { ErrorCode: 400 } ? AttachmentFault.Final : AttachmentFault.Passing;

    /// <summary>Whoever reads it has the connection until they let go of the stream: they count, and stop where their limit is.</summary>
    private async Task<Stream> DownloadAsync(Uri address, CancellationToken cancellationToken)
    {
        using var downloader = http.NewDownloader();
        var response = await downloader.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        try
        {
            if (!response.IsSuccessStatusCode)
            {
                throw new AttachmentUnavailableException(Phrase.Of(
                    "telegram.file-expired", ("status", ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture))));
            }

            return await response.Content.ReadAsStreamAsync(cancellationToken);
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    private Uri AddressOf(string? path)
    {
        // A server of one's own may answer with a path on its own disk; nothing but a plain relative path is fetched.
        var folder = new Uri(new Uri(settings.ApiBaseUrl), $"/file/bot{settings.Token}/");
        if (string.IsNullOrEmpty(path) || path.StartsWith('/') || path.Contains("..", StringComparison.Ordinal) || path.Contains(':', StringComparison.Ordinal)
            || !Uri.TryCreate(folder, path, out var address) || !folder.IsBaseOf(address))
        {
            throw new AttachmentUnavailableException(Phrase.Of("telegram.no-file-address"), AttachmentFault.Final);
        }

        return address;
    }
}
