using Telegram.Bot.Types;

namespace Assistant.Infrastructure.Messaging.Channels.Telegram;

/// <summary>
/// Pictures that were sent together come as messages of their own, and one answer is wanted: to each that has a caption, or to the first when none has.
/// Safe for concurrent use.
/// </summary>
/// <remarks>Nothing is written down: of an album that a restart cuts in two, one more is answered, and none is lost.</remarks>
internal sealed class TelegramAlbums
{
    /// <summary>Albums that are remembered; what is left of one that is forgotten is answered once more.</summary>
    private const int Remembered = 500;

    private readonly Lock _lock = new();
    private readonly Dictionary<(long Chat, string Album), int> _speakers = [];
    private readonly Queue<(long Chat, string Album)> _known = [];

    /// <summary>Finds the captions of a batch, for what comes before them must not be answered for its album.</summary>
    public void LookAhead(IEnumerable<Update> updates)
    {
        foreach (var update in updates)
        {
            if (update.Message is { } message && AlbumOf(message) is { } album && HasCaption(message))
            {
                SpeakerOf(album, message.Id);
            }
        }
    }

    /// <summary>Whether the message speaks for its album; one that is of none speaks for itself. Says the same when it is delivered again.</summary>
    public bool Speaks(Message message)
        => AlbumOf(message) is not { } album || SpeakerOf(album, message.Id) == message.Id || HasCaption(message);

    /// <returns>The message that speaks for the album: this one, when none does yet.</returns>
    private int SpeakerOf((long Chat, string Album) album, int message)
    {
        lock (_lock)
        {
            if (_speakers.TryGetValue(album, out var speaker))
            {
                return speaker;
            }

            if (_known.Count == Remembered)
            {
                _speakers.Remove(_known.Dequeue());
            }

            _known.Enqueue(album);
            return _speakers[album] = message;
        }
    }

    private static (long Chat, string Album)? AlbumOf(Message message)
        => message is { MediaGroupId: { Length: > 0 } album, Chat: { } chat } ? (chat.Id, album) : null;

    private static bool HasCaption(Message message) => !string.IsNullOrWhiteSpace(message.Caption);
}
