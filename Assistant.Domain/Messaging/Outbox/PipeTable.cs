using System.Buffers;

namespace Assistant.Domain.Messaging.Outbox;

/// <summary>A table of lines with pipes.</summary>
/// <param name="Start">Start of the header's line.</param>
/// <param name="BodyStart">Start of the first row under the delimiter line.</param>
/// <param name="End">End of the last row's line, its line break included.</param>
/// <param name="Head">The header's line and the delimiter line, with their line breaks: what makes the rows a table.</param>
internal sealed record PipeTable(int Start, int BodyStart, int End, string Head)
{
    private static readonly SearchValues<char> Delimiters = SearchValues.Create("|-: \t\r\n");

    /// <summary>Whether a row begins at <paramref name="line"/> that is cut off from the head by a cut before it.</summary>
    public bool HasRowAt(int line) => line >= BodyStart && line < End;

    /// <summary>By start, not overlapping. A table is where the first line of a paragraph has pipes and the second one is a delimiter line.</summary>
    public static List<PipeTable> In(string text, IReadOnlyList<Fence> fences)
    {
        List<PipeTable> tables = [];
        if (!text.Contains('|', StringComparison.Ordinal))
        {
            return tables;
        }

        var (fence, isFirst) = (0, true);
        for (var start = 0; start < text.Length;)
        {
            while (fence < fences.Count && fences[fence].End < start)
            {
                fence++;
            }

            if (fence < fences.Count && fences[fence].Start <= start)
            {
                (start, isFirst) = (fences[fence].End + 1, true);
                continue;
            }

            var end = EndOfLine(text, start);
            var line = text.AsSpan(start, end - start);
            if (isFirst && line.Contains('|') && IsDelimiter(text, end))
            {
                var bodyStart = EndOfLine(text, end);
                (start, isFirst) = (EndOfRows(text, bodyStart), false);
                tables.Add(new PipeTable(end - line.Length, bodyStart, start, text[(end - line.Length)..bodyStart]));
                continue;
            }

            var words = line.Trim();
            (start, isFirst) = (end, words.IsEmpty || words[0] == '#');
        }

        return tables;
    }

    private static int EndOfRows(string text, int start)
    {
        while (start < text.Length && EndOfLine(text, start) is var end && text.AsSpan(start, end - start).Contains('|'))
        {
            start = end;
        }

        return start;
    }

    private static bool IsDelimiter(string text, int start)
    {
        var line = text.AsSpan(start, EndOfLine(text, start) - start);
        return line.Contains('|') && line.Contains('-') && !line.ContainsAnyExcept(Delimiters);
    }

    /// <summary>Behind the line break.</summary>
    private static int EndOfLine(string text, int start)
    {
        var length = text.AsSpan(start).IndexOf('\n');
        return length < 0 ? text.Length : start + length + 1;
    }
}
