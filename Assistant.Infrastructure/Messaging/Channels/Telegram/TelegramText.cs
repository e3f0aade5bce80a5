using System.Buffers;
using Assistant.Domain.Messaging;
using Telegram.Bot.Types;

namespace Assistant.Infrastructure.Messaging.Channels.Telegram;

/// <summary>A text with its formatting beside it: no parse mode, so nothing to escape.</summary>
/// <param name="Entities"><see langword="null"/> when there is none. Offsets and lengths in UTF-16 units.</param>
internal sealed record TelegramText(string Text, IReadOnlyList<MessageEntity>? Entities)
{
    /// <summary>Longest text of one message, after formatting.</summary>
    public static TextLimit Limit { get; } = new(4096);

    private static readonly SearchValues<char> Syntax = SearchValues.Create("*_`[~<\\&#>|");

    /// <summary>
    /// Renders Markdown no longer than <see cref="Limit"/> into a text that is neither longer than that nor blank. Where rendering would
    /// break this promise (only white space and markers, an exotic table) the Markdown itself is the text.
    /// </summary>
    public static TelegramText Render(string markdown)
    {
        if (IsPlain(markdown))
        {
            return Plain(markdown);
        }

        foreach (var alignsTables in (ReadOnlySpan<bool>)[true, false])
        {
            var rendered = TelegramRenderer.Render(markdown, alignsTables);
            if (rendered.Text.Length <= Limit.Max)
            {
                return string.IsNullOrWhiteSpace(rendered.Text) ? Plain(markdown) : rendered;
            }
        }

        return Plain(markdown);
    }

    public static TelegramText Plain(string text) => new(text, null);

    /// <summary>Whether rendering would change nothing: most replies, for which no syntax tree is built.</summary>
    public static bool IsPlain(ReadOnlySpan<char> markdown)
    {
        if (markdown.ContainsAny(Syntax))
        {
            return false;
        }

        foreach (var line in markdown.EnumerateLines())
        {
            var text = line.TrimStart();
            if (text.IsEmpty)
            {
                continue;
            }

            // Lists, rules, underlined headings; indented code.
            if (line.Length - text.Length >= 4 || line[0] == '\t' || text[0] is '-' or '+' or '=' || char.IsAsciiDigit(text[0]) && IsListNumber(text))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsListNumber(ReadOnlySpan<char> line)
    {
        var end = line.IndexOfAnyExceptInRange('0', '9');
        return end > 0 && line[end] is '.' or ')';
    }
}
