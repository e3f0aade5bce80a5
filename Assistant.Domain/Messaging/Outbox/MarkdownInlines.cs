namespace Assistant.Domain.Messaging.Outbox;

/// <summary>Finds code spans, links, autolinks and emphasis in one block of Markdown.</summary>
internal static class MarkdownInlines
{
    private const int LongestLinkTarget = 4096;

    /// <summary>Adds the inline formatting of <c>text[start..end]</c> to <paramref name="spans"/>.</summary>
    public static void Read(string text, int start, int end, List<InlineSpan> spans)
    {
        if (start >= end || !text.AsSpan(start, end - start).ContainsAny('`', '*', '_') && !text.AsSpan(start, end - start).ContainsAny('[', '~', '<'))
        {
            return;
        }

        new Reader(text, start, end, spans).Read();
    }

    private readonly record struct Opener(int Start, int Length);

    private sealed class Reader(string text, int start, int end, List<InlineSpan> spans)
    {
        private readonly Stack<int> _brackets = new();
        private readonly Stack<Opener> _stars = new();
        private readonly Stack<Opener> _underscores = new();
        private readonly Stack<Opener> _tildes = new();
        private Dictionary<int, List<int>>? _backtickRuns;

        public void Read()
        {
            for (var i = start; i < end;)
            {
                i = text[i] switch
                {
                    '\\' => i + 2,
                    '`' => CodeSpan(i),
                    '<' => AutoLink(i),
                    '[' => OpenBracket(i),
                    ']' => CloseBracket(i),
                    '*' => Emphasis(i, _stars),
                    '_' => Emphasis(i, _underscores),
                    '~' => Emphasis(i, _tildes),
                    _ => i + 1,
                };
            }
        }

        private int CodeSpan(int i)
        {
            var length = RunLength(i);
            var closing = NextRun(length, i + length);
            if (closing < 0)
            {
                return i + length;
            }

            spans.Add(new InlineSpan(i, closing + length, text.Substring(i, length)));
            return closing + length;
        }

        private int AutoLink(int i)
        {
            var target = text.AsSpan(i + 1, Math.Min(LongestLinkTarget, end - i - 1));
            var length = target.IndexOfAny('>', ' ', '\n');
            if (length <= 0 || target[length] != '>' || !target[..length].ContainsAny(':', '@'))
            {
                return i + 1;
            }

            spans.Add(new InlineSpan(i, i + length + 2, ""));
            return i + length + 2;
        }

        private int OpenBracket(int i)
        {
            _brackets.Push(i > start && text[i - 1] == '!' ? i - 1 : i);
            return i + 1;
        }

        private int CloseBracket(int i)
        {
            if (!_brackets.TryPop(out var opening) || i + 1 >= end || text[i + 1] != '(')
            {
                return i + 1;
            }

            var depth = 0;
            for (var j = i + 1; j < Math.Min(end, i + LongestLinkTarget); j++)
            {
                depth += text[j] switch { '(' => 1, ')' => -1, _ => 0 };
                if (text[j] == '\\')
                {
                    j++;
                }
                else if (depth == 0)
                {
                    spans.Add(new InlineSpan(opening, j + 1, ""));
                    return j + 1;
                }
            }

            return i + 1;
        }

        private int Emphasis(int i, Stack<Opener> openers)
        {
            var length = RunLength(i);
            var after = i + length;
            var spaceBefore = i == start || char.IsWhiteSpace(text[i - 1]);
            var spaceAfter = after == end || char.IsWhiteSpace(text[after]);
            var insideWord = text[i] == '_' && !spaceBefore && !spaceAfter && char.IsLetterOrDigit(text[i - 1]) && char.IsLetterOrDigit(text[after]);
            var left = insideWord || spaceBefore ? 0 : length;
            var at = i;
            while (left > 0 && openers.TryPop(out var opener))
            {
                var used = Math.Min(2, Math.Min(left, opener.Length));
                var opening = opener.Start + opener.Length - used;
                at += used;
                left -= used;
                spans.Add(new InlineSpan(opening, at, new string(text[i], used)));
                if (opener.Length > used)
                {
                    openers.Push(opener with { Length = opener.Length - used });
                }
            }

            if (!insideWord && !spaceAfter && after > at)
            {
                openers.Push(new Opener(at, after - at));
            }

            return after;
        }

        private int RunLength(int i)
        {
            var length = text.AsSpan(i, end - i).IndexOfAnyExcept(text[i]);
            return length < 0 ? end - i : length;
        }

        /// <summary>The next run of exactly <paramref name="length"/> backticks, or -1. Runs are indexed once, so a block stays linear.</summary>
        private int NextRun(int length, int from)
        {
            _backtickRuns ??= IndexRuns(from);
            if (!_backtickRuns.TryGetValue(length, out var starts))
            {
                return -1;
            }

            var index = starts.BinarySearch(from);
            index = index < 0 ? ~index : index;
            return index < starts.Count ? starts[index] : -1;
        }

        private Dictionary<int, List<int>> IndexRuns(int from)
        {
            var runs = new Dictionary<int, List<int>>();
            for (var i = from; i < end;)
            {
                if (text[i] != '`')
                {
                    i++;
                    continue;
                }

                var length = RunLength(i);
                if (!runs.TryGetValue(length, out var starts))
                {
                    runs[length] = starts = [];
                }

                starts.Add(i);
                i += length;
            }

            return runs;
        }
    }
}
