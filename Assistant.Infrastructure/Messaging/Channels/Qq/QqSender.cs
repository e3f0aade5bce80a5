using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Globalization;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Outbox;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Qq;

// A bot answers; it hardly ever may speak first. An answer names what it answers: the message of a person, for an hour in private, for five minutes in a
// group, five times. With it goes a number, and under one message and one number QQ shows one answer: the number is made of the message's own id, so that
// whoever tries again is recognised.

/// <summary>Shows messages.</summary>
internal sealed class QqSender(QqApi api, TimeProvider time)
{
    private const int MediaType = 7;

    // A message with a file has to have words, of which QQ shows none.
    private const string NoWords = " ";

    private const int MaxRemembered = 5_000;
    private static readonly TimeSpan DirectWindow = TimeSpan.FromMinutes(59);
    private static readonly TimeSpan GroupWindow = TimeSpan.FromMinutes(5) - TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, (string Message, DateTimeOffset At)> _latest = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Guid, string> _answered = new();
    private readonly QqMedia _media = new(api);

    /// <summary>Somebody said something: for a while it can be answered.</summary>
    public void Note(InboundMessage message) => Remember(_latest, message.Chat.ExternalId, (message.ExternalMessageId, time.GetUtcNow()));

    public async Task<SendOutcome> SendAsync(OutboundMessage message, CancellationToken cancellationToken) => QqEvents.IsChat(message.Chat.ExternalId)
        ? await SendAsync(message, new QqPost(QqText.Render(ButtonText.Append(message.Body).Markdown), null, null), cancellationToken)
        : SessionReports.NoSuchChat(QqChannel.Name, message.Chat);

    public async Task<SendOutcome> SendFileAsync(OutboundMessage message, OutboundFile file, CancellationToken cancellationToken)
    {
        if (!QqEvents.IsChat(message.Chat.ExternalId))
        {
            return SessionReports.NoSuchChat(QqChannel.Name, message.Chat);
        }

        var (described, refusal) = await _media.OfferAsync(message.Chat, file, cancellationToken);
        return refusal ?? await SendAsync(message, new QqPost(NoWords, null, null, MediaType, new QqShownMedia(described!)), cancellationToken);
    }

    /// <summary>The number of an answer: the same for every attempt.</summary>
    public static int NumberOf(Guid message) => (int)(BinaryPrimitives.ReadUInt32BigEndian(message.ToByteArray(bigEndian: true).AsSpan(12)) % int.MaxValue) + 1;

    private async Task<SendOutcome> SendAsync(OutboundMessage message, QqPost post, CancellationToken cancellationToken)
    {
        var answered = _answered.GetValueOrDefault(message.Id) ?? message.ReplyToExternalId ?? FindLatest(message.Chat);
        var answer = await PostAsync(message, post, answered, cancellationToken);
        if (QqFaults.IsTooLate(answer) && FindLatest(message.Chat) is { } latest && latest != answered)
        {
            // It was refused, so nothing is shown twice.
            answer = await PostAsync(message, post, latest, cancellationToken);
        }

        return answer switch
        {
            { IsSuccess: true, Read.Id: { Length: > 0 } id } => new SendOutcome.Delivered(id),
            _ when QqFaults.IsRepetition(answer) || QqFaults.IsBeingLookedAt(answer) => new SendOutcome.Delivered(message.Id.ToString("N", CultureInfo.InvariantCulture)),
            { IsSuccess: true, Outcome: CallOutcome.Answered } => new SendOutcome.Uncertain(QqFaults.Explain(answer with { Read = null })),
            _ => QqFaults.OutcomeOf(answer),
        };
    }

    private Task<QqAnswer> PostAsync(OutboundMessage message, QqPost post, string? answered, CancellationToken cancellationToken)
    {
        if (answered is not null)
        {
            Remember(_answered, message.Id, answered);
        }

        return api.PostAsync(
            message.Chat.ExternalId, message.Chat.IsGroup, post with { MsgId = answered, MsgSeq = answered is null ? null : NumberOf(message.Id) }, cancellationToken);
    }

    private string? FindLatest(ExternalChat chat)
        => _latest.TryGetValue(chat.ExternalId, out var latest) && time.GetUtcNow() - latest.At < (chat.IsGroup ? GroupWindow : DirectWindow) ? latest.Message : null;

    private static void Remember<TKey, TValue>(ConcurrentDictionary<TKey, TValue> values, TKey key, TValue value) where TKey : notnull
    {
        if (values.Count > MaxRemembered)
        {
            values.Clear();
        }

        values[key] = value;
    }
}
