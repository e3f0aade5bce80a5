using System.Globalization;
using System.Text;
using Assistant.Domain.Messaging;

namespace Assistant.Infrastructure.Messaging.Channels.Discord;

/// <summary>What somebody wrote, out of Discord's form into words. Pure, and total.</summary>
internal static class DiscordText
{
    private const long FirstSecond = -62_135_596_800;
    private const long LastSecond = 253_402_300_799;

    /// <summary>
    /// The words, names, emoji and times readable, without the assistant's name where it only calls, see <see cref="Mention.TakeOff(string, int, int)"/>.
    /// </summary>
    /// <param name="mentions">The people named in it, as far as they are known.</param>
    public static string Read(string text, IReadOnlyList<DiscordUser?>? mentions, DiscordBot bot, out bool isMentioned)
    {
        var calls = new List<(int Start, int Length)>();
        var words = new StringBuilder(text.Length);
        var at = 0;
        while (at < text.Length)
        {
            var open = text.IndexOf('<', at);
            var close = open < 0 ? -1 : text.IndexOf('>', open);
            if (close < 0)
            {
                break;
            }

            words.Append(text, at, open - at);
            var reference = text.AsSpan(open + 1, close - open - 1);
            if (UserOf(reference) is { } user && user == bot.Id)
            {
                calls.Add((words.Length, 1 + bot.Name.Length));
                words.Append('@').Append(bot.Name);
                at = close + 1;
            }
            else if (WordsOf(reference, mentions) is { } said)
            {
                words.Append(said);
                at = close + 1;
            }
            else
            {
                // Not one of Discord's: somebody wrote it so.
                words.Append('<');
                at = open + 1;
            }
        }

        isMentioned = calls.Count > 0;
        return Mention.TakeOff(words.Append(text, at, text.Length - at).ToString(), calls);
    }

    private static string? UserOf(ReadOnlySpan<char> reference)
    {
        if (reference.IsEmpty || reference[0] != '@')
        {
            return null;
        }

        var id = reference[1..].TrimStart('!').ToString();
        return DiscordIds.Is(id) ? id : null;
    }

    private static string? WordsOf(ReadOnlySpan<char> reference, IReadOnlyList<DiscordUser?>? mentions)
    {
        if (UserOf(reference) is { } id)
        {
            var user = (mentions ?? []).FirstOrDefault(one => one?.Id == id);
            return $"@{user?.GlobalName ?? user?.Username ?? id}";
        }

        if (reference.StartsWith("http://", StringComparison.Ordinal) || reference.StartsWith("https://", StringComparison.Ordinal))
        {
            return reference.ToString();
        }

        if (reference.StartsWith("t:", StringComparison.Ordinal))
        {
            return MomentOf(reference[2..]);
        }

        // <:name:id>, <a:name:id> for emoji; </name:id> for a command.
        var parts = reference.ToString().Split(':');
        return parts switch
        {
            ["" or "a", { Length: > 0 } emoji, var number] when DiscordIds.Is(number) => $":{emoji}:",
            [['/', .. { Length: > 0 }] command, var number] when DiscordIds.Is(number) => command,
            _ => null,
        };
    }

    private static string? MomentOf(ReadOnlySpan<char> moment)
    {
        var end = moment.IndexOf(':');
        return long.TryParse(end < 0 ? moment : moment[..end], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds) && seconds is >= FirstSecond and <= LastSecond
            ? DateTimeOffset.FromUnixTimeSeconds(seconds).ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture)
            : null;
    }
}
