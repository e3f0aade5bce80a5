using System.Buffers;
using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Rendering;

namespace Assistant.Infrastructure.Messaging.Channels.Slack;

/// <summary>Markdown in Slack's own dialect, which is called mrkdwn and is not Markdown.</summary>
internal sealed class SlackRenderer : MarkerRenderer
{
    /// <summary>What a section takes. Longer replies are split before they come here.</summary>
    public static TextLimit Limit { get; } = new(3_000);

    /// <summary>What a message takes without being cut, escapes included: five characters for each & at the worst, and marks.</summary>
    private static readonly TextLimit Taken = new(39_000);

    private static readonly MarkerStyle Style = new("*", "_", "~", "`", "```", "> ", SearchValues.Create("&<>*_~`"))
    {
        // A zero-width space: Slack sees a mark only at the edge of a word.
        Joint = "\u200B",
    };

    private SlackRenderer(string source, bool alignsTables) : base(source, alignsTables, Style) { }

    public static string Render(string markdown) => Rendered.Fit(
        markdown, Taken, static (text, aligns) => new SlackRenderer(text, aligns).Finish(), SlackText.Escape);

    protected override string Escaped(ReadOnlySpan<char> words) => SlackText.Escape(Guarded(words));

    protected override string CodeOf(string code) => SlackText.Escape(code);

    protected override string LinkOf(string address, string label)
    {
        var words = label.ReplaceLineEndings(" ").Trim();
        if (!IsLinkable(address))
        {
            return words.Length == 0 ? SlackText.Escape(address) : address.Length == 0 ? words : $"{words} ({SlackText.Escape(address)})";
        }

        var target = SlackText.Escape(address
            .Replace("<", "%3C", StringComparison.Ordinal).Replace(">", "%3E", StringComparison.Ordinal)
            .Replace("|", "%7C", StringComparison.Ordinal).Replace(" ", "%20", StringComparison.Ordinal));

        // A picture within a link is a link within a link, which Slack has not.
        return words.Length == 0 || words == target ? $"<{target}>" : words.Contains('<', StringComparison.Ordinal) ? $"{words} <{target}>" : $"<{target}|{words}>";
    }

    private static bool IsLinkable(string address)
        => Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" or "mailto" or "tel" && !address.AsSpan().ContainsAny('\n', '\r');
}
