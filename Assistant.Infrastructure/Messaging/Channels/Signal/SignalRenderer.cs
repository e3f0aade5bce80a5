using System.Globalization;
using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Rendering;
using Markdig.Syntax.Inlines;

namespace Assistant.Infrastructure.Messaging.Channels.Signal;

/// <summary>A text with its styles beside it: nothing in it is a mark, so nothing is escaped.</summary>
/// <param name="Styles">As the daemon takes them, <c>start:length:STYLE</c> in UTF-16 units.</param>
internal sealed record SignalText(string Text, IReadOnlyList<string> Styles)
{
    /// <summary>Beyond this Signal makes the text an attachment.</summary>
    public static TextLimit Limit { get; } = new(2_000, LengthUnit.Utf8Bytes);

    /// <summary>Renders Markdown into a text no longer than the limit and not blank; where that cannot be, the Markdown is the text.</summary>
    public static SignalText Render(string markdown)
    {
        foreach (var alignsTables in (ReadOnlySpan<bool>)[true, false])
        {
            var rendered = SignalRenderer.Render(markdown, alignsTables);
            if (Limit.Measure(rendered.Text) <= Limit.Max)
            {
                return string.IsNullOrWhiteSpace(rendered.Text) ? new(markdown, []) : rendered;
            }
        }

        return new(markdown, []);
    }
}

/// <summary>Markdown as Signal's text and styles.</summary>
internal sealed class SignalRenderer : MarkdownRenderer
{
    private readonly List<(int Start, int Length, string Style)> _styles = [];
    private bool _isQuoted;

    private SignalRenderer(string source, bool alignsTables) : base(source, alignsTables) { }

    public static SignalText Render(string markdown, bool alignsTables)
    {
        var renderer = new SignalRenderer(markdown, alignsTables);
        renderer.WriteAll();
        return renderer.Finish();
    }

    protected override void Words(ReadOnlySpan<char> words) => Text.Append(words);

    protected override void Emphasized(Emphasis kind, Action write) => Around(
        kind switch
        {
            Emphasis.Bold => "BOLD",
            Emphasis.Italic => "ITALIC",
            _ => "STRIKETHROUGH",
        },
        write);

    protected override bool KeepsMarks(EmphasisInline emphasis) => KindOf(emphasis) == Emphasis.Strike ? _isQuoted : TouchesWord(emphasis);

    protected override void CodeSpan(string code) => Around("MONOSPACE", () => Text.Append(code));

    protected override void CodeBlock(string code, string? language) => Around("MONOSPACE", () => Text.Append(code));

    /// <summary>What stands before the lines moves the places of styles within, so a quotation has none.</summary>
    protected override void Quoted(int depth, Action write)
    {
        var (styles, isWithin) = (_styles.Count, _isQuoted);
        _isQuoted = true;
        Lines.Prefixed(Text, "> ", write);
        _isQuoted = isWithin;
        _styles.RemoveRange(styles, _styles.Count - styles);
    }

    protected override void Linked(string address, Action label)
    {
        var start = Text.Length;
        label();
        var isShown = Text.ToString(start, Text.Length - start) == address;
        if (address.Length > 0 && !isShown)
        {
            Text.Append(Text.Length > start ? $" ({address})" : address);
        }
    }

    private void Around(string style, Action write)
    {
        var start = Text.Length;
        write();
        if (Text.Length > start)
        {
            _styles.Add((start, Text.Length - start, style));
        }
    }

    private SignalText Finish()
    {
        var text = Text.ToString().TrimEnd();
        return new SignalText(text,
        [
            .. _styles.Where(style => style.Start < text.Length).OrderBy(style => style.Start)
                .Select(style => string.Create(CultureInfo.InvariantCulture, $"{style.Start}:{Math.Min(style.Length, text.Length - style.Start)}:{style.Style}")),
        ]);
    }
}
