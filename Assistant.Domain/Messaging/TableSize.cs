using System.Buffers;

namespace Assistant.Domain.Messaging;

/// <summary>How much the tables of a Markdown text can become.</summary>
/// <remarks>
/// A parser fills every row up to the widest one: a wide line and many short ones are few characters and their product in cells. They are
/// made while it parses, so they are counted before, from above: in lines without a blank one between them, as wide as the widest and one
/// row each. A span may go on in the next line and join two lines to a row, which is wider then: half of the lines in one row, times the
/// other half, is the most that comes of it.
/// </remarks>
public static class TableSize
{
    /// <summary>What a long answer with several tables does not come near.</summary>
    public const int MaxCells = 4_000;

    // What can begin a span that takes a line's end in: code, a link, HTML, an escaped end.
    private static readonly SearchValues<char> Joiners = SearchValues.Create("`[<\\");

    /// <summary>Whether the tables of the text have <see cref="MaxCells"/> cells at most. Costs one look at each character.</summary>
    public static bool IsBounded(ReadOnlySpan<char> markdown)
    {
        if (!markdown.Contains('|'))
        {
            return true;
        }

        var (cells, widest, lines, joins) = (0L, 0, 0, false);
        while (!markdown.IsEmpty && cells <= MaxCells)
        {
            // A parser's lines end with these alone; one more kind here would be a blank line that it does not see.
            var end = markdown.IndexOfAny('\r', '\n');
            var line = end < 0 ? markdown : markdown[..end];
            markdown = end < 0 ? default : markdown[(markdown[end..] is ['\r', '\n', ..] ? end + 2 : end + 1)..];
            if (line.IndexOfAnyExcept(' ', '\t') < 0)
            {
                cells += CellsOf(widest, lines, joins);
                (widest, lines, joins) = (0, 0, false);
                continue;
            }

            widest = Math.Max(widest, line.Count('|'));
            lines++;
            joins |= line.ContainsAny(Joiners);
        }

        return cells + CellsOf(widest, lines, joins) <= MaxCells;
    }

    private static long CellsOf(int pipes, int lines, bool joins)
    {
        long rows = Math.Min(lines, MaxCells + 1); // more are too many, and their square has an end
        return pipes == 0 ? 0 : (pipes + 1L) * (joins ? (rows + 1) * (rows + 1) / 4 : rows);
    }
}
