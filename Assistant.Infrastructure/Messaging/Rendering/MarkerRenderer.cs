using System.Buffers;
using System.Text;

namespace Assistant.Infrastructure.Messaging.Rendering;

/// <summary>How a messenger marks text in the text itself.</summary>
/// <param name="Bold">Stands on both sides; empty where the messenger has none.</param>
/// <param name="Code">Stands on both sides of code within a line.</param>
/// <param name="Fence">Stands on lines of its own around code.</param>
/// <param name="Quote">Stands before each line of a quotation.</param>
/// <param name="Special">Characters in words that would be taken for marks.</param>
internal sealed record MarkerStyle(string Bold, string Italic, string Strike, string Code, string Fence, string Quote, SearchValues<char> Special)
{
    /// <summary>
    /// Stands between a mark and a letter or a sign of Chinese script that touches it, where the messenger sees marks at the edges of words only; empty where
    /// it sees them everywhere. Chinese has no spaces: without it hardly any mark in a Chinese sentence would be seen.
    /// </summary>
    public string Joint { get; init; } = "";

    /// <summary>Whether the fence is followed by the language of the code.</summary>
    public bool NamesLanguage { get; init; }
}

/// <summary>Text with marks in it, as most messengers have it.</summary>
internal abstract class MarkerRenderer(string source, bool alignsTables, MarkerStyle style) : MarkdownRenderer(source, alignsTables)
{
    private const int LongestAddress = 500;

    private readonly HashSet<Emphasis> _open = [];

    // Where the last closing mark ends, when what comes behind it may hide it.
    private int _markEnd = -1;

    /// <summary>Words in a form that no reader of the dialect takes for marks.</summary>
    protected abstract string Escaped(ReadOnlySpan<char> words);

    /// <summary>A link with words; <paramref name="label"/> is escaped already.</summary>
    protected abstract string LinkOf(string address, string label);

    /// <summary>Code as it stands between marks; most messengers escape nothing there.</summary>
    protected virtual string CodeOf(string code) => code;

    protected string Finish()
    {
        WriteAll();
        return Text.ToString().TrimEnd();
    }

    protected override void Words(ReadOnlySpan<char> words)
    {
        if (_markEnd == Text.Length && !words.IsEmpty && HidesMark(words[0]))
        {
            Text.Append(style.Joint);
        }

        if (words.ContainsAny(style.Special))
        {
            Text.Append(Escaped(words));
        }
        else
        {
            Text.Append(words);
        }
    }

    protected override void Emphasized(Emphasis kind, Action write)
    {
        var mark = kind switch
        {
            Emphasis.Bold => style.Bold,
            Emphasis.Italic => style.Italic,
            _ => style.Strike,
        };

        // Within itself a mark would end what it began.
        if (mark.Length == 0 || !_open.Add(kind))
        {
            write();
            return;
        }

        Marked(mark, write);
        _open.Remove(kind);
    }

    protected override void CodeSpan(string code)
    {
        if (style.Code.Length == 0 || code.Contains(style.Code, StringComparison.Ordinal) || string.IsNullOrWhiteSpace(code))
        {
            Words(code);
            return;
        }

        Marked(style.Code, () => Text.Append(CodeOf(code)));
    }

    protected override void CodeBlock(string code, string? language)
    {
        if (style.Fence.Length == 0 || code.Contains(style.Fence, StringComparison.Ordinal) || string.IsNullOrWhiteSpace(code))
        {
            Words(code);
            return;
        }

        Text.Append(style.Fence).Append(style.NamesLanguage ? language : null).Append('\n').Append(CodeOf(code)).Append('\n').Append(style.Fence);
    }

    protected override void Quoted(int depth, Action write) => Lines.Prefixed(Text, depth == 1 ? style.Quote : "", write);

    protected override void Linked(string address, Action label)
    {
        var start = Text.Length;
        label();
        var words = Text.ToString(start, Text.Length - start);
        Text.Length = start;
        Text.Append(LinkOf(address, words));
    }

    /// <summary>
    /// Words of a messenger that has no escapes and sees marks at the edges of words: the joint keeps what could open or close from touching a word. In an
    /// address it would break the link.
    /// </summary>
    protected string Guarded(ReadOnlySpan<char> words)
    {
        var text = new StringBuilder(words.Length + 8);
        for (var i = 0; i < words.Length; i++)
        {
            var isMark = words[i] is '*' or '_' or '~' or '`';
            var before = i > 0 ? words[i - 1] : Text.Length > 0 ? Text[^1] : ' ';
            var after = i + 1 < words.Length ? words[i + 1] : ' ';
            var opens = isMark && !char.IsLetterOrDigit(before) && !char.IsWhiteSpace(after);
            var closes = isMark && !char.IsLetterOrDigit(after) && !char.IsWhiteSpace(before);
            var guard = (opens || closes) && !IsInAddress(words[..i]) ? style.Joint : "";
            text.Append(closes ? guard : "").Append(words[i]).Append(opens ? guard : "");
        }

        return text.ToString();
    }

    private bool IsInAddress(ReadOnlySpan<char> before)
    {
        var line = Text.ToString(Math.Max(0, Text.Length - LongestAddress), Math.Min(Text.Length, LongestAddress)) + before.ToString();
        return line.AsSpan(line.AsSpan().LastIndexOfAny(" \n\t") + 1).Contains("://", StringComparison.Ordinal);
    }

    // Marks that would stand beside white space, or around nothing, are seen by no messenger; the words stay.
    private void Marked(string mark, Action write)
    {
        var start = Text.Length;
        write();
        var inner = Text.ToString(start, Text.Length - start);
        if (inner.Length == 0 || char.IsWhiteSpace(inner[0]) || char.IsWhiteSpace(inner[^1]) || inner.Contains("\n\n", StringComparison.Ordinal))
        {
            return;
        }

        Text.Length = start;
        Text.Append(start > 0 && HidesMark(Text[start - 1]) ? style.Joint : "").Append(mark).Append(inner).Append(mark);
        _markEnd = Text.Length;
    }

    // Messengers that look for the edges of words take the signs of Latin script for them, and not those of Chinese.
    private static bool HidesMark(char c)
        => char.IsLetterOrDigit(c) || c is (>= '\u2010' and <= '\u2027') or (>= '\u3001' and <= '\u303F') or (>= '\uFF01' and <= '\uFFEF');
}
