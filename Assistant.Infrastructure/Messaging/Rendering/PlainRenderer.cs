using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Assistant.Infrastructure.Messaging.Rendering;

/// <summary>
/// Text without marks, for messengers that have none: words stay, markers go, a link's address stands behind its words. Words that are struck out keep
/// theirs, for without them they would be said.
/// </summary>
internal sealed class PlainRenderer : MarkdownRenderer
{
    private PlainRenderer(string source, bool alignsTables) : base(source, alignsTables) { }

    public static string Render(string markdown, bool alignsTables)
    {
        var renderer = new PlainRenderer(markdown, alignsTables);
        renderer.WriteAll();
        return renderer.Text.ToString().TrimEnd();
    }

    /// <summary>What one block of a document says.</summary>
    public static string Of(Block block)
    {
        var renderer = new PlainRenderer("", alignsTables: false);
        renderer.Write(block, 0);
        return renderer.Text.ToString();
    }

    protected override void Words(ReadOnlySpan<char> words) => Text.Append(words);

    protected override void Emphasized(Emphasis kind, Action write) => write();

    protected override bool KeepsMarks(EmphasisInline emphasis) => KindOf(emphasis) == Emphasis.Strike || TouchesWord(emphasis);

    protected override void CodeSpan(string code) => Text.Append(code);

    protected override void CodeBlock(string code, string? language) => Text.Append(code);

    protected override void Quoted(int depth, Action write) => Lines.Prefixed(Text, depth == 1 ? "> " : "", write);

    protected override void Linked(string address, Action label)
    {
        var start = Text.Length;
        label();
        if (Text.Length == start)
        {
            Text.Append(address);
        }
        else if (address.Length > 0 && !Text.ToString(start, Text.Length - start).Equals(address, StringComparison.Ordinal))
        {
            Text.Append(" (").Append(address).Append(')');
        }
    }
}
