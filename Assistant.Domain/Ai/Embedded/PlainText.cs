using System.Text;
using Assistant.Domain.Messaging.Outbox;

namespace Assistant.Domain.Ai.Embedded;

/// <summary>
/// Text as it reads without the marks of Markdown. What merely looks like them (a*b*c, snake_case, 2 * 3) is somebody's words and stays.
/// </summary>
internal sealed class PlainText
{
    private const char Dropped = '\0';

    private readonly string _text;
    private readonly char[] _plain;
    private readonly bool[] _isCode;
    private readonly MarkdownScan _scan;

    private PlainText(string text)
    {
        _text = text.ReplaceLineEndings("\n");
        _plain = _text.ToCharArray();
        _isCode = new bool[_text.Length];
        _scan = MarkdownScan.Of(_text);
    }

    /// <summary>What a person typed into a messenger: formatting is taken off, signs that may be meant (a leading # or &gt;, a backslash, *hunter2*) are not.</summary>
    public static string OfSpeech(string text)
    {
        var plain = new PlainText(text);
        plain.DropFences();
        plain.DropSpans(isSpoken: true);
        return plain.ToString();
    }

    /// <summary>What was written as Markdown, by the assistant or an operator.</summary>
    public static string OfMarkdown(string text)
    {
        var plain = new PlainText(text);
        plain.DropFences();
        plain.DropSpans(isSpoken: false);
        plain.DropLineStarts();
        plain.DropEscapes();
        return plain.ToString();
    }

    public override string ToString()
    {
        var text = new StringBuilder(_plain.Length);
        foreach (var c in _plain)
        {
            if (c != Dropped)
            {
                text.Append(c);
            }
        }

        return string.IsNullOrWhiteSpace(text.ToString()) ? _text : text.ToString().Trim();
    }

    private void DropFences()
    {
        foreach (var fence in _scan.Fences)
        {
            Array.Fill(_isCode, true, fence.Start, fence.End - fence.Start);
            Drop(fence.Start, fence.BodyStart);
            Drop(fence.BodyEnd, fence.End);
        }
    }

    private void DropSpans(bool isSpoken)
    {
        foreach (var span in _scan.Spans)
        {
            if (span.Marker.Length > 0)
            {
                DropMarkers(span, isSpoken);
            }
            else if (_text[span.Start] == '<')
            {
                Drop(span.Start, span.Start + 1);
                Drop(span.End - 1, span.End);
            }
            else
            {
                OpenLink(span);
            }
        }
    }

    private void DropMarkers(InlineSpan span, bool isSpoken)
    {
        if (span.Marker == "~" || IsWord(span.Start - 1) || IsWord(span.End) || IsName(span) || (isSpoken && MayBePassword(span)))
        {
            return;
        }

        Drop(span.Start, span.Start + span.Marker.Length);
        Drop(span.End - span.Marker.Length, span.End);
        if (span.Marker[0] == '`')
        {
            Array.Fill(_isCode, true, span.Start, span.End - span.Start);
        }
    }

    /// <summary>[label](address) becomes label (address): an address is worth as much as what it was called.</summary>
    private void OpenLink(InlineSpan span)
    {
        var label = _text.IndexOf('[', span.Start);
        var address = _text.LastIndexOf("](", span.End - 1, span.End - label, StringComparison.Ordinal);
        if (IsWord(span.Start - 1) || !_text.AsSpan(address, span.End - address).Contains(':'))
        {
            return;
        }

        Drop(span.Start, label + 1);
        _plain[address] = ' ';
    }

    private void DropLineStarts()
    {
        for (var start = 0; start < _text.Length; start = EndOfLine(start) + 1)
        {
            var line = _text.AsSpan(start, EndOfLine(start) - start);
            var marks = line.IndexOfAnyExcept("> ");
            marks = marks > 0 && line[..marks].Contains('>') ? marks : 0;
            var hashes = line[marks..].IndexOfAnyExcept('#');
            marks += hashes is > 0 and <= 6 && line[marks + hashes] == ' ' ? hashes + 1 : 0;
            if (_isCode[start])
            {
                continue;
            }

            Drop(start, start + marks);
            if (line[marks..].TrimStart(' ') is ['*' or '+', ' ', ..] item)
            {
                _plain[start + line.Length - item.Length] = '-';
            }
        }
    }

    private void DropEscapes()
    {
        for (var i = 0; i + 1 < _text.Length; i++)
        {
            if (_text[i] == '\\' && !_isCode[i] && char.IsAscii(_text[i + 1]) && (char.IsPunctuation(_text[i + 1]) || char.IsSymbol(_text[i + 1])))
            {
                Drop(i, i + 1);
                i++;
            }
        }
    }

    private void Drop(int start, int end) => Array.Fill(_plain, Dropped, start, end - start);

    private int EndOfLine(int start)
    {
        var end = _text.IndexOf('\n', start);
        return end < 0 ? _text.Length : end;
    }

    /// <summary>Marks inside a word are part of it; Chinese, which has no spaces, is marked without any.</summary>
    private bool IsWord(int at) => at >= 0 && at < _text.Length && char.IsAsciiLetterOrDigit(_text[at]);

    /// <summary>The underscores of __init__.py and /opt/_old_ belong to a name.</summary>
    private bool IsName(InlineSpan span) => span.Marker[0] == '_' && (IsJoint(span.Start - 1) || IsJoint(span.End) && IsWord(span.End + 1));

    private bool IsJoint(int at) => at >= 0 && at < _text.Length && _text[at] is '.' or '/' or '\\';

    /// <summary>Letters and digits in one piece, as in *hunter2*: who reads a mark too many loses less than who misses one of a password.</summary>
    private bool MayBePassword(InlineSpan span)
    {
        var inside = _text.AsSpan(span.Start + 1, span.End - span.Start - 2);
        return span.Marker is "*" or "_" && !inside.ContainsAny(' ', '\n') && inside.ContainsAnyInRange('0', '9')
            && (inside.ContainsAnyInRange('a', 'z') || inside.ContainsAnyInRange('A', 'Z'));
    }
}
