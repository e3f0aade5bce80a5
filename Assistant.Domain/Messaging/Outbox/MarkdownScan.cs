namespace Assistant.Domain.Messaging.Outbox;

/// <summary>A stretch of inline formatting, its markers included.</summary>
/// <param name="Marker">What closes and reopens it when it must be cut; empty when it cannot be (a link).</param>
internal readonly record struct InlineSpan(int Start, int End, string Marker)
{
    public bool Covers(int index) => Start < index && index < End;
}

/// <summary>A fenced code block.</summary>
/// <param name="Start">Start of the opening line.</param>
/// <param name="BodyStart">Start of the line after it.</param>
/// <param name="BodyEnd">Start of the closing line, or the end of the region.</param>
/// <param name="End">End of the closing line, its line break excluded.</param>
/// <param name="OpeningLine">Indent, marker and info string.</param>
/// <param name="Marker">Indent and marker: what closes it.</param>
internal sealed record Fence(int Start, int BodyStart, int BodyEnd, int End, string OpeningLine, string Marker)
{
    public bool Covers(int index) => Start < index && index < End;
}

/// <summary>Finds what a cut must respect in a stretch of Markdown: fences and inline formatting. One pass, no syntax tree.</summary>
/// <remarks>
/// It sees formatting where CommonMark does and at times where it does not (overlapping emphasis): that costs a better cut, never a
/// broken entity. Inline formatting ends with its block; a block ends at a blank line, a fence, a list item, a heading or a table row.
/// </remarks>
internal sealed class MarkdownScan
{
    private readonly string _text;
    private readonly List<InlineSpan> _spans = [];
    private readonly List<Fence> _fences = [];

    private MarkdownScan(string text) => _text = text;

    /// <summary>By start, not overlapping.</summary>
    public IReadOnlyList<Fence> Fences => _fences;

    /// <summary>By start; they may nest.</summary>
    public IReadOnlyList<InlineSpan> Spans => _spans;

    public static MarkdownScan Of(string text)
    {
        var scan = new MarkdownScan(text);
        scan.ReadBlocks();
        scan._spans.Sort((a, b) => a.Start != b.Start ? a.Start.CompareTo(b.Start) : b.End.CompareTo(a.End));
        return scan;
    }

    /// <summary>Whether the line at <paramref name="start"/> begins a block of its own, so that the place before it is a good one to cut.</summary>
    public static bool BeginsSection(ReadOnlySpan<char> line)
    {
        line = line.TrimStart();
        return line.IsEmpty || line[0] == '#' || FenceMarkerLength(line) > 0;
    }

    /// <summary>Length of the marker a list item begins with, "-" or "12."; 0 where there is none.</summary>
    /// <param name="line">Without its indent.</param>
    public static int ListMarkerLength(ReadOnlySpan<char> line)
    {
        if (line.IsEmpty)
        {
            return 0;
        }

        var mark = line[0] is '-' or '*' or '+' ? 1 : line.IndexOfAnyExceptInRange('0', '9') + 1;
        return mark > 0 && mark < line.Length && line[mark - 1] is '-' or '*' or '+' or '.' or ')' && line[mark] is ' ' or '\t' ? mark : 0;
    }

    private void ReadBlocks()
    {
        var blockStart = 0;
        for (var start = 0; start < _text.Length;)
        {
            var end = EndOfLine(start);
            var line = _text.AsSpan(start, end - start);
            var trimmed = line.TrimStart();
            if (FenceMarkerLength(trimmed) is > 0 and var markerLength)
            {
                MarkdownInlines.Read(_text, blockStart, start, _spans);
                start = ReadFence(start, end, line.Length - trimmed.Length, markerLength);
                blockStart = start;
                continue;
            }

            if (trimmed.IsEmpty || BeginsBlock(trimmed))
            {
                MarkdownInlines.Read(_text, blockStart, start, _spans);
                blockStart = start;
            }

            start = end + 1;
        }

        MarkdownInlines.Read(_text, blockStart, _text.Length, _spans);
    }

    /// <returns>Start of the line after the fence.</returns>
    private int ReadFence(int start, int endOfOpening, int indent, int markerLength)
    {
        var bodyStart = Math.Min(endOfOpening + 1, _text.Length);
        var bodyEnd = _text.Length;
        var end = _text.Length;
        var mark = _text[start + indent];
        for (var line = bodyStart; line < _text.Length;)
        {
            var endOfLine = EndOfLine(line);
            var content = _text.AsSpan(line, endOfLine - line).Trim();
            if (content.Length >= markerLength && !content.ContainsAnyExcept(mark))
            {
                (bodyEnd, end) = (line, endOfLine);
                break;
            }

            line = endOfLine + 1;
        }

        _fences.Add(new Fence(
            start, bodyStart, bodyEnd, end,
            _text[start..endOfOpening].TrimEnd(),
            _text.Substring(start, indent + markerLength)));
        return end + 1;
    }

    private int EndOfLine(int start)
    {
        var length = _text.AsSpan(start).IndexOf('\n');
        return length < 0 ? _text.Length : start + length;
    }

    private static int FenceMarkerLength(ReadOnlySpan<char> line)
    {
        if (line.Length < 3 || line[0] is not ('`' or '~'))
        {
            return 0;
        }

        var length = line.IndexOfAnyExcept(line[0]);
        length = length < 0 ? line.Length : length;
        // The info string of a backtick fence has no backtick: such a line is a code span.
        return length < 3 || (line[0] == '`' && line[length..].Contains('`')) ? 0 : length;
    }

    private static bool BeginsBlock(ReadOnlySpan<char> line)
    {
        if (line[0] is '#' or '|')
        {
            return true;
        }

        return ListMarkerLength(line) > 0;
    }
}
