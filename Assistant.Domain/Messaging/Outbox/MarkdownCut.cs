using System.Buffers;
using System.Globalization;

namespace Assistant.Domain.Messaging.Outbox;

/// <summary>Where a region is cut.</summary>
/// <param name="End">The part is <c>region[..End]</c>, trailing white space trimmed, then <paramref name="Suffix"/>.</param>
/// <param name="Next">Where the rest begins; always behind what was carried in.</param>
/// <param name="Carry">What the rest must begin with: the opening line of a fence, the head of a table, the markers of an emphasis.</param>
internal readonly record struct Cut(int End, string Suffix, int Next, string Carry);

/// <summary>Finds the best place to cut a region of Markdown that is too long for one part.</summary>
internal sealed class MarkdownCut
{
    private enum Break { None, Word, Sentence, Line, Paragraph }

    private static readonly SearchValues<char> Closers = SearchValues.Create("\"'”’»）)]】」』》*_~`");
    private static readonly SearchValues<char> WideStops = SearchValues.Create("。！？；…｡؟۔।");
    private static readonly SearchValues<char> NoBreakSpaces = SearchValues.Create("\u00A0\u2007\u202F\uFEFF");

    private readonly string _region;
    private readonly TextLimit _limit;
    private readonly IReadOnlyList<Fence> _fences;
    private readonly List<PipeTable> _tables;
    private readonly List<InlineSpan> _whole = [];
    private readonly List<InlineSpan> _long = [];
    private readonly int _firstInk;
    private readonly int _hardEnd;
    private readonly int _carried;
    private (Fence? Fence, int End) _lastHardEnd;

    private MarkdownCut(string region, int carried, TextLimit limit)
    {
        (_region, _limit, _carried) = (region, limit, carried);
        var scan = MarkdownScan.Of(region);
        _fences = [.. scan.Fences.Where(f => f.OpeningLine.Length + f.Marker.Length + 2 <= limit.Max / 2)];
        _tables = PipeTable.In(region, scan.Fences);
        _tables.RemoveAll(t => limit.Measure(t.Head) > limit.Max / 2);

        // An entity that cannot fit a part together with its own markers is cut inside; all others stay whole.
        var capacity = scan.Spans.All(s => Fits(s, limit.Max)) ? limit.Max : limit.Max - Math.Min(limit.Max / 4, 32);
        var reserve = 0;
        foreach (var span in scan.Spans)
        {
            if (Fits(span, capacity))
            {
                AddWhole(span);
            }
            else if (span.Marker.Length > 0 && reserve + 2 * span.Marker.Length <= limit.Max / 4)
            {
                _long.Add(span);
                reserve += span.Marker.Length;
            }
        }

        _firstInk = carried;
        while (_firstInk < region.Length && char.IsWhiteSpace(region[_firstInk]))
        {
            _firstInk++;
        }

        _hardEnd = FitEnd(limit.Max - reserve);
    }

    public static Cut Find(string region, int carried, TextLimit limit) => new MarkdownCut(region, carried, limit).Find();

    private Cut Find()
    {
        var fence = _fences.FirstOrDefault(f => f.Covers(_firstInk));
        if (_firstInk >= (fence is null ? _hardEnd : HardEndIn(fence)))
        {
            // Only white space fits: it is dropped.
            return new Cut(0, "", Math.Max(_firstInk, _carried + 1), _region[.._carried]);
        }

        return FindBreak() ?? FindGrapheme();
    }

    /// <summary>The last break of the best class that fills a quarter of the part; else the last one before that.</summary>
    private Cut? FindBreak()
    {
        var fill = _carried + (_hardEnd - _carried) / 4;
        var best = Break.None;
        Cut? found = null;
        var span = _whole.Count - 1;
        var fence = _fences.Count - 1;
        var table = _tables.Count - 1;
        for (var i = _hardEnd; i > _firstInk && best != Break.Paragraph && !(i < fill && found is not null); i--)
        {
            while (span >= 0 && _whole[span].Start >= i)
            {
                span--;
            }

            while (fence >= 0 && _fences[fence].Start >= i)
            {
                fence--;
            }

            while (table >= 0 && _tables[table].Start > i)
            {
                table--;
            }

            var inFence = fence >= 0 && _fences[fence].Covers(i) ? _fences[fence] : null;
            // The head of a table is not cut either, nor left without a row.
            if (inFence is null && (span >= 0 && _whole[span].Covers(i) || table >= 0 && i < _tables[table].BodyStart))
            {
                continue;
            }

            var kind = inFence is null ? KindOutside(i, fence) : KindInside(inFence, i);
            if (kind > best && IsCleanAt(i))
            {
                best = kind;
                found = inFence is null ? CutOutside(i) : CutInside(inFence, i);
            }
        }

        return found;
    }

    private Break KindOutside(int i, int fence)
    {
        if (i >= _region.Length)
        {
            return Break.None;
        }

        var next = _region[i];
        if (next == '\n' || (next == '\r' && i + 1 < _region.Length && _region[i + 1] == '\n'))
        {
            return fence >= 0 && _fences[fence].End == i || MarkdownScan.BeginsSection(LineAfter(i)) ? Break.Paragraph : Break.Line;
        }

        if (IsBreakingSpace(next))
        {
            return EndsSentence(i) ? Break.Sentence : Break.Word;
        }

        if (WideStops.Contains(next) || Closers.Contains(next))
        {
            return Break.None;
        }

        var last = BeforeClosers(i);
        return WideStops.Contains(_region[last]) ? Break.Sentence : _region[i - 1] is '，' or '、' or '：' ? Break.Word : Break.None;
    }

    private Break KindInside(Fence fence, int i)
    {
        if (i <= fence.BodyStart || i >= fence.BodyEnd || i > HardEndIn(fence)
            || _region.AsSpan(fence.BodyStart, i - fence.BodyStart).IsWhiteSpace())
        {
            return Break.None;
        }

        return _region[i] == '\n' ? Break.Line : IsBreakingSpace(_region[i]) ? Break.Word : Break.None;
    }

    private Cut CutOutside(int i)
    {
        var next = i;
        if (IsLineBreak(_region[i]))
        {
            next += _region[i] == '\r' ? 2 : 1;
        }
        else
        {
            while (next < _region.Length && IsBreakingSpace(_region[next]) && !IsLineBreak(_region[next]))
            {
                next++;
            }
        }

        var (suffix, carry) = ReopenAt(i);
        var head = IsLineBreak(_region[i]) ? _tables.FirstOrDefault(t => t.HasRowAt(next))?.Head : null;
        return new Cut(i, suffix, next, head + carry);
    }

    private Cut CutInside(Fence fence, int i)
    {
        var next = i < _region.Length && _region[i] == '\n' ? i + 1 : i;
        var suffix = "\n" + fence.Marker;
        return next >= fence.BodyEnd && fence.End > fence.BodyEnd
            ? new Cut(i, suffix, Math.Min(fence.End + 1, _region.Length), "")
            : new Cut(i, suffix, next, fence.OpeningLine + "\n");
    }

    /// <summary>No break fits: between graphemes, outside whole entities when that is possible.</summary>
    private Cut FindGrapheme()
    {
        var fence = _fences.FirstOrDefault(f => f.Covers(_hardEnd));
        var end = fence is null ? _hardEnd : HardEndIn(fence);
        int clear = 0, any = 0, span = 0;
        for (var i = 0; i < end;)
        {
            i += StringInfo.GetNextTextElementLength(_region.AsSpan(i));
            while (span < _whole.Count && _whole[span].End <= i)
            {
                span++;
            }

            if (i <= _firstInk || i > end)
            {
                continue;
            }

            any = i;
            clear = span < _whole.Count && _whole[span].Covers(i) ? clear : i;
        }

        // A single cluster longer than a part (stacked marks): between code points then.
        var at = clear > _firstInk ? clear : any > _firstInk ? any : end;
        if (fence is not null && at > fence.BodyStart)
        {
            return CutInside(fence, at);
        }

        var (suffix, carry) = ReopenAt(at);
        return new Cut(at, suffix, at, carry);
    }

    private (string Suffix, string Carry) ReopenAt(int index)
    {
        if (_long.Count == 0)
        {
            return ("", "");
        }

        var open = _long.Where(s => s.Start + s.Marker.Length < index && index <= s.End - s.Marker.Length).Select(s => s.Marker).ToList();
        var carry = string.Concat(open);
        open.Reverse();
        return (string.Concat(open), carry);
    }

    private bool Fits(InlineSpan span, int capacity)
        => span.End - span.Start <= capacity && _limit.Measure(_region.AsSpan(span.Start, span.End - span.Start)) <= capacity;

    private void AddWhole(InlineSpan span)
    {
        // Spans come by start; nested and overlapping ones merge, so that the list stays sorted by start and by end.
        if (_whole.Count > 0 && span.Start < _whole[^1].End)
        {
            _whole[^1] = _whole[^1] with { End = Math.Max(_whole[^1].End, span.End) };
        }
        else
        {
            _whole.Add(span);
        }
    }

    /// <summary>Whether no grapheme cluster is cut at <paramref name="i"/>, nor loses the space it stands on.</summary>
    private bool IsCleanAt(int i)
        => StringInfo.GetNextTextElementLength(_region.AsSpan(i - 1)) == 1
            && (i >= _region.Length || !IsBreakingSpace(_region[i]) || _region[i] == '\r' || StringInfo.GetNextTextElementLength(_region.AsSpan(i)) == 1);

    private bool EndsSentence(int i)
    {
        var last = BeforeClosers(i);
        if (_region[last] is not '.')
        {
            return _region[last] is '!' or '?' || WideStops.Contains(_region[last]);
        }

        // "12." at the start of a line numbers a list item.
        var before = last - 1;
        while (before >= _carried && last - before < 10 && char.IsAsciiDigit(_region[before]))
        {
            before--;
        }

        return before == last - 1 || (before >= _carried && _region[before] != '\n');
    }

    /// <summary>Index of the last character before <paramref name="i"/> that is no closing quote, bracket or marker; looks back a few only.</summary>
    private int BeforeClosers(int i)
    {
        var last = i - 1;
        while (last > _firstInk && i - last < 8 && Closers.Contains(_region[last]))
        {
            last--;
        }

        return last;
    }

    private ReadOnlySpan<char> LineAfter(int lineBreak)
    {
        var start = lineBreak + (_region[lineBreak] == '\r' ? 2 : 1);
        if (start >= _region.Length)
        {
            return default;
        }

        var line = _region.AsSpan(start);
        var length = line.IndexOf('\n');
        return length < 0 ? line : line[..length];
    }

    /// <summary>As far as a part may reach when it ends inside the fence and must close it.</summary>
    private int HardEndIn(Fence fence)
    {
        if (_lastHardEnd.Fence != fence)
        {
            _lastHardEnd = (fence, Math.Min(_hardEnd, FitEnd(_limit.Max - _limit.Measure(fence.Marker) - 1)));
        }

        return _lastHardEnd.End;
    }

    /// <summary>The largest index whose prefix measures at most <paramref name="budget"/>.</summary>
    private int FitEnd(int budget)
    {
        if (_limit.Unit == LengthUnit.Utf16)
        {
            var end = Math.Min(budget, _region.Length);
            return end > 0 && end < _region.Length && char.IsLowSurrogate(_region[end]) ? end - 1 : end;
        }

        var index = 0;
        foreach (var rune in _region.EnumerateRunes())
        {
            budget -= _limit.Unit == LengthUnit.Utf8Bytes ? rune.Utf8SequenceLength : 1;
            if (budget < 0)
            {
                break;
            }

            index += rune.Utf16SequenceLength;
        }

        return index;
    }

    private static bool IsBreakingSpace(char c) => char.IsWhiteSpace(c) && !NoBreakSpaces.Contains(c);

    private static bool IsLineBreak(char c) => c is '\n' or '\r';
}
