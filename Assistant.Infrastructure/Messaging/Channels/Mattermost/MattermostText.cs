using System.Text.RegularExpressions;
using Assistant.Domain.Messaging;
using Markdig;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Assistant.Infrastructure.Messaging.Channels.Mattermost;

/// <summary>Texts both ways. Mattermost writes Markdown, tables included: nothing is rendered. Pure, and total.</summary>
internal static partial class MattermostText
{
    // As the server reads a text when it looks for names: no HTML, no tables.
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder().DisableHtml().UsePreciseSourceLocation().Build();

    /// <summary>Of one message; the server takes 16,383 characters, and what keeps words from ringing for everybody makes a text longer.</summary>
    public static TextLimit Limit { get; } = new(13_000, LengthUnit.CodePoints);

    /// <summary>The Markdown, in which no word rings for a whole channel. In code none does, and code is there to be copied.</summary>
    public static string Write(string markdown)
    {
        if (!Broadcast().IsMatch(markdown))
        {
            return markdown;
        }

        var code = CodeIn(markdown);
        return Broadcast().Replace(markdown, match => code.Exists(span => span.Start <= match.Index && match.Index <= span.End) ? match.Value : $"@\u200B{match.Groups[1].Value}");
    }

    /// <summary>Whether somebody is called by name.</summary>
    public static bool Mentions(string text, string name) => MentionsIn(text, name).Any();

    /// <summary>The words without the assistant's name where it only calls, see <see cref="Mention.TakeOff(string, int, int)"/>.</summary>
    public static string WithoutName(string text, string name) => Mention.TakeOff(text, MentionsIn(text, name).Select(at => (at, 1 + name.Length)));

    private static IEnumerable<int> MentionsIn(string text, string name)
    {
        var at = 0;
        while (name.Length > 0 && (at = text.IndexOf($"@{name}", at, StringComparison.OrdinalIgnoreCase)) >= 0)
        {
            var end = at + 1 + name.Length;
            if ((at == 0 || !char.IsAsciiLetterOrDigit(text[at - 1])) && EndsName(text, end))
            {
                yield return at;
            }

            at = end;
        }
    }

    // A name may hold points, but a point behind it ends a sentence.
    private static bool EndsName(string text, int end)
        => end >= text.Length || !(char.IsAsciiLetterOrDigit(text[end]) || text[end] is '_' or '-' || (text[end] == '.' && end + 1 < text.Length && char.IsAsciiLetterOrDigit(text[end + 1])));

    private static List<SourceSpan> CodeIn(string markdown)
    {
        try
        {
            return [.. Markdown.Parse(markdown, Pipeline).Descendants().Where(node => node is CodeBlock or CodeInline).Select(node => node.Span)];
        }
        catch (ArgumentException)
        {
            // Nested so deep that no parser takes it.
            return [];
        }
    }

    // Not within a word, a name or a mail address; the server drops low lines behind it.
    [GeneratedRegex("(?<![A-Za-z0-9])@(channel|all|here)(?!_*[A-Za-z0-9])", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Broadcast();
}
