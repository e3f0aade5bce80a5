using System.Text;
using Markdig;
using Markdig.Extensions.EmphasisExtras;
using Markdig.Extensions.Tables;
using Markdig.Extensions.TaskLists;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;
using Telegram.Bot.Types;
using Telegram.Bot.Types.Enums;

namespace Assistant.Infrastructure.Messaging.Channels.Telegram;

// Markdown's tree to Telegram's text and entities. The text comes out no longer than the Markdown: markers vanish, list markers keep
// their width, and between blocks stands what stood there in the source (one line break or two). Only aligned tables can grow, and
// references that are written once and used often; TelegramText tries again without alignment, then gives the Markdown as it is.

/// <summary>Walks one Markdown document.</summary>
internal sealed class TelegramRenderer
{
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder()
        .UseEmphasisExtras(EmphasisExtraOptions.Strikethrough)
        .UsePipeTables()
        .UseTaskLists()
        .Build();

    private readonly string _source;
    private readonly bool _alignsTables;
    private readonly StringBuilder _text = new();
    private readonly List<MessageEntity> _entities = [];
    private int _quoteDepth;

    private TelegramRenderer(string source, bool alignsTables) => (_source, _alignsTables) = (source, alignsTables);

    public static TelegramText Render(string markdown, bool alignsTables)
    {
        var renderer = new TelegramRenderer(markdown, alignsTables);
        renderer.Blocks(Markdown.Parse(markdown, Pipeline), indent: 0);
        return renderer.Finish();
    }

    private TelegramText Finish()
    {
        var text = _text.ToString().TrimEnd();
        foreach (var entity in _entities)
        {
            entity.Length = Math.Min(entity.Length, text.Length - entity.Offset);
        }

        _entities.RemoveAll(e => e.Length <= 0);
        _entities.Sort((a, b) => a.Offset != b.Offset ? a.Offset.CompareTo(b.Offset) : b.Length.CompareTo(a.Length));
        return new TelegramText(text, _entities.Count == 0 ? null : _entities);
    }

    private void Blocks(ContainerBlock container, int indent)
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
                _text.Append(IsBlankLineBetween(before, block) ? "\n\n" : "\n").Append(' ', indent);
            }

            Write(block, indent);
            before = block;
        }
    }

    private void Write(Block block, int indent)
    {
        switch (block)
        {
            case HeadingBlock heading:
                Around(MessageEntityType.Bold, () => Inlines(heading.Inline));
                break;
            case ParagraphBlock paragraph:
                Inlines(paragraph.Inline, indent);
                break;
            case FencedCodeBlock fence:
                Code(fence.Lines.ToString(), LanguageOf(fence));
                break;
            case CodeBlock code:
                Code(code.Lines.ToString(), null);
                break;
            case HtmlBlock html:
                _text.Append(html.Lines.ToString().TrimEnd());
                break;
            case QuoteBlock quote:
                Quote(quote, indent);
                break;
            case ListBlock list:
                List(list, indent);
                break;
            case ThematicBreakBlock:
                _text.Append("———");
                break;
            case Table table:
                Code(_alignsTables ? TelegramTable.Align(table, CellText) : Source(table), null);
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

    private void List(ListBlock list, int indent)
    {
        Block? before = null;
        foreach (var item in list.OfType<ListItemBlock>())
        {
            if (before is not null)
            {
                _text.Append(IsBlankLineBetween(before, item) ? "\n\n" : "\n").Append(' ', indent);
            }

            if (list.IsOrdered)
            {
                _text.Append(item.Order).Append(list.OrderedDelimiter).Append(' ');
            }
            else if (item.FirstOrDefault() is not ParagraphBlock { Inline.FirstChild: TaskList })
            {
                _text.Append("• ");
            }

            Blocks(item, indent + 2);
            before = item;
        }
    }

    /// <summary>Telegram does not nest quotations: inner ones stay inside the outermost.</summary>
    private void Quote(QuoteBlock quote, int indent)
    {
        _quoteDepth++;
        if (_quoteDepth == 1)
        {
            Around(MessageEntityType.Blockquote, () => Blocks(quote, indent));
        }
        else
        {
            Blocks(quote, indent);
        }

        _quoteDepth--;
    }

    private void Code(string code, string? language)
    {
        var start = _text.Length;
        _text.Append(code.TrimEnd());
        Cover(start, new MessageEntity { Type = MessageEntityType.Pre, Language = language });
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
                _text.Append(literal.Content.AsSpan());
                break;
            case CodeInline code:
                var start = _text.Length;
                _text.Append(code.Content);
                Cover(start, new MessageEntity { Type = MessageEntityType.Code });
                break;
            case LineBreakInline:
                _text.Append('\n').Append(' ', indent);
                break;
            case HtmlEntityInline entity:
                _text.Append(entity.Transcoded.AsSpan());
                break;
            case HtmlInline html:
                _text.Append(html.Tag);
                break;
            case AutolinkInline link:
                _text.Append(link.Url);
                break;
            case TaskList task:
                _text.Append(task.Checked ? '☑' : '☐');
                break;
            case EmphasisInline emphasis:
                Around(KindOf(emphasis), () => Inlines(emphasis, indent));
                break;
            case LinkInline link:
                Link(link, indent);
                break;
            case ContainerInline other:
                Inlines(other, indent);
                break;
            default:
                break;
        }
    }

    private void Link(LinkInline link, int indent)
    {
        var start = _text.Length;
        Inlines(link, indent);
        var url = link.GetDynamicUrl?.Invoke() ?? link.Url ?? "";
        if (_text.Length == start)
        {
            _text.Append(url);
        }
        else if (Uri.TryCreate(url, UriKind.Absolute, out var target) && target.Scheme is "http" or "https" or "tg" or "mailto")
        {
            Cover(start, new MessageEntity { Type = MessageEntityType.TextLink, Url = url });
        }
        else if (url.Length > 0)
        {
            // Telegram links nowhere else; what the engine wrote is still worth reading.
            _text.Append(" (").Append(url).Append(')');
        }
    }

    private void Around(MessageEntityType type, Action write)
    {
        var start = _text.Length;
        write();
        Cover(start, new MessageEntity { Type = type });
    }

    private void Cover(int start, MessageEntity entity)
    {
        if (_text.Length > start)
        {
            entity.Offset = start;
            entity.Length = _text.Length - start;
            _entities.Add(entity);
        }
    }

    private static MessageEntityType KindOf(EmphasisInline emphasis) => (emphasis.DelimiterChar, emphasis.DelimiterCount) switch
    {
        ('~', _) => MessageEntityType.Strikethrough,
        (_, 2) => MessageEntityType.Bold,
        _ => MessageEntityType.Italic,
    };

    private static string? LanguageOf(FencedCodeBlock fence)
        => fence.Info is { Length: > 0 and <= 32 } info && info.All(c => char.IsAsciiLetterOrDigit(c) || c is '+' or '-' or '#' or '_' or '.') ? info : null;

    private static string CellText(Block cell)
    {
        var renderer = new TelegramRenderer("", alignsTables: false);
        renderer.Write(cell, 0);
        return renderer._text.ToString().ReplaceLineEndings(" ").Trim();
    }

    private string Source(Block block) => _source[block.Span.Start..Math.Min(block.Span.End + 1, _source.Length)];

    private bool IsBlankLineBetween(Block before, Block after)
    {
        var start = Math.Clamp(before.Span.End + 1, 0, _source.Length);
        var gap = _source.AsSpan(start, Math.Max(0, Math.Min(after.Span.Start, _source.Length) - start));
        return gap.Count('\n') >= 2;
    }
}
