using System.Globalization;
using System.Text.Json;
using Assistant.Domain.Messaging;
using Telegram.Bot.Types;
using Telegram.Bot.Types.Enums;

namespace Assistant.Infrastructure.Messaging.Channels.Telegram;

/// <summary>Who the bot is, to recognise itself in groups.</summary>
/// <param name="Username">Without the @.</param>
internal sealed record TelegramBot(long Id, string Username);

/// <summary>Translates the Bot API's updates. Pure, and total: any update gives a message or <see langword="null"/>.</summary>
internal static class TelegramUpdates
{
    /// <summary>The kinds asked for. Others are neither sent nor read.</summary>
    public static readonly UpdateType[] Wanted = [UpdateType.Message, UpdateType.EditedMessage, UpdateType.CallbackQuery, UpdateType.MessageReaction];

    /// <summary>The event, or <see langword="null"/> when it is nothing for the assistant: a bot's, a service message, another bot's command.</summary>
    public static InboundMessage? Read(Update update, Connection connection, TelegramBot bot, DateTimeOffset now) => update switch
    {
        { Message: { } message } => ReadMessage(update.Id, message, connection, bot, isEdit: false),
        { EditedMessage: { } message } => ReadMessage(update.Id, message, connection, bot, isEdit: true),
        { CallbackQuery: { } query } => ReadPress(update.Id, query, connection, bot, now),
        { MessageReaction: { } reaction } => ReadReaction(update.Id, reaction, connection, bot),
        _ => null,
    };

    /// <summary>Whether this is how the package fails over JSON that is no update: it checks numbers and dates where it converts them.</summary>
    public static bool IsUnreadable(Exception? fault) => fault is JsonException or FormatException or OverflowException or ArgumentException
        or InvalidOperationException or NotSupportedException;

    /// <summary>
    /// The update's number alone would do but for one thing: after a week of silence Telegram starts again at a random number.
    /// With the message's id behind it a new event can never look like an old one.
    /// </summary>
    private static string DedupeKey(int update, string id) => string.Create(CultureInfo.InvariantCulture, $"{update}:{id}");

    private static InboundMessage? ReadMessage(int update, Message message, Connection connection, TelegramBot bot, bool isEdit)
    {
        if (message is not { From: { } from, Chat: { } chat } || IsOfNoPerson(message) || SpeakerOf(from, message) is not { } speaker)
        {
            return null;
        }

        var attachments = TelegramAttachments.Of(message);
        var address = TelegramAddress.Read(message, bot);
        if (address.IsForOtherBot || (address.Text.Length == 0 && attachments.Count == 0))
        {
            return null;
        }

        var id = TelegramIds.Message(bot.Id, chat.Id, message.Id);
        return new InboundMessage
        {
            Connection = connection.Id,
            DedupeKey = DedupeKey(update, id),
            Chat = ChatOf(message),
            Sender = speaker,
            ExternalMessageId = id,
            Former = FormerOf(chat.Id, message.Id, connection),
            Content = isEdit
                ? new InboundContent.Edited(address.Text)
                {
                    IsForwarded = IsOfAnother(message.ForwardOrigin, from),
                    Attachments = attachments.Count > 0 ? attachments : null,
                }
                : new InboundContent.Said(address.Text, attachments, ReplyTo(message, bot))
                {
                    IsForwarded = IsOfAnother(message.ForwardOrigin, from),
                    Quote = QuoteOf(message),
                },
            SentAt = At(isEdit ? message.EditDate ?? message.Date : message.Date),
            IsAddressed = address.IsAddressed,
        };
    }

    // What a channel posts stands in its own chat, and as a copy in the group beside it.
    private static bool IsOfNoPerson(Message message) => message.Chat.Type == ChatType.Channel || message.IsAutomaticForward || IsOfUnknownTopic(message);

    // All people who write to a channel do so in one chat: only the topic tells them apart.
    private static bool IsOfUnknownTopic(Message message) => message is { Chat.IsDirectMessages: true, DirectMessagesTopic: null };

    private static InboundMessage? ReadPress(int update, CallbackQuery query, Connection connection, TelegramBot bot, DateTimeOffset now)
    {
        if (query is not { From: { IsBot: false } from, Message: { Chat: { } chat } message, Data: { Length: > 0 } data } || IsOfUnknownTopic(message))
        {
            return null;
        }

        var label = message.ReplyMarkup?.InlineKeyboard?.SelectMany(row => row ?? []).FirstOrDefault(b => b?.CallbackData == data)?.Text;
        return new InboundMessage
        {
            Connection = connection.Id,
            DedupeKey = DedupeKey(update, $"press/{query.Id}"),
            Chat = ChatOf(message),
            Sender = SenderOf(from),
            ExternalMessageId = TelegramIds.Message(bot.Id, chat.Id, message.Id),
            Content = new InboundContent.Pressed(data, label ?? data),
            SentAt = now,
        };
    }

    // Somebody who hides behind a chat, and a bot, are nobody. The topic is not told.
    private static InboundMessage? ReadReaction(int update, MessageReactionUpdated reaction, Connection connection, TelegramBot bot)
    {
        if (reaction is not { User: { IsBot: false } from, Chat: { } chat } || chat.Type == ChatType.Channel)
        {
            return null;
        }

        var id = TelegramIds.Message(bot.Id, chat.Id, reaction.MessageId);
        return new InboundMessage
        {
            Connection = connection.Id,
            DedupeKey = DedupeKey(update, $"reaction/{id}"),
            Chat = new ExternalChat(TelegramIds.Chat(chat.Id), null, chat.Type is ChatType.Group or ChatType.Supergroup, chat.Title),
            Sender = SenderOf(from),
            ExternalMessageId = id,
            Former = FormerOf(chat.Id, reaction.MessageId, connection),
            Content = new InboundContent.Reacted(ReactionChange.Set, [.. (reaction.NewReaction ?? []).Select(NameOf).OfType<string>()]),
            SentAt = At(reaction.Date),
            IsAddressed = false,
        };
    }

    private static string? NameOf(ReactionType? reaction) => reaction switch
    {
        ReactionTypeEmoji { Emoji: { } emoji } => emoji,
        ReactionTypeCustomEmoji => ":custom_emoji:", // a number alone; what it looks like would have to be asked for
        ReactionTypePaid => "⭐",
        _ => null,
    };

    private static ExternalChat ChatOf(Message message) => new(
        TelegramIds.Chat(message.Chat.Id),
        ThreadOf(message),
        message.Chat.Type is ChatType.Group or ChatType.Supergroup,
        message.Chat.Title);

    // Reply threads of ordinary supergroups carry a thread id as well; only a forum's topics are conversations of their own.
    private static string? ThreadOf(Message message) => message switch
    {
        { DirectMessagesTopic: { } topic } => TelegramIds.DirectTopic(topic.TopicId),
        { IsTopicMessage: true, MessageThreadId: { } thread } => TelegramIds.Chat(thread),
        _ => null,
    };

    // Anonymous administrators speak as the group itself; the sender named is a bot that stands for all of them, in every group.
    private static ExternalSender? SpeakerOf(User from, Message message) => (from.IsBot, message.SenderChat) switch
    {
        (false, _) => SenderOf(from),
        (_, { } group) when group.Id == message.Chat.Id && group.Type is ChatType.Group or ChatType.Supergroup
            => ExternalSender.Named(TelegramIds.Anonymous(group.Id), group.Title ?? message.AuthorSignature, TelegramIds.Chat(group.Id)),
        _ => null,
    };

    private static ExternalSender SenderOf(User user)
    {
        var name = string.IsNullOrWhiteSpace(user.LastName) ? user.FirstName : $"{user.FirstName} {user.LastName}";
        return new ExternalSender(
            TelegramIds.Chat(user.Id),
            string.IsNullOrWhiteSpace(name) ? user.Username ?? TelegramIds.Chat(user.Id) : name.Trim(),
            string.IsNullOrWhiteSpace(user.LanguageCode) ? null : user.LanguageCode);
    }

    // Whoever forwards what they wrote themselves says it again.
    private static bool IsOfAnother(MessageOrigin? origin, User from) => origin is not null && (origin as MessageOriginUser)?.SenderUser?.Id != from.Id;

    private static string? ReplyTo(Message message, TelegramBot bot)
        => message.ReplyToMessage is { } original && !TelegramAddress.IsTopicRoot(message, original)
            ? TelegramIds.Message(bot.Id, message.Chat.Id, original.Id)
            : null;

    // Of another chat or topic nothing else is known; in this one the server's own cut adds nothing to the message.
    private static QuotedWords? QuoteOf(Message message) => message switch
    {
        { Quote.Text: { } text, ExternalReply: { } elsewhere } => new QuotedWords(text, WriterOf(elsewhere.Origin)),
        { Quote: { IsManual: true, Text: { } text } } => new QuotedWords(text),
        _ => null,
    };

    private static string? WriterOf(MessageOrigin? origin) => origin switch
    {
        MessageOriginUser { SenderUser: { } user } => SenderOf(user).DisplayName,
        MessageOriginHiddenUser hidden => hidden.SenderUserName,
        MessageOriginChat { SenderChat: { } chat } => chat.Title,
        MessageOriginChannel { Chat: { } channel } => channel.Title,
        _ => null,
    };

    // Ids did not always name the bot. Whatever was stored since the connection was last changed is of the bot it has now.
    private static FormerId? FormerOf(long chat, int message, Connection connection)
        => TelegramIds.SharesCounter(chat) ? new FormerId(TelegramIds.MessageOfAny(chat, message), connection.UpdatedAt) : null;

    private static DateTimeOffset At(DateTime utc) => new(DateTime.SpecifyKind(utc, DateTimeKind.Utc));
}
