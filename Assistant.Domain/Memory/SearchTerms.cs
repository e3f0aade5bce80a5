using System.Globalization;
using System.Text;
using Assistant.Domain.Ai.Embedded;

namespace Assistant.Domain.Memory;

/// <summary>Cuts text into the terms that full-text search compares: one rule for the index and for the query, on every database.</summary>
/// <remarks>
/// Letters and digits make words, compared without case, accents or width. Chinese, Japanese and Korean characters are a term each and
/// each pair of neighbours is one too, so that a substring of a sentence is found without a dictionary. A change of what a text is cut into
/// changes what the index holds: it is built anew then.
/// </remarks>
public static class SearchTerms
{
    /// <summary>Longest text that is indexed, in UTF-16 units; the rest is not found.</summary>
    public const int MaxIndexedLength = 20_000;

    private static readonly HashSet<string> Stop = new(StringComparer.Ordinal)
    {
        "a", "an", "the", "is", "are", "was", "were", "be", "been", "am", "i", "me", "my", "mine", "you", "your", "we", "our", "us", "it", "its", "he", "she",
        "his", "her", "they", "them", "their", "to", "of", "in", "on", "at", "for", "and", "or", "but", "not", "no", "do", "does", "did", "done", "have", "has",
        "had", "what", "when", "where", "who", "whom", "which", "why", "how", "that", "this", "these", "those", "there", "here", "with", "from", "by", "as",
        "about", "can", "could", "would", "should", "will", "shall", "may", "might", "please", "tell", "remember", "remind", "said", "say", "told", "know", "s",
        "t", "m", "re", "ve", "ll", "d", "if", "so", "than", "then", "too", "very", "just", "again", "any", "some", "all",
    };

    private static readonly HashSet<string> StopChinese = new(StringComparer.Ordinal)
    {
        "的", "了", "吗", "呢", "吧", "啊", "是", "我", "你", "他", "她", "它", "们", "在", "有", "和", "与", "就", "都", "也", "还", "么", "什", "哪", "谁", "怎",
        "几", "多", "少", "请", "帮", "给", "要", "想", "说", "过", "这", "那", "个", "里", "上", "下", "不", "没", "很", "把", "被", "对", "到", "会", "能", "可", "以",
        "告", "诉", "记", "住", "得", "时", "候",
    };

    /// <summary>Every term of a text, each once: what the index stores.</summary>
    public static IReadOnlySet<string> ForIndex(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var terms = new HashSet<string>(StringComparer.Ordinal);
        Term previous = default;
        foreach (var term in Cut(text))
        {
            terms.Add(term.Text);
            if (term.Joins(previous))
            {
                terms.Add(previous.Text + term.Text);
            }

            previous = term;
        }

        return terms;
    }

    /// <summary>
    /// The telling terms of a question, each once: words and pairs of characters that are not too common to tell anything. Of a message that has
    /// more than <paramref name="limit"/>, what it asks comes first.
    /// </summary>
    public static IReadOnlyList<string> ForQuestion(string text, int limit)
    {
        ArgumentNullException.ThrowIfNull(text);
        var terms = new List<string>();
        if (AddTelling(text, terms, limit))
        {
            return terms;
        }

        terms.Clear();
        foreach (var clause in Clauses.ByAsking(text))
        {
            if (!AddTelling(clause, terms, limit))
            {
                break;
            }
        }

        return terms;
    }

    /// <returns><see langword="false"/> when there are more than <paramref name="limit"/>.</returns>
    private static bool AddTelling(string text, List<string> terms, int limit)
    {
        Term previous = default;
        var isPaired = false;
        foreach (var term in Cut(text))
        {
            if (terms.Count > limit)
            {
                break;
            }

            if (!term.IsIdeograph)
            {
                Flush();
                Add(term.Text, Stop);
            }
            else if (StopChinese.Contains(term.Text))
            {
                Flush();
                previous = default;
                continue;
            }
            else if (term.Joins(previous))
            {
                Add(previous.Text + term.Text, StopChinese);
                isPaired = true;
            }
            else
            {
                Flush();
                isPaired = false;
            }

            previous = term;
        }

        Flush();
        if (terms.Count <= limit)
        {
            return true;
        }

        terms.RemoveRange(limit, terms.Count - limit);
        return false;

        // A character that found no partner stands for itself.
        void Flush()
        {
            if (previous.IsIdeograph && !isPaired)
            {
                Add(previous.Text, StopChinese);
            }

            isPaired = true;
        }

        void Add(string term, HashSet<string> stop)
        {
            if (!stop.Contains(term) && !terms.Contains(term))
            {
                terms.Add(term);
            }
        }
    }

    /// <summary>All terms of something an operator typed: every one must be there.</summary>
    public static IReadOnlyList<string> ForSubstring(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var terms = ForIndex(text);
        return [.. terms.Where(t => terms.Count == 1 || !IsSingleIdeograph(t))];
    }

    /// <summary>What an operator typed, cut at white space: each part is to occur, see <see cref="HasAll"/>.</summary>
    public static IReadOnlyList<string> PartsOf(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Fold(text).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>Whether every part occurs in the text, wherever it stands there, compared as terms are.</summary>
    /// <param name="parts">As <see cref="PartsOf"/> gives them.</param>
    public static bool HasAll(string text, IReadOnlyList<string> parts)
    {
        ArgumentNullException.ThrowIfNull(text);
        var folded = Fold(text);
        return parts.All(part => folded.Contains(part, StringComparison.Ordinal));
    }

    /// <summary>
    /// The form in which texts are compared: without case, accents, width and those traditional characters that <see cref="TraditionalForms"/> has.
    /// What lies behind <see cref="MaxIndexedLength"/> is left out.
    /// </summary>
    internal static string Fold(string text)
    {
        var indexed = text.Length > MaxIndexedLength ? text[..MaxIndexedLength] : text;
        if (System.Text.Ascii.IsValid(indexed))
        {
            return indexed.ToLowerInvariant();
        }

        // Lone surrogates cannot be normalised, nor can the character that is no character: they become U+FFFD first.
        Span<char> units = stackalloc char[2];
        var wellFormed = new StringBuilder(indexed.Length);
        foreach (var rune in indexed.EnumerateRunes())
        {
            Append(wellFormed, rune.Value == 0xFFFE ? Rune.ReplacementChar : rune, units);
        }

        var folded = new StringBuilder(indexed.Length);
        foreach (var rune in TraditionalForms.Fold(wellFormed.ToString().Normalize(NormalizationForm.FormKD)).EnumerateRunes())
        {
            if (Rune.GetUnicodeCategory(rune) is not UnicodeCategory.NonSpacingMark)
            {
                Append(folded, Rune.ToLowerInvariant(rune), units);
            }
        }

        return folded.ToString();
    }

    private static void Append(StringBuilder text, Rune rune, Span<char> units) => text.Append(units[..rune.EncodeToUtf16(units)]);

    private static bool IsSingleIdeograph(string term) => Rune.TryGetRuneAt(term, 0, out var rune) && rune.Utf16SequenceLength == term.Length && IsIdeograph(rune);

    private static IEnumerable<Term> Cut(string text)
    {
        var word = new StringBuilder();
        var follows = false;
        foreach (var rune in Fold(text).EnumerateRunes())
        {
            if (IsIdeograph(rune))
            {
                if (word.Length > 0)
                {
                    yield return new Term(Take(), false, follows);
                    follows = true;
                }

                yield return new Term(rune.ToString(), true, follows);
                follows = true;
            }
            else if (Rune.IsLetterOrDigit(rune))
            {
                word.Append(rune.ToString());
            }
            else
            {
                if (word.Length > 0)
                {
                    yield return new Term(Take(), false, follows);
                }

                follows = false;
            }
        }

        if (word.Length > 0)
        {
            yield return new Term(Take(), false, follows);
        }

        string Take()
        {
            var taken = word.ToString();
            word.Clear();
            return taken;
        }
    }

    private static bool IsIdeograph(Rune rune) => rune.Value
        is (>= 0x4E00 and <= 0x9FFF) or (>= 0x3400 and <= 0x4DBF) or (>= 0x20000 and <= 0x3134F) or (>= 0xF900 and <= 0xFAFF)
        or (>= 0x3040 and <= 0x30FF) or (>= 0xAC00 and <= 0xD7AF) or (>= 0x1100 and <= 0x11FF);

    private readonly record struct Term(string Text, bool IsIdeograph, bool FollowsPrevious)
    {
        public bool Joins(Term previous) => IsIdeograph && previous.IsIdeograph && FollowsPrevious;
    }
}
