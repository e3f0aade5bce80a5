using System.Text;
using System.Text.Json;
using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Rendering;

namespace Assistant.Infrastructure.Messaging.Channels.Signal;

/// <summary>Translates events. Total: any bytes give a message or none. One reader, one thread.</summary>
/// <param name="self">What the account is called: its number, its ACI.</param>
internal sealed class SignalReader(ConnectionId connection, GroupRule groups, string account, IReadOnlySet<string> self)
{
    private const char Placeholder = '\uFFFC';
    private const long LastMoment = 253_402_300_799_999;
    private const int MaxAttachments = 32;
    private const int MaxEdits = 2_000;

    // An edit of an edit names the moment of the earlier edit: where each began.
    private readonly Dictionary<string, long> _edited = [];

    /// <summary>The message in an event; <see langword="null"/> for what is nothing for the assistant: receipts, calls, what its own devices sent.</summary>
    public InboundMessage? Read(ReadOnlySpan<byte> json)
    {
        try
        {
            var happened = JsonSerializer.Deserialize(json, SignalJson.Default.SignalEvent);
            return (happened?.Envelope ?? happened?.Params?.Envelope ?? happened?.Params?.Result?.Envelope ?? happened?.Result?.Envelope) is { } envelope ? Read(envelope) : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private InboundMessage? Read(SignalEnvelope envelope)
    {
        var sender = FirstOf(envelope.SourceUuid, envelope.SourceNumber, envelope.Source);
        if (sender is null || self.Contains(sender) || (envelope.SourceNumber is { } number && self.Contains(number)))
        {
            return null;
        }

        return envelope switch
        {
            { EditMessage: { DataMessage: { } data, TargetSentTimestamp: > 0 and var target } } when Words(data) is { Text.Length: > 0 } words
                => New(envelope, data, sender, Edited(sender, target, data.Timestamp), $"edit/{SignalIds.Message(sender, data.Timestamp)}", new InboundContent.Edited(words.Text), words.IsMentioned),
            { DataMessage: { RemoteDelete.Timestamp: > 0 and var target } data }
                => New(envelope, data, sender, BeginningOf(sender, target), $"delete/{SignalIds.Message(sender, target)}", new InboundContent.Deleted(), isMentioned: false),
            { DataMessage: { Reaction: { } reaction } data } => Reacted(envelope, data, reaction, sender),
            { DataMessage: { } data } => Said(envelope, data, sender),
            _ => null,
        };
    }

    // Somebody has one reaction to a message: another takes its place.
    private InboundMessage? Reacted(SignalEnvelope envelope, SignalWords data, SignalReaction reaction, string sender)
    {
        var author = IsSelf(reaction.TargetAuthorUuid, reaction.TargetAuthorNumber) ? account : FirstOf(reaction.TargetAuthorUuid, reaction.TargetAuthorNumber);
        return author is null || reaction.TargetSentTimestamp <= 0 || reaction.Emoji is not { Length: > 0 } emoji
            ? null
            : New(
                envelope, data, sender, data.Timestamp, $"reaction/{SignalIds.Message(sender, data.Timestamp)}",
                new InboundContent.Reacted(ReactionChange.Set, reaction.IsRemove ? [] : [emoji]), isMentioned: false) is { } message
                ? message with { ExternalMessageId = SignalIds.Message(author, BeginningOf(author, reaction.TargetSentTimestamp)) }
                : null;
    }

    private long Edited(string sender, long target, long edit)
    {
        var beginning = BeginningOf(sender, target);
        if (_edited.Count > MaxEdits)
        {
            _edited.Clear();
        }

        _edited[SignalIds.Message(sender, edit)] = beginning;
        return beginning;
    }

    private long BeginningOf(string sender, long target) => _edited.GetValueOrDefault(SignalIds.Message(sender, target), target);

    private InboundMessage? Said(SignalEnvelope envelope, SignalWords data, string sender)
    {
        var (text, isMentioned) = Words(data);
        var attachments = AttachmentsOf(data);
        return text.Length == 0 && attachments.Count == 0
            ? null
            : New(
                envelope, data, sender, data.Timestamp, SignalIds.Message(sender, data.Timestamp), new InboundContent.Said(text, attachments, QuotedBy(data.Quote)),
                isMentioned || (data.Quote is { } quote && IsSelf(quote.AuthorUuid, quote.AuthorNumber)));
    }

    private InboundMessage? New(SignalEnvelope envelope, SignalWords data, string sender, long target, string key, InboundContent content, bool isMentioned)
    {
        if (data.Timestamp is <= 0 or > LastMoment)
        {
            return null;
        }

        var group = data.GroupInfo?.GroupId is { Length: > 0 } id ? SignalIds.Group(id) : null;
        return new InboundMessage
        {
            Connection = connection,
            DedupeKey = key,
            Chat = new ExternalChat(group ?? sender, IsGroup: group is not null, Title: data.GroupInfo?.GroupName),
            Sender = ExternalSender.Named(sender, envelope.SourceName, FirstOf(envelope.SourceNumber) ?? $"Signal {sender[..Math.Min(6, sender.Length)]}"),
            ExternalMessageId = SignalIds.Message(sender, target),
            Content = content,
            SentAt = DateTimeOffset.FromUnixTimeMilliseconds(data.Timestamp),
            IsAddressed = groups.IsAddressed(group is not null, isMentioned),
        };
    }

    private string? QuotedBy(SignalQuote? quote)
        => quote is not { Id: > 0 } ? null
            : IsSelf(quote.AuthorUuid, quote.AuthorNumber) ? SignalIds.Message(account, quote.Id)
            : FirstOf(quote.AuthorUuid, quote.AuthorNumber) is { } author ? SignalIds.Message(author, quote.Id)
            : null;

    private bool IsSelf(string? uuid, string? number) => (uuid is not null && self.Contains(uuid)) || (number is not null && self.Contains(number));

    /// <summary>The text with names where the mentions stand, and without those of the assistant.</summary>
    private (string Text, bool IsMentioned) Words(SignalWords data)
    {
        var text = data.Message ?? "";
        var isMentioned = false;
        if (data.Mentions is not { Count: > 0 } mentions)
        {
            return (text.Trim(), false);
        }

        var words = new StringBuilder();
        var at = 0;

        // Places are the sender's word: they may overlap and point anywhere. In UTF-16, as the text is.
        foreach (var mention in mentions.OfType<SignalMention>().OrderBy(mention => mention.Start))
        {
            var isSelf = IsSelf(mention.Uuid, mention.Number);
            isMentioned |= isSelf;
            if (mention.Start < at || mention.Length <= 0 || mention.Start > text.Length - mention.Length || text[mention.Start] != Placeholder)
            {
                continue;
            }

            words.Append(text, at, mention.Start - at).Append(isSelf ? "" : $"@{FirstOf(mention.Name, mention.Number, mention.Uuid)}");
            at = mention.Start + mention.Length;
        }

        words.Append(text, at, text.Length - at);
        return (words.ToString().Trim(isMentioned ? [' ', ',', '，', ':', '：', '\n', '\u3000'] : [' ', '\n']), isMentioned);
    }

    private static IReadOnlyList<Attachment> AttachmentsOf(SignalWords data) =>
    [
        .. (data.Attachments ?? []).OfType<SignalAttachment>().Where(file => file.Id is { Length: > 0 }).Take(MaxAttachments)
            .Select(file => new Attachment(KindOf(file), file.Id!, file.Filename, file.ContentType, file.Size)),
    ];

    private static string KindOf(SignalAttachment file) => file is { ContentType: "audio/aac", Filename: null } ? "voice" : FileKinds.Of(file.ContentType, file.Filename);

    private static string? FirstOf(params ReadOnlySpan<string?> names)
    {
        foreach (var name in names)
        {
            if (!string.IsNullOrWhiteSpace(name))
            {
                return name;
            }
        }

        return null;
    }
}
