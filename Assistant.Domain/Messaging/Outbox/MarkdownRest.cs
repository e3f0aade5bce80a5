using System.Text;

namespace Assistant.Domain.Messaging.Outbox;

// The idea. A part that begins inside a nested list has nothing above it that its lines could hang from: four spaces before them, and
// they are a block of code. So from a cut on, lines lose the indent the first one has, or the column the words of its item begin at. A line
// that is indented less ends that for all behind it: they lose no more than that line has, and nothing once one stands at the margin. Lines
// keep their order and, among themselves, their depth.
//
// What is indented without a list around it is code, and stays. Whether there is a list is looked for no further back than one window.

/// <summary>What of a text is still to be cut.</summary>
/// <param name="window">How many characters are looked at together.</param>
internal sealed class MarkdownRest(string text, int window)
{
    private const int CodeIndent = 4;

    private int _position;
    private int _shift;

    public bool IsEmpty => _position >= text.Length;

    /// <summary>What comes next, at most one window of it.</summary>
    public string Peek(out bool reachesEnd)
    {
        if (_shift == 0)
        {
            var length = Math.Min(window, text.Length - _position);
            reachesEnd = _position + length == text.Length;
            return text.Substring(_position, length);
        }

        var shown = new StringBuilder(window);
        var end = Walk(window, shown).Position;
        reachesEnd = end == text.Length;
        return shown.ToString();
    }

    /// <summary>Leaves behind what a part took.</summary>
    /// <param name="length">In characters of what <see cref="Peek"/> shows.</param>
    public void Advance(int length) => (_position, _shift) = Walk(length, null);

    /// <summary>Makes ready for the part that begins here.</summary>
    /// <returns>What it must begin with: <paramref name="carry"/> at the margin.</returns>
    public string BeginPart(string carry)
    {
        if (carry.Contains('\n', StringComparison.Ordinal))
        {
            // The lines of a fence or a table, as far to the right as what is in it.
            var columns = ColumnsOf(carry);
            _shift += columns;
            return columns == 0 ? carry : string.Join('\n', carry.Split('\n').Select(line => line.TrimStart()));
        }

        if (carry.Length == 0)
        {
            SkipBlankLines();
        }

        _shift = Math.Max(_shift, ShiftHere());
        return carry;
    }

    private (int Position, int Shift) Walk(int length, StringBuilder? shown)
    {
        var (at, shift) = (_position, _shift);
        while (length > 0 && at < text.Length)
        {
            if (shift > 0 && IsLineStart(at) && IndentAt(at) is { } indent)
            {
                shift = Math.Min(shift, indent);
                at += CharsOf(text.AsSpan(at), shift);
            }

            var ahead = text.AsSpan(at, Math.Min(length, text.Length - at));
            var line = shift == 0 ? 0 : ahead.IndexOf('\n') + 1;
            var taken = line == 0 ? ahead : ahead[..line];
            shown?.Append(taken);
            (at, length) = (at + taken.Length, length - taken.Length);
        }

        return (at, shift);
    }

    private void SkipBlankLines()
    {
        for (var i = _position; i < text.Length && char.IsWhiteSpace(text[i]); i++)
        {
            if (text[i] == '\n')
            {
                _position = i + 1;
            }
        }
    }

    /// <summary>How many columns lines lose from here on; 0 where nothing needs to.</summary>
    private int ShiftHere()
    {
        if (IsEmpty || StartOfLine(_position) is not { } start || IndentAt(start) is not { } indent)
        {
            return 0;
        }

        var words = WordsOfItem(start);
        if (words == 0)
        {
            return WordsAround(start, indent) is { } around ? Math.Min(indent, around) : 0;
        }

        // An item that is cut itself: what hangs from it hangs from its words now.
        var (isTooDeep, shift) = start == _position ? (indent - _shift >= CodeIndent, indent) : (true, words);
        return isTooDeep && (indent < CodeIndent || _shift > 0 || WordsAround(start, indent) is not null) ? shift : 0;
    }

    /// <summary>The column the words of the next outer item begin at; <see langword="null"/> outside of lists and for code in them.</summary>
    private int? WordsAround(int start, int indent)
    {
        int? found = null;
        for (var line = start; indent > 0 && line > 0 && StartOfLine(line - 1) is { } above; line = above)
        {
            if (IndentAt(above) is not { } columns)
            {
                continue;
            }

            var words = WordsOfItem(above);
            if (words > 0 && columns < indent)
            {
                if (indent >= words + CodeIndent)
                {
                    return null;
                }

                found ??= words;
                if (columns < CodeIndent)
                {
                    return found;
                }

                indent = columns;
            }
            else if (words == 0 && columns == 0)
            {
                return null;
            }
        }

        return null;
    }

    /// <summary>The column the words of a list item begin at; 0 for a line that is none.</summary>
    private int WordsOfItem(int start)
    {
        var line = text.AsSpan(start);
        var indent = CharsOf(line, ColumnsOf(line));
        var marker = MarkdownScan.ListMarkerLength(line[indent..]);
        if (marker == 0)
        {
            return 0;
        }

        var gap = line[(indent + marker)..].IndexOfAnyExcept(' ');
        return ColumnsOf(line) + marker + (gap is > 0 and <= CodeIndent ? gap : 1);
    }

    /// <summary>Of the line <paramref name="at"/> is in; <see langword="null"/> when that is too far back.</summary>
    private int? StartOfLine(int at)
    {
        var floor = Math.Max(0, _position - window);
        var found = text.AsSpan(floor, at - floor).LastIndexOf('\n');
        return found < 0 && floor > 0 ? null : floor + found + 1;
    }

    private bool IsLineStart(int at) => at == 0 || text[at - 1] == '\n';

    /// <summary>In columns; <see langword="null"/> for a blank line.</summary>
    private int? IndentAt(int start)
    {
        var ink = text.AsSpan(start).IndexOfAnyExcept(' ', '\t');
        return ink < 0 || text[start + ink] is '\r' or '\n' ? null : ColumnsOf(text.AsSpan(start, ink));
    }

    private static int ColumnsOf(ReadOnlySpan<char> line)
    {
        var columns = 0;
        foreach (var c in line)
        {
            if (c is not (' ' or '\t'))
            {
                break;
            }

            columns = After(c, columns);
        }

        return columns;
    }

    /// <summary>How many characters of an indent make up so many columns.</summary>
    private static int CharsOf(ReadOnlySpan<char> line, int columns)
    {
        var chars = 0;
        for (var column = 0; column < columns; chars++)
        {
            column = After(line[chars], column);
        }

        return chars;
    }

    /// <summary>A tab reaches to the next multiple of four.</summary>
    private static int After(char c, int column) => c == '\t' ? column + CodeIndent - column % CodeIndent : column + 1;
}
