using Assistant.Domain.Messaging;
using Telegram.Bot.Types;
using Telegram.Bot.Types.Enums;

namespace Assistant.Infrastructure.Messaging.Channels.Telegram;

/// <summary>Whom a message is meant for, and its text without the address.</summary>
/// <param name="IsForOtherBot">A command such as <c>/start@another_bot</c>.</param>
/// <param name="Text">Without what only calls the assistant, see <see cref="Mention.TakeOff(string, int, int)"/>.</param>
internal readonly record struct TelegramAddress(bool IsAddressed, bool IsForOtherBot, string Text)
{
    public static TelegramAddress Read(Message message, TelegramBot bot)
    {
        var (text, entities) = Written(message);
        var inGroup = IsInGroup(message);
        var addressed = !inGroup || RepliesTo(message, bot);
        List<MessageEntity> mentions = [];
        foreach (var entity in entities)
        {
            var covered = text.AsSpan(entity.Offset, entity.Length);
            switch (entity.Type)
            {
                case MessageEntityType.Mention when IsName(covered[1..], bot):
                case MessageEntityType.TextMention when entity.User?.Id == bot.Id:
                    addressed = true;
                    mentions.Add(entity);
                    break;
                case MessageEntityType.BotCommand when entity.Offset == 0:
                    var at = covered.IndexOf('@');
                    if (at >= 0 && !IsName(covered[(at + 1)..], bot))
                    {
                        return new TelegramAddress(false, true, text);
                    }

                    addressed = true;
                    text = at >= 0 ? text.Remove(at, entity.Length - at) : text;
                    return new TelegramAddress(true, false, text.Trim());
                default:
                    break;
            }
        }

        return new TelegramAddress(
            addressed, false, inGroup ? Mention.TakeOff(text, mentions.Select(mention => (mention.Offset, mention.Length))) : text);
    }

    /// <summary>Whether somebody is called in a group by a name that is not the bot's: a person, another bot, or the bot itself by a name it got meanwhile.</summary>
    public static bool NamesAnother(Message? message, TelegramBot bot)
    {
        if (message?.Chat is null || !IsInGroup(message))
        {
            return false;
        }

        var (text, entities) = Written(message);
        return entities.Any(entity =>
        {
            var covered = text.AsSpan(entity.Offset, entity.Length);
            return entity.Type is MessageEntityType.Mention or MessageEntityType.BotCommand
                && covered.IndexOf('@') is >= 0 and var at && !IsName(covered[(at + 1)..], bot);
        });
    }

    /// <summary>In a forum every message without a reply points at the topic's first message.</summary>
    public static bool IsTopicRoot(Message message, Message original) => message.IsTopicMessage && original.Id == message.MessageThreadId;

    private static (string Text, IReadOnlyList<MessageEntity> Entities) Written(Message message)
        => TelegramWords.WithAddresses(TelegramWords.Of(message), (message.Text is null ? message.CaptionEntities : message.Entities) ?? []);

    private static bool IsInGroup(Message message) => message.Chat.Type is ChatType.Group or ChatType.Supergroup;

    private static bool RepliesTo(Message message, TelegramBot bot)
        => message.ReplyToMessage is { } original && original.From?.Id == bot.Id && !IsTopicRoot(message, original);

    private static bool IsName(ReadOnlySpan<char> name, TelegramBot bot) => name.Equals(bot.Username, StringComparison.OrdinalIgnoreCase);
}
