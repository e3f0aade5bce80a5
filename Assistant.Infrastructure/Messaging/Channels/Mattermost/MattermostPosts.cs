using System.Text;
using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Calls;
using Assistant.Infrastructure.Messaging.Rendering;

namespace Assistant.Infrastructure.Messaging.Channels.Mattermost;

/// <summary>Who the assistant is on a server.</summary>
internal sealed record MattermostBot(string Id, string Name);

/// <summary>A channel, as far as it matters. A direct one has no title.</summary>
internal sealed record MattermostPlace(string Id, bool IsGroup, string? Title)
{
    public static MattermostPlace? Of(LooseJson channel) => MattermostIds.IsId(channel["id"].Text) && channel["type"].Text is { Length: 1 } type
        ? new MattermostPlace(channel["id"].Text!, type != "D", type == "D" ? null : channel["display_name"].Text)
        : null;
}

/// <summary>What became of a post.</summary>
internal enum MattermostChange { Said, Edited, Deleted }

/// <summary>One frame of the socket, as far as it is read.</summary>
/// <param name="Mentions">Ids of those whom the server finds mentioned.</param>
internal sealed record MattermostFrame(string Event, long? Seq, LooseJson Post, string? ChannelType, string? SenderName, IReadOnlyList<string> Mentions, string? Status)
{
    /// <summary>The channel it is told in.</summary>
    public string? Channel { get; init; }

    public LooseJson Reaction { get; init; }
}

/// <summary>What is known beside a post when it is read.</summary>
/// <param name="IsThreadOwn">Whether the assistant began the thread.</param>
internal sealed record MattermostView(
    ConnectionId Connection, MattermostBot Bot, MattermostPlace Place, ExternalSender? Sender, IReadOnlyList<string> Mentions, bool IsThreadOwn, GroupRule Groups);

/// <summary>Translates frames and posts. Pure, and total: any bytes give a message or <see langword="null"/>.</summary>
internal static class MattermostPosts
{
    private const long LastMoment = 253_402_300_799_999;

    /// <summary>The frame, or <see langword="null"/> when it is none. A post in it is JSON within a text.</summary>
    public static MattermostFrame? ReadFrame(ReadOnlyMemory<byte> bytes)
    {
        var frame = LooseJson.Parse(bytes);
        if (!frame.IsObject)
        {
            return null;
        }

        var data = frame["data"];
        return new MattermostFrame(
            frame["event"].Text ?? "", frame["seq"].Number, Nested(data["post"]), data["channel_type"].Text, data["sender_name"].Text?.TrimStart('@'),
            [.. Nested(data["mentions"]).Items.Select(id => id.Text).OfType<string>()], frame["status"].Text)
        {
            Channel = frame["broadcast"]["channel_id"].Text,
            Reaction = Nested(data["reaction"]),
        };
    }

    /// <summary>Whether anything can come of the post: it is a person's, and not the server's own about who came or went.</summary>
    public static bool IsWanted(LooseJson post, MattermostBot bot)
        => MattermostIds.IsId(post["id"].Text) && MattermostIds.IsId(post["user_id"].Text) && MattermostIds.IsId(post["channel_id"].Text)
            && post["user_id"].Text != bot.Id && post["type"].Text is null or "" or "me"
            && !IsSo(post["props"]["from_bot"]) && !IsSo(post["props"]["from_webhook"]) && !IsSo(post["props"]["from_plugin"]);

    /// <summary>The thread a post is in, or <see langword="null"/>.</summary>
    public static string? ThreadOf(LooseJson post) => MattermostIds.IsId(post["root_id"].Text) && post["root_id"].Text != post["id"].Text ? post["root_id"].Text : null;

    /// <summary>What happened; <see langword="null"/> when it is nothing for the assistant.</summary>
    public static InboundMessage? Read(LooseJson post, MattermostChange change, MattermostView view)
    {
        if (!IsWanted(post, view.Bot))
        {
            return null;
        }

        var (id, words) = (post["id"].Text!, post["message"].Text ?? "");
        var isMeant = MattermostText.Mentions(words, view.Bot.Name) || view.Mentions.Contains(view.Bot.Id) || view.IsThreadOwn;
        var text = view.Place.IsGroup ? MattermostText.WithoutName(words, view.Bot.Name) : words.Trim();
        switch (change)
        {
            case MattermostChange.Deleted:
                return NewMessage(post, view, $"{id}:deleted", new InboundContent.Deleted(), post["delete_at"].Number ?? post["update_at"].Number, isMeant: true);
            case MattermostChange.Edited:
                // The server reports as an edit, too, that somebody reacted or pinned: then it has no time of an edit.
                return text.Length > 0 && post["edit_at"].Number is > 0 and var editedAt
                    ? NewMessage(post, view, $"{id}:{editedAt}", new InboundContent.Edited(text), editedAt, isMeant)
                    : null;
            default:
                var files = MattermostFiles.Of(post);
                return text.Length == 0 && files.Count == 0
                    ? null
                    : NewMessage(post, view, id, new InboundContent.Said(text, files, ThreadOf(post)), post["create_at"].Number, isMeant);
        }
    }

    /// <summary>What somebody reacted with, or took back of it; <see langword="null"/> when it is nothing for the assistant.</summary>
    /// <param name="now">When, by the clock here: what is taken back has no time of its own, and the socket keeps the order.</param>
    public static InboundMessage? ReadReaction(MattermostFrame frame, ConnectionId connection, MattermostPlace place, ExternalSender sender, DateTimeOffset now)
        => !MattermostIds.IsId(frame.Reaction["post_id"].Text) || frame.Reaction["emoji_name"].Text is not { Length: > 0 } name
            ? null
            : new InboundMessage
            {
                Connection = connection,
                DedupeKey = $"{frame.Event}/{frame.Reaction["post_id"].Text}/{sender.ExternalId}/{now.UtcTicks}/{frame.Seq}",
                Chat = new ExternalChat(place.Id, null, place.IsGroup, place.Title),
                Sender = sender,
                ExternalMessageId = frame.Reaction["post_id"].Text!,
                Content = new InboundContent.Reacted(frame.Event == "reaction_added" ? ReactionChange.Added : ReactionChange.Removed, [EmojiNames.Read(name)]),
                SentAt = now,
                IsAddressed = false,
            };

    private static InboundMessage NewMessage(LooseJson post, MattermostView view, string key, InboundContent content, long? at, bool isMeant) => new()
    {
        Connection = view.Connection,
        DedupeKey = key,
        Chat = new ExternalChat(view.Place.Id, ThreadOf(post), view.Place.IsGroup, view.Place.Title),
        Sender = view.Sender ?? ExternalSender.Named(post["user_id"].Text!, null, post["user_id"].Text!),
        ExternalMessageId = post["id"].Text!,
        Content = content,
        SentAt = DateTimeOffset.FromUnixTimeMilliseconds(at is >= 0 and <= LastMoment ? at.Value : 0),
        IsAddressed = view.Groups.IsAddressed(view.Place.IsGroup, isMeant),
    };

    // Properties are whatever somebody put there; the server's own are texts.
    private static bool IsSo(LooseJson value) => value.IsTrue || value.Text == "true";

    private static LooseJson Nested(LooseJson text) => text.Text is { } json ? LooseJson.Parse(Encoding.UTF8.GetBytes(json)) : default;
}
