using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Assistant.Domain.Messaging;

namespace Assistant.Infrastructure.Messaging.Channels.Discord;

/// <summary>Who the assistant is.</summary>
internal sealed record DiscordBot(string Id, string Name);

/// <summary>Translates Discord's messages. Pure, and total: any bytes give a message or <see langword="null"/>.</summary>
internal static class DiscordEvents
{
    private const int Plain = 0;
    private const int Reply = 19;
    private const int LongestDate = 40;

    /// <summary>The frame, or <see langword="null"/> when it is none.</summary>
    public static DiscordFrame? ReadFrame(ReadOnlySpan<byte> json) => Read(json, DiscordJson.Default.DiscordFrame);

    /// <summary>What the bytes say, or <see langword="null"/> when they are nothing of this kind.</summary>
    public static T? Read<T>(ReadOnlySpan<byte> json, JsonTypeInfo<T> type) where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(json, type);
        }
        catch (Exception fault) when (IsUnreadable(fault))
        {
            return null;
        }
    }

    /// <summary>What the element says, or <see langword="null"/> when it is nothing of this kind.</summary>
    public static T? Read<T>(JsonElement json, JsonTypeInfo<T> type) where T : class
    {
        try
        {
            return json.ValueKind == JsonValueKind.Object ? json.Deserialize(type) : null;
        }
        catch (Exception fault) when (IsUnreadable(fault))
        {
            return null;
        }
    }

    /// <summary>What somebody said; <see langword="null"/> when it is nothing for the assistant.</summary>
    public static InboundMessage? ReadSaid(DiscordMessage message, ConnectionId connection, DiscordBot bot)
    {
        // Other kinds tell that somebody came, pinned or boosted, or are a bot's.
        if (!IsPersons(message, bot) || message.Type is not (null or Plain or Reply))
        {
            return null;
        }

        var text = TextOf(message, bot, out var isMentioned);
        var attachments = DiscordFiles.Of(message);
        return text.Length == 0 && attachments.Count == 0
            ? null
            : NewMessage(
                message, connection, message.Id!, new InboundContent.Said(text, attachments, message.Type == Reply ? message.MessageReference?.MessageId : null),
                TimeOf(message.Timestamp, message.Id), isMentioned);
    }

    /// <summary>What somebody changed; <see langword="null"/> when nobody did: that a link got its preview is told in the same way.</summary>
    public static InboundMessage? ReadEdited(DiscordMessage message, ConnectionId connection, DiscordBot bot)
    {
        if (message.EditedTimestamp is not { Length: > 0 and <= LongestDate } at || message.Content is null || !IsPersons(message, bot) || message.Type is not (null or Plain or Reply))
        {
            return null;
        }

        var text = TextOf(message, bot, out var isMentioned);
        return text.Length == 0
            ? null
            : NewMessage(message, connection, $"{message.Id}:edited:{at}", new InboundContent.Edited(text), TimeOf(at, message.Id), isMentioned);
    }

    /// <summary>The messages somebody took back, by their ids.</summary>
    public static IEnumerable<string> IdsOf(DiscordRemoval removal)
        => (removal.Ids ?? []).Append(removal.Id).OfType<string>().Where(DiscordIds.Is);

    /// <param name="author">Whose it was: Discord does not say.</param>
    public static InboundMessage NewDeleted(string id, string channel, bool isGroup, ExternalSender author, ConnectionId connection, DateTimeOffset now) => new()
    {
        Connection = connection,
        DedupeKey = $"{id}:deleted",
        Chat = new ExternalChat(channel, IsGroup: isGroup),
        Sender = author,
        ExternalMessageId = id,
        Content = new InboundContent.Deleted(),
        SentAt = now,
    };

    /// <summary>What somebody reacted with, or took back of it; <see langword="null"/> when it is nothing for the assistant.</summary>
    /// <param name="key">Tells the event from every other: Discord gives it no id.</param>
    /// <param name="now">When: Discord does not say.</param>
    public static InboundMessage? ReadReacted(DiscordReaction reaction, bool isTakenBack, string key, ConnectionId connection, DiscordBot bot, DateTimeOffset now)
        => !DiscordIds.Is(reaction.UserId) || !DiscordIds.Is(reaction.ChannelId) || !DiscordIds.Is(reaction.MessageId) || reaction.UserId == bot.Id
            || reaction.Emoji?.Name is not { Length: > 0 } name
                ? null
                : new InboundMessage
                {
                    Connection = connection,
                    DedupeKey = $"reaction/{key}",
                    Chat = new ExternalChat(reaction.ChannelId!, IsGroup: DiscordIds.Is(reaction.GuildId)),
                    Sender = new ExternalSender(
                        reaction.UserId!, FirstOf(reaction.Member?.Nick, reaction.Member?.User?.GlobalName, reaction.Member?.User?.Username) ?? "",
                        IsBot: reaction.Member?.User?.Bot == true),
                    ExternalMessageId = reaction.MessageId!,
                    Content = new InboundContent.Reacted(isTakenBack ? ReactionChange.Removed : ReactionChange.Added, [reaction.Emoji.Id is null ? name : $":{name}:"]),
                    SentAt = now,
                    IsAddressed = false,
                };

    /// <summary>Somebody, as they are called here.</summary>
    public static ExternalSender SenderOf(DiscordUser user, string? nick = null, string? locale = null)
        => new(user.Id!, FirstOf(nick, user.GlobalName, user.Username) ?? user.Id!, locale, user.Bot == true);

    private static bool IsPersons(DiscordMessage message, DiscordBot bot)
        => DiscordIds.Is(message.Id) && DiscordIds.Is(message.ChannelId) && message.Author is { } author && DiscordIds.Is(author.Id) && author.Bot != true
            && author.Id != bot.Id && string.IsNullOrEmpty(message.WebhookId);

    private static string TextOf(DiscordMessage message, DiscordBot bot, out bool isMentioned)
    {
        var text = DiscordText.Read(message.Content ?? "", message.Mentions, bot, out isMentioned);
        isMentioned |= (message.Mentions ?? []).Any(user => user?.Id == bot.Id) || message.ReferencedMessage?.Author?.Id == bot.Id;
        if (text.Length > 0)
        {
            return text;
        }

        var forwarded = message.MessageSnapshots is [{ Message.Content: { Length: > 0 } content }, ..] ? DiscordText.Read(content, null, bot, out _) : "";
        return forwarded.Length > 0 || message.StickerItems is not { Count: > 0 } stickers
            ? forwarded
            : string.Join(' ', stickers.Select(sticker => sticker?.Name).Where(name => !string.IsNullOrWhiteSpace(name)).Select(name => $"[{name}]"));
    }

    private static InboundMessage NewMessage(DiscordMessage message, ConnectionId connection, string key, InboundContent content, DateTimeOffset at, bool isMentioned) => new()
    {
        Connection = connection,
        DedupeKey = key,
        Chat = new ExternalChat(message.ChannelId!, IsGroup: DiscordIds.Is(message.GuildId)),
        Sender = SenderOf(message.Author!, message.Member?.Nick),
        ExternalMessageId = message.Id!,
        Content = content,
        SentAt = at,
        IsAddressed = isMentioned,
    };

    private static DateTimeOffset TimeOf(string? timestamp, string? id)
        => DateTimeOffset.TryParse(timestamp, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at)
            ? at
            : DiscordIds.TimeOf(DiscordIds.Parse(id));

    private static string? FirstOf(params ReadOnlySpan<string?> values)
    {
        foreach (var value in values)
        {
            if (!string.IsNullOrWhiteSpace(value))
            {
                return value;
            }
        }

        return null;
    }

    private static bool IsUnreadable(Exception fault) => fault is JsonException or InvalidOperationException or NotSupportedException or FormatException;
}
