using System.Buffers;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Rendering;
using Markdig.Extensions.Tables;

namespace Assistant.Infrastructure.Messaging.Channels.DingTalk;

/// <summary>A reply in the form DingTalk shows it in. Pure.</summary>
internal static class DingTalkText
{
    private const int LongestTitle = 40;

    /// <summary>What a message may have, with room for what its form adds.</summary>
    public static TextLimit Limit { get; } = new(4_000);

    /// <summary>What DingTalk takes of Markdown.</summary>
    private static readonly TextLimit Taken = new(5_000);

    /// <summary>The key of the form and its values: Markdown where every mark in it is meant, else text.</summary>
    public static (string Key, JsonObject Param) Of(string markdown)
        => DingTalkMarkdown.TryRender(markdown) is { } rendered && !string.IsNullOrWhiteSpace(rendered) && Taken.Measure(rendered) <= Taken.Max
            ? ("sampleMarkdown", new JsonObject { ["title"] = TitleOf(markdown), ["text"] = rendered })
            : ("sampleText", new JsonObject { ["content"] = Plain(markdown) });

    private static string Plain(string markdown) => Rendered.Fit(markdown, Taken, PlainRenderer.Render, words => words);

    /// <summary>What the list of conversations and the notification show.</summary>
    private static string TitleOf(string markdown)
    {
        var line = PlainRenderer.Render(markdown, alignsTables: false).Split('\n').Select(line => line.Trim()).FirstOrDefault(line => line.Length > 0) ?? "…";
        return Legible.Cut(line, LongestTitle, "…");
    }
}

/// <summary>
/// DingTalk's dialect: headings, bold, italic, links, quotations, lists. It has no way to write a mark that is none, and no form for code or tables; what
/// needs that goes as text. Tildes stay around what is struck out, whether they are shown so or not. A single line break is none here: two spaces before it
/// make it one.
/// </summary>
internal sealed partial class DingTalkMarkdown : MarkerRenderer
{
    private static readonly MarkerStyle Style = new(
        Bold: "**", Italic: "*", Strike: "~~", Code: "", Fence: "", Quote: "> ", Special: SearchValues.Create("*`<[~_#>"));

    private bool _isTrue = true;
    private bool _isMarked;

    private DingTalkMarkdown(string source) : base(source, alignsTables: false, Style) { }

    protected override string Bullet => "- ";

    /// <summary>The text in the dialect; <see langword="null"/> when it has no marks, or some of its words would be taken for marks.</summary>
    public static string? TryRender(string markdown)
    {
        var renderer = new DingTalkMarkdown(markdown);
        var text = renderer.Finish();
        return renderer is { _isTrue: true, _isMarked: true } ? SingleBreak().Replace(text, "  \n") : null;
    }

    protected override void Emphasized(Emphasis kind, Action write)
    {
        _isMarked |= kind != Emphasis.Strike;
        base.Emphasized(kind, write);
    }

    protected override void Heading(int level, Action write)
    {
        _isMarked = true;
        Text.Append('#', level).Append(' ');
        write();
    }

    protected override void CodeBlock(string code, string? language) => _isTrue = false;

    protected override void CodeSpan(string code) => Words(code);

    protected override void Tabulated(Table table) => _isTrue = false;

    protected override void Quoted(int depth, Action write)
    {
        _isMarked = true;
        base.Quoted(depth, write);
    }

    protected override string Escaped(ReadOnlySpan<char> words)
    {
        var isLineStart = Text.Length == 0 || Text[^1] == '\n';
        _isTrue &= !words.ContainsAny(['*', '`', '<', '[']) && !words.Contains("~~", StringComparison.Ordinal) && !Underscore().IsMatch(words)
            && !(isLineStart && words.TrimStart() is ['#' or '>', ..]);
        return words.ToString();
    }

    protected override string LinkOf(string address, string label)
    {
        if (label.Length == 0 || label == address)
        {
            return address;
        }

        _isMarked = true;
        _isTrue &= IsLinkable(address) && !label.ContainsAny(['[', ']', '\n']);
        return $"[{label}]({address})";
    }

    private static bool IsLinkable(string address)
        => Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && !address.ContainsAny(['(', ')', ' ', '\n', '\r']);

    [GeneratedRegex(@"(?<!\n)\n(?!\n)")]
    private static partial Regex SingleBreak();

    [GeneratedRegex(@"(?<![\p{L}\p{N}_])_|_(?![\p{L}\p{N}_])")]
    private static partial Regex Underscore();
}
