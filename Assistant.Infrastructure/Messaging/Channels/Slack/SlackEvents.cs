using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Rendering;

namespace Assistant.Infrastructure.Messaging.Channels.Slack;

/// <summary>Who the assistant is in a workspace.</summary>
internal sealed record SlackBot(string UserId, string Name, string Team);

/// <summary>Translates Slack's events and interactions. Pure, and total: any bytes give a message or <see langword="null"/>.</summary>
/// <remarks>
/// A message in a channel that mentions the assistant comes twice, as <c>message</c> and as <c>app_mention</c>, with two event ids and one
/// <c>ts</c>. Both read the same here, the key of redelivery included, so that the order in which they come does not matter.
/// </remarks>
internal static class SlackEvents
{
    private const int LongestId = 100;

    /// <summary>What the assistant is called until Slack has said it.</summary>
    private const string Nameless = "assistant";

    /// <summary>The callback, or <see langword="null"/> when it is none.</summary>
    public static SlackCallback? ReadCallback(ReadOnlySpan<byte> body) => Guarded(body, static json => JsonSerializer.Deserialize(json, SlackJson.Default.SlackCallback));

    /// <summary>The interaction, or <see langword="null"/> when it is none.</summary>
    public static SlackInteraction? ReadInteraction(ReadOnlySpan<byte> payload)
        => Guarded(payload, static json => JsonSerializer.Deserialize(json, SlackJson.Default.SlackInteraction));

    /// <summary>The frame, or <see langword="null"/> when it is none.</summary>
    public static SlackEnvelope? ReadEnvelope(ReadOnlySpan<byte> frame) => Guarded(frame, static json => JsonSerializer.Deserialize(json, SlackJson.Default.SlackEnvelope));

    /// <summary>What was said, edited or taken back; <see langword="null"/> when it is nothing for the assistant.</summary>
    /// <param name="bot">Who the assistant is; <see langword="null"/> when only the callback itself can tell.</param>
    /// <param name="nameOf">What people are called who are mentioned, by their ids; <see langword="null"/> of those it does not know.</param>
    public static InboundMessage? Read(SlackCallback callback, ConnectionId connection, SlackBot? bot, DateTimeOffset now, Func<string, string?>? nameOf = null)
    {
        if (callback.Type != "event_callback" || !IsId(callback.TeamId))
        {
            return null;
        }

        if (As(callback.Event, SlackJson.Default.SlackReaction, "reaction_added", "reaction_removed") is { } reaction)
        {
            return ReadReaction(reaction, callback.TeamId!, bot?.UserId ?? BotOf(callback), connection, now);
        }

        if (As(callback.Event, SlackJson.Default.SlackEvent, "message", "app_mention") is not { } e || !IsId(e.Channel))
        {
            return null;
        }

        var context = new Context(connection, callback.TeamId!, e.Channel!, IsGroup(e.Channel!, e.ChannelType), bot?.UserId ?? BotOf(callback), bot?.Name ?? Nameless, nameOf, now);
        return e.Subtype switch
        {
            "message_changed" => ReadChange(e, context),
            "message_deleted" => ReadDeletion(e.DeletedTs, e.PreviousMessage, context),

            // Others tell that somebody came, went or renamed the channel, or are a bot's.
            null or "" or "file_share" or "thread_broadcast" or "me_message" => ReadSaid(e, context),
            _ => null,
        };
    }

    /// <summary>The press of a button; <see langword="null"/> for everything else.</summary>
    public static InboundMessage? Read(SlackInteraction interaction, ConnectionId connection, DateTimeOffset now)
    {
        var (channel, ts) = (interaction.Channel?.Id ?? interaction.Container?.ChannelId, interaction.Container?.MessageTs ?? interaction.Message?.Ts);
        var team = interaction.Team?.Id ?? interaction.User?.TeamId;
        if (interaction.Type != "block_actions" || !IsId(channel) || !IsId(ts) || !IsId(team) || interaction.User is not { } user || !IsId(user.Id)
            || interaction.Actions?.FirstOrDefault(action => action is { Type: "button" }) is not { } action
            || FirstOf(action.Value, action.ActionId) is not { } pressed)
        {
            return null;
        }

        return new InboundMessage
        {
            Connection = connection,
            DedupeKey = $"press/{team}:{channel}:{ts}:{Short(action.ActionTs)}:{user.Id}",
            Chat = new ExternalChat(channel!, ThreadOf(interaction.Container?.ThreadTs ?? interaction.Message?.ThreadTs, ts!), IsGroup(channel!, null)),
            Sender = ExternalSender.Named($"{team}/{user.Id}", FirstOf(user.Name, user.Username), user.Id!),
            ExternalMessageId = ts!,
            Content = new InboundContent.Pressed(pressed, FirstOf(action.Text?.Text) ?? pressed),
            SentAt = TimeOf(action.ActionTs, now),
        };
    }

    /// <summary>The user's id within its workspace, for what Slack is asked about them.</summary>
    public static string UserOf(ExternalSender sender) => sender.ExternalId[(sender.ExternalId.IndexOf('/', StringComparison.Ordinal) + 1)..];

    private static InboundMessage? ReadSaid(SlackEvent e, Context context)
    {
        if (!IsPersons(e, context))
        {
            return null;
        }

        var text = TextOf(e, context, out var isMentioned);
        var attachments = SlackFiles.Of([.. e.Files ?? [], .. ForwardedIn(e).SelectMany(forwarded => forwarded.Files ?? [])]);
        return text.Length == 0 && attachments.Count == 0
            ? null
            : context.NewMessage(e, $"{e.Ts}", new InboundContent.Said(text, attachments, ThreadOf(e.ThreadTs, e.Ts!)), TimeOf(e.Ts, context.Now), IsMeant(e, isMentioned, context));
    }

    // Slack reports as a change, too, that a link got its preview or a thread its first answer: the text is the same then.
    private static InboundMessage? ReadChange(SlackEvent e, Context context)
    {
        if (e.Message is not { } message)
        {
            return null;
        }

        if (message.Subtype == "tombstone")
        {
            return ReadDeletion(message.Ts, e.PreviousMessage, context);
        }

        if (message.Edited?.Ts is not { } editedAt || !IsId(editedAt) || !IsPersons(message, context) || message.Text == e.PreviousMessage?.Text)
        {
            return null;
        }

        var text = TextOf(message, context, out var isMentioned);
        return context.NewMessage(
            message, $"{message.Ts}:edited:{editedAt}", new InboundContent.Edited(text), TimeOf(editedAt, context.Now), IsMeant(message, isMentioned, context));
    }

    /// <summary>What was written, and below it what was passed on with it. Whoever is mentioned in that was not meant now.</summary>
    private static string TextOf(SlackEvent e, Context context, out bool isMentioned)
    {
        var text = SlackText.Read(e.Text ?? "", context.Bot, context.Name, out isMentioned, context.NameOf);
        foreach (var forwarded in ForwardedIn(e))
        {
            var said = SlackText.Read(FirstOf(forwarded.Text) ?? (forwarded.Files is { Count: > 0 } ? null : forwarded.Fallback) ?? "", context.Bot, context.Name, out _, context.NameOf);
            text = $"{text}\n\n{(said.Length > 0 && FirstOf(forwarded.AuthorName) is { } author ? $"{author}: {said}" : said)}".Trim();
        }

        return text;
    }

    private static IEnumerable<SlackForwarded> ForwardedIn(SlackEvent e) => (e.Attachments ?? []).OfType<SlackForwarded>().Where(attached => attached.IsShare == true);

    // Whose it was is in what was there before: without that nobody can be held to it.
    private static InboundMessage? ReadDeletion(string? ts, SlackEvent? before, Context context)
        => before is not null && IsId(ts) && IsPersons(before with { Ts = ts }, context)
            ? context.NewMessage(before with { Ts = ts }, $"{ts}:deleted", new InboundContent.Deleted(), context.Now, isMeant: true)
            : null;

    // Of a file, or without a user, it is nothing for us. The thread is not told.
    private static InboundMessage? ReadReaction(SlackReaction e, string team, string? bot, ConnectionId connection, DateTimeOffset now)
    {
        if (e.Item is not { Type: "message", Channel: { } channel, Ts: { } ts } || !IsId(channel) || !IsId(ts) || !IsId(e.User) || e.User == bot
            || !IsId(e.EventTs) || !IsId(e.Reaction))
        {
            return null;
        }

        return new InboundMessage
        {
            Connection = connection,
            DedupeKey = $"{e.Type}/{team}:{channel}:{ts}:{e.User}:{e.EventTs}",
            Chat = new ExternalChat(channel, null, IsGroup(channel, null)),
            Sender = new ExternalSender($"{team}/{e.User}", ""),
            ExternalMessageId = ts,
            Content = new InboundContent.Reacted(e.Type == "reaction_added" ? ReactionChange.Added : ReactionChange.Removed, [EmojiNames.Read(e.Reaction!)]),
            SentAt = TimeOf(e.EventTs, now),
            IsAddressed = false,
        };
    }

    private static bool IsPersons(SlackEvent e, Context context)
        => string.IsNullOrEmpty(e.BotId) && IsId(e.User) && IsId(e.Ts) && e.User != context.Bot && e.User != "USLACKBOT";

    private static bool IsMeant(SlackEvent e, bool isMentioned, Context context)
        => !context.IsGroup || isMentioned || e.Type == "app_mention" || (context.Bot is { Length: > 0 } bot && e.ParentUserId == bot);

    private static T? As<T>(JsonElement e, JsonTypeInfo<T> shape, string type, string otherType) where T : class
    {
        try
        {
            return e.ValueKind == JsonValueKind.Object && e.TryGetProperty("type", out var given) && given.ValueKind == JsonValueKind.String
                && given.GetString() is { } name && (name == type || name == otherType)
                    ? e.Deserialize(shape)
                    : null;
        }
        catch (Exception fault) when (IsUnreadable(fault))
        {
            return null;
        }
    }

    // The authorization is that of the installation which sees the event: for an app with a bot, its bot.
    private static string? BotOf(SlackCallback callback)
    {
        try
        {
            return callback.Authorizations.ValueKind != JsonValueKind.Array ? null : callback.Authorizations.EnumerateArray().Select(BotIn).FirstOrDefault(id => id is not null);
        }
        catch (InvalidOperationException)
        {
            // Half of a character, in a name or a value.
            return null;
        }
    }

    private static string? BotIn(JsonElement authorization)
        => authorization.ValueKind == JsonValueKind.Object && authorization.TryGetProperty("is_bot", out var isBot) && isBot.ValueKind == JsonValueKind.True
            && authorization.TryGetProperty("user_id", out var id) && id.ValueKind == JsonValueKind.String
                ? id.GetString()
                : null;

    /// <summary>Direct chats have ids of their own kind; all other kinds have several people in them.</summary>
    private static bool IsGroup(string channel, string? kind) => string.IsNullOrEmpty(kind) ? channel[0] != 'D' : kind != "im";

    /// <summary>The message that began the thread names itself once there is an answer; it stands in the channel.</summary>
    private static string? ThreadOf(string? thread, string ts) => string.IsNullOrEmpty(thread) || thread == ts || thread.Length > LongestId ? null : thread;

    private static bool IsId(string? id) => id is { Length: > 0 and <= LongestId };

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

    private static string Short(string? id) => id is { Length: > LongestId } ? id[..LongestId] : id ?? "";

    /// <summary>A ts is the time in seconds, and behind the point a number that makes it unique.</summary>
    private static DateTimeOffset TimeOf(string? ts, DateTimeOffset now)
        => decimal.TryParse(ts, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and < 253_402_300_799
            ? DateTimeOffset.FromUnixTimeMilliseconds((long)(seconds * 1000))
            : now;

    private delegate T? Reading<T>(ReadOnlySpan<byte> json);

    private static T? Guarded<T>(ReadOnlySpan<byte> json, Reading<T> read) where T : class
    {
        try
        {
            return read(json);
        }
        catch (Exception fault) when (IsUnreadable(fault))
        {
            return null;
        }
    }

    private static bool IsUnreadable(Exception fault) => fault is JsonException or InvalidOperationException or NotSupportedException or FormatException;

    /// <summary>What is the same for everything in one callback.</summary>
    private sealed record Context(ConnectionId Connection, string Team, string Channel, bool IsGroup, string? Bot, string Name, Func<string, string?>? NameOf, DateTimeOffset Now)
    {
        public InboundMessage NewMessage(SlackEvent e, string key, InboundContent content, DateTimeOffset at, bool isMeant) => new()
        {
            Connection = Connection,
            DedupeKey = $"{Team}:{Channel}:{key}",
            Chat = new ExternalChat(Channel, ThreadOf(e.ThreadTs, e.Ts!), IsGroup),
            Sender = ExternalSender.Named($"{Team}/{e.User}", null, e.User!),
            ExternalMessageId = e.Ts!,
            Content = content,
            SentAt = at,
            IsAddressed = isMeant,
        };
    }
}
