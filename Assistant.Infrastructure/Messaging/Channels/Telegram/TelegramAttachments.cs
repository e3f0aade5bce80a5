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
        { Photo: { Length: > 0 } sizes } when sizes[^1] is { } largest => [New("image", largest, mediaType: "image/jpeg")],
        { Voice: { } voice } => [New("voice", voice, mediaType: voice.MimeType ?? "audio/ogg")],
        { Audio: { } audio } => [New("audio", audio, audio.FileName, audio.MimeType)],
        { Video: { } video } => [New("video", video, video.FileName, video.MimeType)],
        { VideoNote: { } note } => [New("video", note, mediaType: "video/mp4")],
        // An animation comes with a document for older programs: the same file.
        { Animation: { } animation } => [New("video", animation, animation.FileName, animation.MimeType)],
        { Document: { } document } => [New("file", document, document.FileName, document.MimeType)],
        { Sticker: { IsAnimated: true } sticker } => [New("file", sticker, mediaType: "application/x-tgsticker")],
        { Sticker: { IsVideo: true } sticker } => [New("video", sticker, mediaType: "video/webm")],
        { Sticker: { } sticker } => [New("image", sticker, mediaType: "image/webp")],
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

    // A file may have several ids, and only the unique one tells that it is the same.
    private static Attachment New(string kind, FileBase file, string? name = null, string? mediaType = null)
        => new(kind, file.FileId, name, mediaType, file.FileSize) { Identity = file.FileUniqueId };

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
