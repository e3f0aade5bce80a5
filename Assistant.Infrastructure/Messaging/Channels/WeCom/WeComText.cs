using System.Buffers;
using System.Text.Json.Nodes;
using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Rendering;

namespace Assistant.Infrastructure.Messaging.Channels.WeCom;

/// <summary>A reply in the form WeCom shows it in.</summary>
internal static class WeComText
{
    /// <summary>What is longer is cut by WeCom, which tells nobody.</summary>
    public static TextLimit Limit { get; } = new(2048, LengthUnit.Utf8Bytes);

    /// <summary>The text without any marks.</summary>
    public static string Plain(string markdown) => Rendered.Fit(markdown, Limit, PlainRenderer.Render, words => words);

    /// <summary>The message to send: Markdown where it is wanted and every mark in it is meant, else text.</summary>
    public static JsonObject Message(string markdown, bool usesMarkdown)
        => usesMarkdown && WeComMarkdown.TryRender(markdown) is { } rendered && !string.IsNullOrWhiteSpace(rendered) && Limit.Measure(rendered) <= Limit.Max
            ? BodyOf("markdown", rendered)
            : BodyOf("text", Plain(markdown));

    private static JsonObject BodyOf(string type, string content) => new() { ["msgtype"] = type, [type] = new JsonObject { ["content"] = content } };
}

/// <summary>
/// WeCom's dialect: headings, bold, code within a line, links, quotations. It has no way to write a mark that is none. Tildes are none: they stay around
/// what is struck out.
/// </summary>
internal sealed class WeComMarkdown : MarkerRenderer
{
    private static readonly MarkerStyle Style = new(
        Bold: "**", Italic: "", Strike: "~~", Code: "`", Fence: "", Quote: "> ", Special: SearchValues.Create("*`<[#>"));

    private bool _isTrue = true;

    private WeComMarkdown(string source) : base(source, alignsTables: false, Style) { }

    /// <summary>The text in the dialect, or <see langword="null"/> when some of its words would be taken for marks.</summary>
    public static string? TryRender(string markdown)
    {
        var renderer = new WeComMarkdown(markdown);
        var text = renderer.Finish();
        return renderer._isTrue ? text : null;
    }

    protected override string Escaped(ReadOnlySpan<char> words)
    {
        _isTrue = false;
        return words.ToString();
    }

    protected override string LinkOf(string address, string label)
    {
        _isTrue &= !address.ContainsAny(['(', ')', ' ', '\n']) && !label.ContainsAny(['[', ']', '\n']);
        return label.Length == 0 || label == address ? address : $"[{label}]({address})";
    }
}
