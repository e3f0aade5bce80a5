using System.Text;
using System.Text.RegularExpressions;
using MimeKit.Text;

namespace Assistant.Infrastructure.Messaging.Channels.Email;

// HTML is never shown, it is read: tokens in, words out. Nothing is loaded, no style applied. What a reader of the mail does not see
// (scripts, styles, hidden elements) is left out, for it is where instructions to machines are put that no person wrote.

/// <summary>The words of an HTML mail.</summary>
internal sealed partial class HtmlWords
{
    private static readonly HashSet<string> Silent = new(StringComparer.OrdinalIgnoreCase)
    {
        "script", "style", "head", "title", "template", "noscript", "svg", "math", "object", "iframe", "select", "textarea",
    };

    private static readonly HashSet<string> Blocks = new(StringComparer.OrdinalIgnoreCase)
    {
        "p", "div", "table", "tr", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "section", "article", "header", "footer", "hr", "center", "dl", "dt", "dd", "address",
    };

    private static readonly HashSet<string> Void = new(StringComparer.OrdinalIgnoreCase)
    {
        "br", "hr", "img", "input", "meta", "link", "area", "base", "col", "embed", "source", "track", "wbr",
    };

    /// <summary>Elements in which a program puts the mail that is answered.</summary>
    private static readonly string[] QuoteMarks =
        ["gmail_quote", "gmail_quote_container", "gmail_extra", "yahoo_quoted", "isreplycontent", "ntes-mailmaster-quote", "protonmail_quote", "zmail_extra"];

    /// <summary>Elements with which Outlook begins the mail that is answered; it follows them and does not lie within.</summary>
    private static readonly string[] CutMarks = ["divrplyfwdmsg", "appendonsend", "mail-editor-reference-message-container"];

    /// <summary>More words than this are not read.</summary>
    private const int MaxLength = 200_000;

    /// <summary>Deeper nesting is read flat.</summary>
    private const int MaxDepth = 500;

    private readonly StringBuilder _text = new();
    private readonly List<Element> _open = [];
    private readonly List<(string? Address, int Start)> _links = [];
    private readonly Stack<bool> _shrunk = new();
    private int _quoted;
    private int _silent;
    private int _verbatim;
    private bool _isSpaceDue;

    /// <param name="IsShrunk">Whether its letters have no size; <see langword="null"/> when they have the size of those around it.</param>
    private sealed record Element(string Name, bool IsSilent, bool IsQuote, bool IsVerbatim, bool? IsShrunk);

    /// <summary>Letters of no size are not seen. What lies within may have one again: wrappers are shrunk to lose the gaps between their columns.</summary>
    private bool IsShrunk => _shrunk.TryPeek(out var isShrunk) && isShrunk;

    public static string Of(string html)
    {
        var words = new HtmlWords();
        using var reader = new StringReader(html);
        var tokens = new HtmlTokenizer(reader) { DecodeCharacterReferences = true };
        while (words._text.Length < MaxLength && tokens.ReadNextToken(out var token))
        {
            words.Take(token);
        }

        return words.Finish();
    }

    private void Take(HtmlToken token)
    {
        switch (token)
        {
            case HtmlTagToken { IsEndTag: false } tag:
                Open(tag);
                break;
            case HtmlTagToken tag:
                Close(tag.Name);
                break;
            case HtmlDataToken data when data.Kind is HtmlTokenKind.Data or HtmlTokenKind.CData:
                Words(data.Data);
                break;
            default:
                break;
        }
    }

    private void Open(HtmlTagToken tag)
    {
        var name = tag.Name;
        if (_open.Count > 0 && name.Equals("body", StringComparison.OrdinalIgnoreCase) && _open[^1].Name.Equals("head", StringComparison.OrdinalIgnoreCase))
        {
            // Whoever writes by hand may leave the end of the head out, as HTML allows.
            Close("head");
        }

        var isBlock = Blocks.Contains(name) || name.Equals("blockquote", StringComparison.OrdinalIgnoreCase);
        if (isBlock || (name.Equals("br", StringComparison.OrdinalIgnoreCase) && !IsShrunk))
        {
            Break(isBlock);
        }

        var element = new Element(
            name,
            Silent.Contains(name) || IsHidden(tag),
            name.Equals("blockquote", StringComparison.OrdinalIgnoreCase) || IsQuote(tag),
            name.Equals("pre", StringComparison.OrdinalIgnoreCase),
            ShrinkingOf(tag));
        if (name.Equals("li", StringComparison.OrdinalIgnoreCase))
        {
            Break(false);
            Words("- ");
        }
        else if (name.Equals("img", StringComparison.OrdinalIgnoreCase) && Value(tag, "alt") is { } alt)
        {
            Words(alt);
        }

        if (Void.Contains(name) || _open.Count >= MaxDepth)
        {
            return;
        }

        if (element.IsQuote)
        {
            Break(true);
        }
        else if (Value(tag, "id") is { } id && Array.Exists(CutMarks, mark => id.Equals(mark, StringComparison.OrdinalIgnoreCase)))
        {
            Break(true);
            Cut();
        }

        _open.Add(element);
        Count(element, 1);
        if (name.Equals("a", StringComparison.OrdinalIgnoreCase))
        {
            _links.Add((Value(tag, "href"), _text.Length));
        }
    }

    /// <summary>Closes the nearest element of the name, and with it what was left open inside.</summary>
    private void Close(string name)
    {
        var at = _open.FindLastIndex(element => element.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        if (at < 0)
        {
            return;
        }

        for (var i = _open.Count - 1; i >= at; i--)
        {
            if (_open[i].Name.Equals("a", StringComparison.OrdinalIgnoreCase))
            {
                CloseLink();
            }

            Count(_open[i], -1);
        }

        _open.RemoveRange(at, _open.Count - at);
        if (Blocks.Contains(name) || name.Equals("blockquote", StringComparison.OrdinalIgnoreCase))
        {
            Break(true);
        }
        else if (name.Equals("td", StringComparison.OrdinalIgnoreCase) || name.Equals("th", StringComparison.OrdinalIgnoreCase))
        {
            _isSpaceDue = true;
        }
    }

    private void CloseLink()
    {
        var (address, start) = _links[^1];
        _links.RemoveAt(_links.Count - 1);
        if (_silent > 0 || address is null || !Uri.TryCreate(address, UriKind.Absolute, out var target) || target.Scheme is not ("http" or "https"))
        {
            return;
        }

        var label = _text.ToString(Math.Min(start, _text.Length), Math.Max(0, _text.Length - start)).Trim();
        if (label.Length > 0 && !address.Contains(label, StringComparison.OrdinalIgnoreCase))
        {
            Say($" ({address})");
        }
    }

    private void Words(string data)
    {
        if (_silent == 0 && !IsShrunk)
        {
            Say(data);
        }
    }

    private void Say(string data)
    {
        foreach (var c in data)
        {
            if (_verbatim > 0 && c == '\n')
            {
                Break(false);
            }
            else if (c is ' ' or '\u00A0' && _verbatim == 0 && IsSignatureMark)
            {
                _text.Append(' ');
            }
            else if (c is ' ' or '\t' or '\r' or '\n' or '\f' or '\u00A0')
            {
                _isSpaceDue = true;
                if (_verbatim > 0 && c is ' ' or '\t')
                {
                    Append(c);
                }
            }
            else if (c is not ('\u200B' or '\u200C' or '\u2060' or '\uFEFF' or '\u00AD') && !char.IsControl(c))
            {
                Append(c);
            }
        }
    }

    // Outlook sets several marks at one place.
    private void Cut()
    {
        var above = _text.Length - EmailQuotes.Cut.Length - 1;
        if (above < 0 || _text.ToString(above, EmailQuotes.Cut.Length) != EmailQuotes.Cut)
        {
            Words(EmailQuotes.Cut);
            Break(true);
        }
    }

    private void Append(char c)
    {
        if (IsAtLineStart)
        {
            for (var i = 0; i < Math.Min(_quoted, 5); i++)
            {
                _text.Append("> ");
            }
        }
        else if (_isSpaceDue && !char.IsWhiteSpace(c) && _text[^1] != ' ')
        {
            _text.Append(' ');
        }

        _isSpaceDue = false;
        _text.Append(c);
    }

    private bool IsAtLineStart => _text.Length == 0 || _text[^1] == '\n';

    /// <summary>Whether the line is that above a signature, but for its space, which tells it from two dashes somebody typed.</summary>
    private bool IsSignatureMark => _text.Length >= 2 && _text[^1] == '-' && _text[^2] == '-' && (_text.Length == 2 || _text[^3] == '\n');

    private void Break(bool isBlock)
    {
        _isSpaceDue = false;
        if (_silent == 0 && _text.Length > 0 && (!isBlock || !IsAtLineStart))
        {
            _text.Append('\n');
        }
    }

    private void Count(Element element, int by)
    {
        _silent += element.IsSilent ? by : 0;
        _quoted += element.IsQuote ? by : 0;
        _verbatim += element.IsVerbatim ? by : 0;
        if (element.IsShrunk is { } isShrunk && by > 0)
        {
            _shrunk.Push(isShrunk);
        }
        else if (element.IsShrunk is not null)
        {
            _shrunk.Pop();
        }
    }

    private string Finish() => BlankLines().Replace(TrailingSpaces().Replace(_text.ToString(), "\n"), "\n\n").Trim();

    private static bool IsQuote(HtmlTagToken tag)
        => (Value(tag, "class") is { } classes && classes.Split(' ').Any(IsQuoteMark)) || (Value(tag, "id") is { } id && IsQuoteMark(id));

    private static bool IsQuoteMark(string mark) => Array.Exists(QuoteMarks, known => mark.Equals(known, StringComparison.OrdinalIgnoreCase));

    private static bool IsHidden(HtmlTagToken tag)
        => tag.Attributes.Any(attribute => attribute.Name.Equals("hidden", StringComparison.OrdinalIgnoreCase))
            || (Value(tag, "style") is { } style && HiddenStyle().IsMatch(style));

    private static bool? ShrinkingOf(HtmlTagToken tag)
        => Value(tag, "style") switch
        {
            { } style when NoSize().IsMatch(style) => true,
            { } style when OwnSize().IsMatch(style) => false,
            _ => null,
        };

    private static string? Value(HtmlTagToken tag, string name)
        => tag.Attributes.FirstOrDefault(attribute => attribute.Name.Equals(name, StringComparison.OrdinalIgnoreCase))?.Value;

    [GeneratedRegex(@"(display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex HiddenStyle();

    [GeneratedRegex(@"font-size\s*:\s*0(\.0*)?(px|pt|em|rem|%)?\s*(;|!|$)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex NoSize();

    // One that does not go by what is around: a share of nothing is nothing.
    [GeneratedRegex(
        @"(?<![\w-])(font-size\s*:\s*((x{1,3}-)?(small|large)|medium|[0-9.]{0,9}[1-9][0-9.]{0,9}(px|pt|pc|rem|mm|cm|in|vw))\s*(;|!|$)|font\s*:\s*((normal|italic|oblique|small-caps|bold|bolder|lighter|[1-9]00)\s+){0,4}[0-9.]{0,9}[1-9][0-9.]{0,9}(px|pt|pc|rem|mm|cm|in|vw)[/\s])",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex OwnSize();

    [GeneratedRegex("(?<!(^|\n)--)[ \t]+\n")]
    private static partial Regex TrailingSpaces();

    [GeneratedRegex("\n{3,}")]
    private static partial Regex BlankLines();
}
