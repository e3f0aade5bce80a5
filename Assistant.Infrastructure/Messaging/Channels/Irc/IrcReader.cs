using System.Globalization;
using System.Text;
using Assistant.Domain.Messaging;

namespace Assistant.Infrastructure.Messaging.Channels.Irc;

/// <summary>What is said, as a message. Pure but for ids and the clock; total.</summary>
internal static class IrcReader
{
    private const string Action = "ACTION ";
    private const char Ctcp = '\u0001';

    /// <summary>Clients cut at 350 to 450 bytes, by the length of their own name and of the place.</summary>
    private const int FullBytes = 350;

    /// <summary>A line as a message; <see langword="null"/> for one that is none: a notice, a request between programs, our own words.</summary>
    /// <param name="nick">What the assistant is called at the moment.</param>
    public static InboundMessage? Read(IrcMessage line, ConnectionId connection, string nick, IrcSettings settings, DateTimeOffset now)
    {
        if (!line.Verb.Equals("PRIVMSG", StringComparison.OrdinalIgnoreCase) || line.Source is not { } source || line.Parameters.Count < 2
            || !source.Contains('!', StringComparison.Ordinal) || !IrcNames.IsName(line.Nick) || IrcNames.AreSame(line.Nick, nick)
            || settings.Ignored.Any(mask => IrcNames.Matches(mask, source)))
        {
            return null;
        }

        // "@#room" is said to the operators of a room.
        var target = line[0].TrimStart('~', '@', '%', '+');
        var isGroup = IrcNames.IsChannel(target);
        if (TextOf(line[1]) is not { Length: > 0 } text || !IrcNames.IsName(target) || (!isGroup && !IrcNames.AreSame(target, nick)))
        {
            return null;
        }

        var (rest, isMentioned) = isGroup ? WithoutMention(text, nick) : (text, true);
        if (rest.Length == 0)
        {
            return null;
        }

        // Without an account a name is whoever holds it; with its user and host it is at least not just anybody.
        var identity = line.Tag("account") is { } account and not "*" ? $"account:{account}" : source;
        var id = line.Tag("msgid") ?? $"none-{Guid.CreateVersion7():N}";
        return new InboundMessage
        {
            Connection = connection,
            DedupeKey = id,
            Chat = isGroup
                ? new ExternalChat(IrcNames.Fold(target), IsGroup: true, Title: target)
                : new ExternalChat(IrcNames.Fold(line.Nick), ThreadId: identity),
            Sender = new ExternalSender(ExternalSender.IdWithin(connection, identity), line.Nick, IsBot: line.Tags.ContainsKey("bot")),
            ExternalMessageId = id,
            Content = new InboundContent.Said(rest),
            SentAt = TimeOf(line) ?? now,
            IsAddressed = settings.Groups.IsAddressed(isGroup, isMentioned),
        };
    }

    /// <summary>Whether a line has hardly room for more, so that the next may be its second part.</summary>
    public static bool IsFull(IrcMessage line) => Encoding.UTF8.GetByteCount(line[1]) >= FullBytes;

    /// <summary>The time the server gives.</summary>
    public static DateTimeOffset? TimeOf(IrcMessage line)
        => DateTimeOffset.TryParse(line.Tag("time"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time : null;

    private static string? TextOf(string said)
    {
        if (said.StartsWith(Ctcp))
        {
            var request = said.Trim(Ctcp);
            return request.StartsWith(Action, StringComparison.Ordinal) ? IrcText.Stripped(request[Action.Length..]).Trim() : null;
        }

        return IrcText.Stripped(said).Trim();
    }

    private static (string Text, bool IsMentioned) WithoutMention(string text, string nick)
    {
        var name = text.AsSpan(text[0] == '@' ? 1 : 0);
        if (!name.StartsWith(nick, StringComparison.OrdinalIgnoreCase))
        {
            return (text, false);
        }

        var rest = name[nick.Length..];
        return rest.IsEmpty ? (text, true)
            : rest[0] is ':' or ',' or '，' or '：' || (text[0] == '@' && rest[0] == ' ') ? (rest[1..].Trim().ToString(), true)
            : (text, false);
    }
}
