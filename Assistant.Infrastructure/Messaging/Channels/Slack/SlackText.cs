using System.Text;
using Assistant.Domain.Messaging;

namespace Assistant.Infrastructure.Messaging.Channels.Slack;

/// <summary>What somebody wrote, out of Slack's form into words. Pure, and total.</summary>
internal static class SlackText
{
    private const int LongestId = 40;

    /// <summary>Words as they are to be shown, escaped so that nothing in them pings anybody or becomes a link.</summary>
    public static string Escape(string words) => words
        .Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);

    /// <summary>The words, links and names readable, without the assistant's name where it only calls, see <see cref="Mention.TakeOff(string, int, int)"/>.</summary>
    /// <param name="bot">Id of the assistant's user.</param>
    /// <param name="name">What the assistant is called.</param>
    /// <param name="nameOf">What people are called, by their ids; an id stands for whom it does not know.</param>
    public static string Read(string text, string? bot, string name, out bool isMentioned, Func<string, string?>? nameOf = null)
    {
        var words = new StringBuilder(text.Length);
        var calls = new List<(int Start, int Length)>();
        var at = 0;
        while (at < text.Length)
        {
            var open = text.IndexOf('<', at);
            var close = open < 0 ? -1 : text.IndexOf('>', open);
            if (close < 0)
            {
                break;
            }

            words.Append(Unescape(text[at..open]));
            at = close + 1;
            var reference = Unescape(text[(open + 1)..close]);
            if (IsMentionOf(bot, reference))
            {
                calls.Add((words.Length, 1 + name.Length));
                words.Append('@').Append(name);
            }
            else
            {
                Append(words, reference, nameOf);
            }
        }

        words.Append(Unescape(text[at..]));
        isMentioned = calls.Count > 0;
        return Mention.TakeOff(words.ToString(), calls);
    }

    private static bool IsMentionOf(string? bot, ReadOnlySpan<char> reference)
    {
        if (string.IsNullOrEmpty(bot) || reference.IsEmpty || reference[0] != '@')
        {
            return false;
        }

        var bar = reference.IndexOf('|');
        return (bar < 0 ? reference[1..] : reference[1..bar]).SequenceEqual(bot);
    }

    private static void Append(StringBuilder words, ReadOnlySpan<char> reference, Func<string, string?>? nameOf)
    {
        var bar = reference.IndexOf('|');
        var target = bar < 0 ? reference : reference[..bar];
        var label = bar < 0 ? [] : reference[(bar + 1)..];
        switch (target.IsEmpty ? ' ' : target[0])
        {
            case '@':
                words.Append('@').Append(label.IsEmpty ? NameOf(target[1..].ToString(), nameOf) : label.TrimStart('@'));
                break;
            case '#':
                words.Append('#').Append(label.IsEmpty ? target[1..] : label.TrimStart('#'));
                break;
            case '!':
                // A date, a group of people: the label says it. Without one it is <!here> and its like.
                words.Append(label.IsEmpty ? $"@{target[1..]}" : label);
                break;
            default:
                AppendLink(words, target, label);
                break;
        }
    }

    private static string NameOf(string user, Func<string, string?>? nameOf)
        => (user.Length <= LongestId && user.All(char.IsAsciiLetterOrDigit) ? nameOf?.Invoke(user) : null) ?? user;

    private static void AppendLink(StringBuilder words, ReadOnlySpan<char> address, ReadOnlySpan<char> label)
    {
        if (label.IsEmpty)
        {
            words.Append(address);
        }
        else if (address.EndsWith(label, StringComparison.Ordinal))
        {
            // "example.test" for http://example.test, "a@b.test" for mailto:a@b.test: Slack's doing, not the writer's.
            words.Append(label);
        }
        else
        {
            words.Append(label).Append(" (").Append(address).Append(')');
        }
    }

    private static string Unescape(string text) => text
        .Replace("&lt;", "<", StringComparison.Ordinal).Replace("&gt;", ">", StringComparison.Ordinal).Replace("&amp;", "&", StringComparison.Ordinal);
}
