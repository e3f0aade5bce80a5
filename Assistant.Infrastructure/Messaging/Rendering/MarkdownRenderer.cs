using System.Text;
using Assistant.Domain.Messaging;
using Markdig;
using Markdig.Extensions.EmphasisExtras;
using Markdig.Extensions.Tables;
using Markdig.Extensions.TaskLists;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Assistant.Infrastructure.Messaging.Rendering;

// Markdown's tree to the text of a messenger. One walk for all of them; a dialect says how its messenger writes what it has.
//
// Invariants. (1) Whatever the source, a text comes out: what a dialect does not have keeps its words. (2) Between blocks stands what stood
// there in the source, one line break or two, so that the text is no longer than the Markdown but for what a dialect adds (escapes, marks,
// aligned tables). (3) What would not fit is not cut here: the caller takes the next plainer form (Rendered).

/// <summary>How a stretch of text is set off.</summary>
internal enum Emphasis { Bold, Italic, Strike }

/// <summary>Walks one Markdown document and writes it in a messenger's dialect. One renderer, one document.</summary>
/// <param name="source">The Markdown.</param>
/// <param name="alignsTables">Whether the columns of tables are padded, which makes them longer.</param>
internal abstract class MarkdownRenderer(string source, bool alignsTables)
{
    private static readonly MarkdownPipeline Pipeline = Basics().UsePipeTables().Build();
    private static readonly MarkdownPipeline WithoutTables = Basics().Build();

    private int _quoteDepth;

    /// <summary>What is written so far.</summary>
    protected StringBuilder Text { get; } = new();

    /// <summary>What stands before an item of a list without numbers.</summary>
    protected virtual string Bullet => "• ";

    /// <summary>Walks the document. Markdown that is nested so deep that no parser takes it is read as it was written.</summary>
    protected void WriteAll()
    {
        if (Parse(source) is { } document)
        {
            Blocks(document, indent: 0);
        }
        else
        {
            Words(source);
        }
    }

    /// <summary>Words, as they are to be read.</summary>
    protected abstract void Words(ReadOnlySpan<char> words);

    protected abstract void Emphasized(Emphasis kind, Action write);

    /// <summary>Whether the marks of an emphasis are written as they are: where nothing else would show what was meant.</summary>
    protected virtual bool KeepsMarks(EmphasisInline emphasis) => IsCalculated(emphasis);

    protected abstract void CodeSpan(string code);

    /// <param name="language">A name such as <c>csharp</c>, of harmless characters; <see langword="null"/> when none was given.</param>
    protected abstract void CodeBlock(string code, string? language);

    /// <param name="depth">1 for the outermost.</param>
    protected abstract void Quoted(int depth, Action write);

    /// <param name="label">Writes what is read; may write nothing.</param>
    protected abstract void Linked(string address, Action label);

    protected virtual void Heading(int level, Action write) => Emphasized(Emphasis.Bold, write);

    protected virtual void Rule() => Text.Append("———");

    protected virtual void Tabulated(Table table) => CodeBlock((alignsTables ? AlignedTable.Align(table, CellText) : SourceOf(table)).TrimEnd(), null);

    protected virtual void Paragraph(ParagraphBlock paragraph, Action write) => write();

    /// <summary>A line break within a paragraph.</summary>
    protected virtual void Break(int indent) => Text.Append('\n').Append(' ', indent);

    /// <summary>What a cell says, without any marks.</summary>
    protected static string CellText(Block cell) => PlainRenderer.Of(cell).ReplaceLineEndings(" ").Trim();

    protected string SourceOf(Block block) => source[block.Span.Start..Math.Min(block.Span.End + 1, source.Length)];

    /// <summary>Writes all blocks of a container.</summary>
    protected void Blocks(ContainerBlock container, int indent)
    {
        Block? before = null;
        foreach (var block in container)
        {
            if (block is LinkReferenceDefinitionGroup or BlankLineBlock)
            {
                continue;
            }

            if (before is not null)
            {
                Separate(before, block, indent);
            }

            Write(block, indent);
            before = block;
        }
    }

    /// <summary>Writes one block of a document.</summary>
    protected void Write(Block block, int indent)
    {
        switch (block)
        {
            case HeadingBlock heading:
                Heading(heading.Level, () => Inlines(heading.Inline));
                break;
            case ParagraphBlock paragraph:
                Paragraph(paragraph, () => Inlines(paragraph.Inline, indent));
                break;
            case FencedCodeBlock fence:
                CodeBlock(fence.Lines.ToString().TrimEnd(), LanguageOf(fence));
                break;
            case CodeBlock code:
                CodeBlock(code.Lines.ToString().TrimEnd(), null);
                break;
            case HtmlBlock html:
                Words(html.Lines.ToString().TrimEnd());
                break;
            case QuoteBlock quote:
                _quoteDepth++;
                Quoted(_quoteDepth, () => Blocks(quote, indent));
                _quoteDepth--;
                break;
            case ListBlock list:
                Listed(list, indent);
                break;
            case ThematicBreakBlock:
                Rule();
                break;
            case Table table:
                Tabulated(table);
                break;
            case ContainerBlock other:
                Blocks(other, indent);
                break;
            case LeafBlock leaf:
                Inlines(leaf.Inline, indent);
                break;
            default:
                break;
        }
    }

    /// <summary>A list, whose items stand each on a line of its own.</summary>
    protected virtual void Listed(ListBlock list, int indent)
    {
        Block? before = null;
        foreach (var item in list.OfType<ListItemBlock>())
        {
            if (before is not null)
            {
                Separate(before, item, indent);
            }

            if (list.IsOrdered)
            {
                Text.Append(item.Order).Append(list.OrderedDelimiter).Append(' ');
            }
            else if (item.FirstOrDefault() is not ParagraphBlock { Inline.FirstChild: TaskList })
            {
                Text.Append(Bullet);
            }

            Blocks(item, indent + 2);
            before = item;
        }
    }

    private void Inlines(ContainerInline? container, int indent = 0)
    {
        if (container is null)
        {
            return;
        }

        foreach (var inline in container)
        {
            Write(inline, indent);
        }
    }

    private void Write(Inline inline, int indent)
    {
        switch (inline)
        {
            case LiteralInline literal:
                Words(literal.Content.AsSpan());
                break;
            case CodeInline code:
                CodeSpan(code.Content);
                break;
            case LineBreakInline:
                Break(indent);
                break;
            case HtmlEntityInline entity:
                Words(entity.Transcoded.AsSpan());
                break;
            case HtmlInline html:
                Words(html.Tag);
                break;
            case AutolinkInline link:
                Linked(link.Url, () => { });
                break;
            case TaskList task:
                Text.Append(task.Checked ? '☑' : '☐');
                break;
            case EmphasisInline emphasis when KeepsMarks(emphasis):
                var mark = new string(emphasis.DelimiterChar, emphasis.DelimiterCount);
                Words(mark);
                Inlines(emphasis, indent);
                Words(mark);
                break;
            case EmphasisInline emphasis:
                Emphasized(KindOf(emphasis), () => Inlines(emphasis, indent));
                break;
            case LinkInline link:
                Linked(link.GetDynamicUrl?.Invoke() ?? link.Url ?? "", () => Inlines(link, indent));
                break;
            case ContainerInline other:
                Inlines(other, indent);
                break;
            default:
                break;
        }
    }

    /// <summary>Writes what stands between two blocks.</summary>
    protected virtual void Separate(Block before, Block after, int indent) => Text.Append(IsBlankLineBetween(before, after) ? "\n\n" : "\n").Append(' ', indent);

    private static MarkdownPipelineBuilder Basics() => new MarkdownPipelineBuilder()
        .UseEmphasisExtras(EmphasisExtraOptions.Strikethrough)
        .UseCjkFriendlyEmphasis()
        .UseTaskLists();

    private static MarkdownDocument? Parse(string source)
    {
        try
        {
            return Markdown.Parse(source, TableSize.IsBounded(source) ? Pipeline : WithoutTables);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Whether a mark stands beside a letter or digit outside, as those of a product do: in 2*3*4 nothing is emphasized.</summary>
    protected static bool TouchesWord(EmphasisInline emphasis)
        => char.IsAsciiLetterOrDigit(Before(emphasis)) || char.IsAsciiLetterOrDigit(After(emphasis));

    /// <summary>
    /// Whether the marks are signs of a product or a power: without them a number would be read that nobody wrote. Bold is at home within words as well,
    /// and beside them where there are no spaces: 用Python**编写**.
    /// </summary>
    private static bool IsCalculated(EmphasisInline emphasis) => KindOf(emphasis) switch
    {
        Emphasis.Italic => TouchesWord(emphasis),
        Emphasis.Bold => char.IsAsciiDigit(Before(emphasis)) && char.IsAsciiDigit(After(emphasis)),
        _ => false,
    };

    private static char Before(EmphasisInline emphasis) => emphasis.PreviousSibling is LiteralInline before && before.Content.AsSpan() is [.., var left] ? left : ' ';

    private static char After(EmphasisInline emphasis) => emphasis.NextSibling is LiteralInline after && after.Content.AsSpan() is [var right, ..] ? right : ' ';

    protected static Emphasis KindOf(EmphasisInline emphasis) => (emphasis.DelimiterChar, emphasis.DelimiterCount) switch
    {
        ('~', _) => Emphasis.Strike,
        (_, 2) => Emphasis.Bold,
        _ => Emphasis.Italic,
    };

    private static string? LanguageOf(FencedCodeBlock fence)
        => fence.Info is { Length: > 0 and <= 32 } info && info.All(c => char.IsAsciiLetterOrDigit(c) || c is '+' or '-' or '#' or '_' or '.') ? info : null;

    private bool IsBlankLineBetween(Block before, Block after)
    {
        var start = Math.Clamp(before.Span.End + 1, 0, source.Length);
        var gap = source.AsSpan(start, Math.Max(0, Math.Min(after.Span.Start, source.Length) - start));
        return gap.Count('\n') >= 2;
    }
}
