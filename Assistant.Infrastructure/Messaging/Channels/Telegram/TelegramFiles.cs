using Assistant.Domain.Messaging;
using Telegram.Bot;
using Telegram.Bot.Exceptions;
using Telegram.Bot.Types;

namespace Assistant.Infrastructure.Messaging.Channels.Telegram;

/// <summary>Shows files: as a picture, a voice message, music or a film where Telegram plays the format, else as a document.</summary>
/// <remarks>A client of its own sends them, for they take longer than texts.</remarks>
internal sealed class TelegramFiles(ITelegramBotClient client, TelegramSender sender)
{
    /// <summary>Largest file of a bot in Telegram's cloud.</summary>
    public const long Largest = 50_000_000;

    private const long LargestPhoto = 10_000_000;

    public async Task<SendOutcome> SendAsync(OutboundMessage message, OutboundFile file, CancellationToken cancellationToken)
    {
        var outcome = await sender.TryAsync(message, place => SendAsync(place, file, LooksOf(file), cancellationToken));
        return outcome is SendOutcome.Rejected && LooksOf(file) != Look.Document
            ? await sender.TryAsync(message, place => SendAsync(place, file, Look.Document, cancellationToken))
            : outcome;
    }

    // Telegram makes pictures smaller and shows nothing it cannot play: the formats are those it promises to take as such.
    private static Look LooksOf(OutboundFile file) => file.MediaType switch
    {
        "image/jpeg" or "image/png" or "image/webp" when file.SizeBytes <= LargestPhoto => Look.Photo,
        "image/gif" => Look.Animation,
        "audio/ogg" => Look.Voice,
        "audio/mpeg" or "audio/mp4" => Look.Audio,
        "video/mp4" => Look.Video,
        _ => Look.Document,
    };

    private async Task<Message> SendAsync(TelegramPlace place, OutboundFile file, Look look, CancellationToken cancellationToken)
    {
        await using var content = await file.OpenAsync(cancellationToken);
        var upload = InputFile.FromStream(content, file.Name);
        var (chat, reply, thread, topic) = place;
        return look switch
        {
            Look.Photo => await client.SendPhoto(
                chat, upload, replyParameters: reply, messageThreadId: thread, directMessagesTopicId: topic, cancellationToken: cancellationToken),
            Look.Animation => await client.SendAnimation(
                chat, upload, replyParameters: reply, messageThreadId: thread, directMessagesTopicId: topic, cancellationToken: cancellationToken),
            Look.Voice => await client.SendVoice(
                chat, upload, replyParameters: reply, messageThreadId: thread, directMessagesTopicId: topic, cancellationToken: cancellationToken),
            Look.Audio => await client.SendAudio(
                chat, upload, replyParameters: reply, messageThreadId: thread, directMessagesTopicId: topic, cancellationToken: cancellationToken),
            Look.Video => await client.SendVideo(
                chat, upload, replyParameters: reply, messageThreadId: thread, directMessagesTopicId: topic, cancellationToken: cancellationToken),
            _ => await client.SendDocument(
                chat, upload, replyParameters: reply, disableContentTypeDetection: true, messageThreadId: thread, directMessagesTopicId: topic,
                cancellationToken: cancellationToken),
        };
    }

    private enum Look { Document, Photo, Animation, Voice, Audio, Video }
}
