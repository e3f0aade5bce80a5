using System.Globalization;
using System.Text.Json;
using Assistant.Domain.Messaging;

namespace Assistant.Infrastructure.Messaging.Channels.Feishu;

/// <summary>Somebody reacted to a message, or took that back. Feishu does not say in which chat.</summary>
/// <param name="Message">The id of the message.</param>
/// <param name="Key">What redelivery is recognised by.</param>
internal sealed record FeishuReaction(string Message, ExternalSender Sender, string Key, InboundContent.Reacted Content, DateTimeOffset At)
{
    /// <summary>The same, where it happened.</summary>
    public InboundMessage In(ConnectionId connection, ExternalChat chat) => new()
    {
        Connection = connection,
        DedupeKey = Key,
        Chat = chat,
        Sender = Sender,
        ExternalMessageId = Message,
        Content = Content,
        SentAt = At,
        IsAddressed = false,
    };
}

/// <summary>Translates Feishu's events of reactions. Pure, and total: any event gives a reaction or <see langword="null"/>.</summary>
internal static class FeishuReactions
{
    private const string Created = "im.message.reaction.created_v1";
    private const string Deleted = "im.message.reaction.deleted_v1";

    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);

    /// <summary>Longest key the inbox has room for; no ids of Feishu's give as long a one.</summary>
    private const int LongestKey = 300;

    /// <summary>What somebody reacted with or took back; <see langword="null"/> for everything else, and for what apps react with, the assistant among them.</summary>
    /// <param name="bot">The assistant's own open id.</param>
    public static FeishuReaction? Read(FeishuCallback callback, string? bot, DateTimeOffset now)
    {
        if (callback is not { Header: { EventType: Created or Deleted } header } || !FeishuIds.IsId(header.AppId))
        {
            return null;
        }

        try
        {
            return callback.Event.Deserialize(FeishuJson.Default.FeishuReacted) is
            {
                MessageId: { } message, OperatorType: null or "user", UserId.OpenId: { } user, ReactionType.EmojiType: { Length: > 0 } name, ActionTime: { } time,
            } && user != bot && FeishuIds.IsId(message) && FeishuIds.IsId(user)
                ? ReadOne(header, message, user, name, time, now)
                : null;
        }
        catch (Exception fault) when (FeishuEvents.IsUnreadable(fault))
        {
            return null;
        }
    }

    // The event of one that is taken back has the time at which it was given. It went later than that, so that it stays away when both are told in the
    // wrong order; and it may have been given again very soon, so not later than need be.
    private static FeishuReaction? ReadOne(FeishuHeader header, string message, string user, string name, string time, DateTimeOffset now)
    {
        var isAdded = header.EventType == Created;
        var key = string.Create(CultureInfo.InvariantCulture, $"reaction/{message}/{user}/{name}/{time}/{(isAdded ? "added" : "removed")}");
        var given = FeishuEvents.TimeOf(time, now);
        return key.Length > LongestKey ? null : new FeishuReaction(
            message, new ExternalSender($"{header.AppId}/{user}", ""), key,
            new InboundContent.Reacted(isAdded ? ReactionChange.Added : ReactionChange.Removed, [FeishuEmoji.Read(name)]),
            isAdded || given > DateTimeOffset.MaxValue - Moment ? given : given + Moment);
    }
}
