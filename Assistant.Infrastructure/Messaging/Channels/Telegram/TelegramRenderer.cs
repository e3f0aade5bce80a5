using Assistant.Infrastructure.Messaging.Rendering;
using Telegram.Bot.Types;
using Telegram.Bot.Types.Enums;

namespace Assistant.Infrastructure.Messaging.Channels.Telegram;

/// <summary>Markdown as Telegram's text and entities. Nothing in the text is a mark, so nothing has to be escaped.</summary>
internal sealed class TelegramRenderer : MarkdownRenderer
{
    /// <summary>More of them Telegram leaves out, without a word.</summary>
    private const int MostEntities = 100;

    private readonly List<MessageEntity> _entities = [];

    private TelegramRenderer(string source, bool alignsTables) : base(source, alignsTables) { }

    public static TelegramText Render(string markdown, bool alignsTables)
    {
        var renderer = new TelegramRenderer(markdown, alignsTables);
        renderer.WriteAll();
        return renderer.Finish();
    }

    protected override void Words(ReadOnlySpan<char> words) => Text.Append(words);

    protected override void Emphasized(Emphasis kind, Action write) => Around(
        kind switch
        {
            Emphasis.Bold => MessageEntityType.Bold,
            Emphasis.Italic => MessageEntityType.Italic,
            _ => MessageEntityType.Strikethrough,
        },
        write);

    protected override void CodeSpan(string code) => Around(MessageEntityType.Code, () => Text.Append(code));

    protected override void CodeBlock(string code, string? language)
    {
        var start = Text.Length;
        Text.Append(code);
        Cover(start, new MessageEntity { Type = MessageEntityType.Pre, Language = language });
    }

    /// <summary>Telegram does not nest quotations: inner ones stay inside the outermost.</summary>
    protected override void Quoted(int depth, Action write)
    {
        if (depth == 1)
        {
            Around(MessageEntityType.Blockquote, write);
        }
        else
        {
            write();
        }
    }

    protected override void Linked(string address, Action label)
    {
        var start = Text.Length;
        label();
        if (Text.Length == start)
        {
            Text.Append(address);
        }
        else if (Uri.TryCreate(address, UriKind.Absolute, out var target) && target.Scheme is "http" or "https" or "tg" or "mailto")
        {
            Cover(start, new MessageEntity { Type = MessageEntityType.TextLink, Url = address });
        }
        else if (address.Length > 0)
        {
            // Telegram links nowhere else; what the engine wrote is still worth reading.
            Text.Append(" (").Append(address).Append(')');
        }
    }

    private void Around(MessageEntityType type, Action write)
    {
        var start = Text.Length;
        write();
        Cover(start, new MessageEntity { Type = type });
    }

    private void Cover(int start, MessageEntity entity)
    {
        if (Text.Length > start)
        {
            entity.Offset = start;
            entity.Length = Text.Length - start;
            _entities.Add(entity);
        }
    }

    private TelegramText Finish()
    {
        var text = Text.ToString().TrimEnd();
        foreach (var entity in _entities)
        {
            entity.Length = Math.Min(entity.Length, text.Length - entity.Offset);
        }

        _entities.RemoveAll(e => e.Length <= 0);
        _entities.Sort((a, b) => a.Offset != b.Offset ? a.Offset.CompareTo(b.Offset) : b.Length.CompareTo(a.Length));
        return _entities.Count == 0 ? new TelegramText(text, null)
            : _entities.Count > MostEntities ? new TelegramText(WithAddresses(text), _entities[..MostEntities])
            : new TelegramText(text, _entities);
    }

    /// <summary>The text with the addresses of the links Telegram would leave out, from the last to the first, so that the others stay where they are.</summary>
    private string WithAddresses(string text)
    {
        foreach (var link in _entities[MostEntities..].Where(entity => entity.Url is not null).OrderByDescending(EndOf))
        {
            var (end, address) = (EndOf(link), $" ({link.Url})");
            text = text.Insert(end, address);
            foreach (var around in _entities[..MostEntities].Where(entity => EndOf(entity) >= end))
            {
                around.Length += address.Length;
            }
        }

        return text;
    }

    private static int EndOf(MessageEntity entity) => entity.Offset + entity.Length;
}
