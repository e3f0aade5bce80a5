using Assistant.Domain.Messaging;

namespace Assistant.Infrastructure.Messaging.Rendering;

/// <summary>Chooses the form of a text that a messenger takes.</summary>
internal static class Rendered
{
    /// <summary>
    /// The Markdown in a dialect, with tables aligned where that fits; where rendering leaves nothing to read, or nothing that fits, the Markdown
    /// as it was written. A pure function.
    /// </summary>
    /// <param name="limit">What the messenger itself takes, which is more than the manifest promises where escaping makes a text longer.</param>
    /// <param name="render">The text in the dialect; told whether to align the columns of tables.</param>
    /// <param name="asWords">Any text, escaped so that it is read as it was written.</param>
    public static string Fit(string markdown, TextLimit limit, Func<string, bool, string> render, Func<string, string> asWords)
    {
        foreach (var alignsTables in (ReadOnlySpan<bool>)[true, false])
        {
            var text = render(markdown, alignsTables);
            if (limit.Measure(text) <= limit.Max)
            {
                return string.IsNullOrWhiteSpace(text) ? asWords(markdown) : text;
            }
        }

        return asWords(markdown);
    }
}
