using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Matrix;

/// <summary>Where an event happened, as far as its meaning depends on it.</summary>
internal sealed record MatrixPlace(ConnectionId Connection, string Me, MatrixRoom Room, GroupRule Groups);

/// <summary>
/// Translates events. Pure, and total: servers pass on whatever somebody put into an event, so any part of it may be missing or of another kind.
/// </summary>
internal static class MatrixEvents
{
    private const long LastMoment = 253_402_300_799_999;

    /// <summary>What others who refer to the event need to know; <see langword="null"/> when it has no sender.</summary>
    public static MatrixSeen? SeenOf(LooseJson e)
        => e["sender"].Text is { } sender && MatrixIds.IsUser(sender) ? new MatrixSeen(sender, ThreadOf(e["content"]), IsSaid(e) && TargetOfEdit(e["content"]) is null, ReactionIn(e)) : null;

    /// <summary>Whether anything can come of the event at all.</summary>
    public static bool IsWanted(LooseJson e, string me)
        => e["event_id"].Text is { } id && MatrixIds.IsEvent(id) && e["sender"].Text is { } sender && MatrixIds.IsUser(sender) && sender != me
            && (IsSaid(e) || e["type"].Text == "m.room.redaction" || ReactionIn(e) is not null) && !IsMachines(e["content"]);

    /// <summary>The event that this one changes; <see langword="null"/> when it changes none.</summary>
    public static string? ChangedBy(LooseJson e)
    {
        var target = e["type"].Text == "m.room.redaction" ? e["redacts"].Text ?? e["content"]["redacts"].Text : TargetOfEdit(e["content"]);
        return MatrixIds.IsEvent(target) ? target : null;
    }

    /// <summary>Other events whose sender tells whether the assistant is meant: what is replied to, and what began the thread.</summary>
    public static IEnumerable<string> AnsweredBy(LooseJson e)
        => new[] { ReplyOf(e["content"]), ThreadOf(e["content"]) }.OfType<string>();

    /// <summary>What was said, edited or taken back; <see langword="null"/> when it is nothing for the assistant.</summary>
    /// <param name="seen">The events referred to, as far as they are known.</param>
    public static InboundMessage? Read(LooseJson e, MatrixPlace place, IReadOnlyDictionary<string, MatrixSeen> seen, DateTimeOffset now)
    {
        if (!IsWanted(e, place.Me))
        {
            return null;
        }

        if (e["type"].Text == "m.room.redaction")
        {
            return ReadRedaction(e, place, seen, now);
        }

        if (ReactionIn(e) is var (reactedTo, key))
        {
            return NewMessage(e, place, reactedTo, null, e["sender"].Text!, new InboundContent.Reacted(ReactionChange.Added, [key]), isMeant: false, now);
        }

        return TargetOfEdit(e["content"]) is null ? ReadSaid(e, place, seen, now) : ReadEdit(e, place, seen, now);
    }

    private static InboundMessage? ReadSaid(LooseJson e, MatrixPlace place, IReadOnlyDictionary<string, MatrixSeen> seen, DateTimeOffset now)
    {
        var content = e["content"];
        var attachments = AttachmentsOf(content);
        var isMeant = MatrixText.Mentions(content, place.Me) || AnsweredBy(e).Any(id => seen.TryGetValue(id, out var answered) && answered.Sender == place.Me);
        var text = MatrixText.Read(content, e["type"].Text == "m.sticker", place, e["sender"].Text!);
        return text.Length == 0 && attachments.Count == 0
            ? null
            : NewMessage(e, place, e["event_id"].Text!, ThreadOf(content), e["sender"].Text!, new InboundContent.Said(text, attachments, ReplyOf(content)), isMeant, now);
    }

    // Anybody may name any event: only whoever said it can change what they said.
    private static InboundMessage? ReadEdit(LooseJson e, MatrixPlace place, IReadOnlyDictionary<string, MatrixSeen> seen, DateTimeOffset now)
    {
        var (target, content, sender) = (ChangedBy(e), e["content"]["m.new_content"], e["sender"].Text!);
        if (target is null || IsMachines(content) || (seen.TryGetValue(target, out var original) && (original.Sender != sender || !original.IsMessage)))
        {
            return null;
        }

        var text = MatrixText.Read(content, isSticker: false, place, sender);
        return text.Length == 0
            ? null
            : NewMessage(e, place, target, seen.GetValueOrDefault(target)?.ThreadId, sender, new InboundContent.Edited(text), MatrixText.Mentions(content, place.Me), now);
    }

    // Whose message it was is what counts, and not who took it back: a moderator may. Of what is not a message nothing was stored.
    private static InboundMessage? ReadRedaction(LooseJson e, MatrixPlace place, IReadOnlyDictionary<string, MatrixSeen> seen, DateTimeOffset now)
        => ChangedBy(e) is not { } target || !seen.TryGetValue(target, out var original) || original.Sender == place.Me ? null
            : original.Reaction is var (reactedTo, key)
                ? NewMessage(e, place, reactedTo, null, original.Sender, new InboundContent.Reacted(ReactionChange.Removed, [key]), isMeant: false, now)
            : original.IsMessage ? NewMessage(e, place, target, original.ThreadId, original.Sender, new InboundContent.Deleted(), isMeant: true, now)
            : null;

    private static InboundMessage NewMessage(
        LooseJson e, MatrixPlace place, string id, string? thread, string sender, InboundContent content, bool isMeant, DateTimeOffset now) => new()
        {
            Connection = place.Connection,
            DedupeKey = e["event_id"].Text!,
            Chat = new ExternalChat(place.Room.Id, thread, place.Room.IsGroup, place.Room.Title),
            Sender = new ExternalSender(sender, place.Room.NameOf(sender)),
            ExternalMessageId = id,
            Content = content,
            SentAt = e["origin_server_ts"].Number is >= 0 and <= LastMoment and var at ? DateTimeOffset.FromUnixTimeMilliseconds(at) : now,
            IsAddressed = place.Groups.IsAddressed(place.Room.IsGroup, isMeant),
        };

    private static IReadOnlyList<Attachment> AttachmentsOf(LooseJson content)
    {
        var address = content["url"].Text;
        if (MatrixIds.MediaPathOf(address) is null)
        {
            return [];
        }

        var kind = content["msgtype"].Text switch
        {
            null or "m.image" => "image",
            "m.audio" => content["org.matrix.msc3245.voice"].IsObject ? "voice" : "audio",
            "m.video" => "video",
            _ => "file",
        };
        var info = content["info"];
        return [new Attachment(kind, address!, content["filename"].Text ?? content["body"].Text, info["mimetype"].Text, info["size"].Number is >= 0 and var size ? size : null)];
    }

    // Several emoji, or words, may be a key; what is too long is left out where it is kept.
    private static (string Target, string Key)? ReactionIn(LooseJson e)
    {
        var relation = e["content"]["m.relates_to"];
        return e["type"].Text == "m.reaction" && relation["rel_type"].Text == "m.annotation" && MatrixIds.IsEvent(relation["event_id"].Text)
            && relation["key"].Text is { Length: > 0 and <= PersonReactions.MaxLength } key
                ? (relation["event_id"].Text!, key)
                : null;
    }

    private static bool IsSaid(LooseJson e) => e["type"].Text is "m.room.message" or "m.sticker" && !e["state_key"].IsThere;

    // Notices are what bots send. The others are the server's own, and the beginning of a verification.
    private static bool IsMachines(LooseJson content) => content["msgtype"].Text is "m.notice" or "m.server_notice" or "m.key.verification.request";

    private static string? TargetOfEdit(LooseJson content)
        => content["m.relates_to"]["rel_type"].Text == "m.replace" ? content["m.relates_to"]["event_id"].Text ?? "" : null;

    private static string? ThreadOf(LooseJson content)
        => content["m.relates_to"]["rel_type"].Text == "m.thread" && content["m.relates_to"]["event_id"].Text is { } root && MatrixIds.IsEvent(root) ? root : null;

    // In a thread most replies are there only for programs that know no threads.
    private static string? ReplyOf(LooseJson content)
    {
        var relation = content["m.relates_to"];
        return !(relation["rel_type"].Text == "m.thread" && relation["is_falling_back"].IsTrue) && relation["m.in_reply_to"]["event_id"].Text is { } id && MatrixIds.IsEvent(id)
            ? id
            : null;
    }
}
