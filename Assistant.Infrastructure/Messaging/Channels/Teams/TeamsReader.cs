using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Assistant.Domain.Messaging;

namespace Assistant.Infrastructure.Messaging.Channels.Teams;

/// <summary>Translates activities. Pure, and total: any bytes give an activity or none, any activity a message or none.</summary>
internal sealed class TeamsReader(ConnectionId connection, GroupRule groups)
{
    public const string Channel = "msteams";

    private const int LongestId = 400;
    private const string BotPrefix = "28:";

    /// <returns><see langword="null"/> when these bytes are no activity.</returns>
    public static TeamsActivity? Parse(ReadOnlySpan<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, TeamsJson.Default.TeamsActivity);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>The tenant an activity comes from, or <see langword="null"/>.</summary>
    public static string? TenantOf(TeamsActivity activity) => activity.Conversation?.TenantId is { Length: > 0 } tenant ? tenant : activity.ChannelData?.Tenant?.Id;

    /// <summary>The message in an activity; <see langword="null"/> for what is nothing for the assistant.</summary>
    public InboundMessage? Read(TeamsActivity activity, DateTimeOffset now)
    {
        if (activity is not { ChannelId: Channel, Id: { Length: > 0 and <= LongestId } id, From: { Id: { Length: > 0 and <= LongestId } from } sender }
            || activity.Conversation?.Id is not { } conversation || TeamsIds.Chat(conversation) is not { } place || TenantOf(activity) is not { Length: > 0 and <= LongestId } tenant
            || from == activity.Recipient?.Id || from.StartsWith(BotPrefix, StringComparison.Ordinal))
        {
            return null;
        }

        var isGroup = activity.Conversation is not { ConversationType: "personal" } || activity.Conversation.IsGroup == true;
        var user = sender.AadObjectId is { Length: > 0 and <= LongestId } known ? known : from;
        var happened = new Happened(
            activity, id, conversation, new ExternalChat(place.Chat, place.Thread, isGroup, activity.Conversation.Name),
            ExternalSender.Named($"{tenant}/{user}", sender.Name, user, string.IsNullOrWhiteSpace(activity.Locale) ? null : activity.Locale),
            TimeOf(activity.Timestamp, now));
        return activity.Type switch
        {
            "message" => Pressed(happened) ?? Said(happened),
            "messageUpdate" => Edited(happened),
            "messageDelete" => New(happened, $"{conversation}/{id}/deleted", id, new InboundContent.Deleted(), isMentioned: false),
            "messageReaction" => Reacted(happened),
            _ => null,
        };
    }

    // One comes or goes at a time.
    private InboundMessage? Reacted(Happened happened)
    {
        var (added, removed) = (NamesOf(happened.Activity.ReactionsAdded), NamesOf(happened.Activity.ReactionsRemoved));
        return happened.Activity.ReplyToId is not { Length: > 0 and <= LongestId } message || added.Count + removed.Count == 0
            ? null
            : New(
                happened, $"{happened.Conversation}/{message}/reaction/{happened.Sender.ExternalId}/{happened.Id}/{happened.Activity.Timestamp}", message,
                added.Count > 0 ? new InboundContent.Reacted(ReactionChange.Added, added) : new InboundContent.Reacted(ReactionChange.Removed, removed), isMentioned: false);
    }

    private static IReadOnlyList<string> NamesOf(IReadOnlyList<TeamsReaction?>? reactions)
        => [.. (reactions ?? []).Select(reaction => reaction?.Type).Where(type => !string.IsNullOrEmpty(type)).Select(type => TeamsEmoji.Read(type!))];

    private InboundMessage? Said(Happened happened)
    {
        var (text, isMentioned) = Words(happened.Activity);
        var attachments = TeamsFiles.Of(happened.Activity.Attachments);
        return text.Length == 0 && attachments.Count == 0
            ? null
            : New(happened, $"{happened.Conversation}/{happened.Id}", happened.Id, new InboundContent.Said(text, attachments), isMentioned);
    }

    // An edit has the id of what was said, and a time of its own.
    private InboundMessage Edited(Happened happened)
    {
        var (text, isMentioned) = Words(happened.Activity);
        return New(happened, $"{happened.Conversation}/{happened.Id}/edited/{happened.Activity.Timestamp}", happened.Id, new InboundContent.Edited(text), isMentioned);
    }

    private InboundMessage? Pressed(Happened happened)
        => Read(happened.Activity.Value, TeamsJson.Default.TeamsPress) is { Assistant: { Length: > 0 } data } press
            && happened.Activity.ReplyToId is { Length: > 0 and <= LongestId } card
                ? New(happened, $"{happened.Conversation}/{happened.Id}", card, new InboundContent.Pressed(data, press.Label is { Length: > 0 } label ? label : data), isMentioned: true)
                : null;

    private InboundMessage New(Happened happened, string key, string messageId, InboundContent content, bool isMentioned) => new()
    {
        Connection = connection,
        DedupeKey = key,
        Chat = happened.Chat,
        Sender = happened.Sender,
        ExternalMessageId = messageId,
        Content = content,
        SentAt = happened.At,
        IsAddressed = groups.IsAddressed(happened.Chat.IsGroup, isMentioned),
    };

    private static (string Text, bool IsMentioned) Words(TeamsActivity activity)
    {
        var mentions = (activity.Entities ?? [])
            .Where(entity => entity is { Type: "mention", Mentioned.Id: { Length: > 0 } id } && id == activity.Recipient?.Id)
            .Select(entity => entity!.Text ?? "").ToHashSet(StringComparer.Ordinal);
        return (TeamsLinks.AddressedIn(TeamsText.Read(activity.Text ?? "", mentions), activity.Attachments), mentions.Count > 0);
    }

    private static DateTimeOffset TimeOf(string? timestamp, DateTimeOffset now)
        => DateTimeOffset.TryParse(timestamp, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at) ? at : now;

    /// <summary>What an open-ended part of an activity says; <see langword="null"/> when it is something else.</summary>
    public static T? Read<T>(JsonElement part, JsonTypeInfo<T> type) where T : class
    {
        try
        {
            return part.ValueKind == JsonValueKind.Object ? part.Deserialize(type) : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private sealed record Happened(TeamsActivity Activity, string Id, string Conversation, ExternalChat Chat, ExternalSender Sender, DateTimeOffset At);
}
