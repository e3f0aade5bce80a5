using System.Collections.Frozen;
using System.Text.RegularExpressions;
using Assistant.Domain.Memory;

namespace Assistant.Domain.Ai.Embedded;

/// <summary>
/// The words of a question that a remembered sentence must share to answer it: English words without the small ones, Chinese
/// as overlapping pairs of characters, since Chinese has no spaces to cut at.
/// </summary>
/// <remarks>Compared in the form in which memory was searched: what is found by it must not be thrown away for its accents or its width.</remarks>
internal sealed partial class KeyWords
{
    private const int MaxKeys = 24;

    /// <summary>What people type to look something up, not to tell it. Two Chinese characters are about a word.</summary>
    private const int FewWords = 3;

    private static readonly FrozenSet<string> Small = (
        "a an the and or but if so of to in on at by for from with about as into over than then that this these those there here it its "
        + "i me my mine we us our you your he she his her him they them their who whom whose which what when where why how whos whats whens "
        + "wheres whys hows is are am was were be been being do does did done have has had can could will would shall should may might must not "
        + "no yes please tell told say said says ask asked remember recall know mention mentioned talk talked speak find search look again ever "
        + "just ago earlier last time s t d ll m re ve don didn doesn isn aren wasn something anything everything thing things many much")
        .Split(' ').ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Beside them a sentence says nothing. A letter may be what was asked for: "my blood type is A".</summary>
    private static readonly FrozenSet<string> Hollow = (
        "the is are am was were be been do does did who whom whose which what when where why how whos whats whens wheres whys hows "
        + "and or of to so um uh er well oh hi hey hello ok okay please again").Split(' ').ToFrozenSet(StringComparer.Ordinal);

    /// <summary>What one does with a thing to find it again.</summary>
    private static readonly FrozenSet<string> Placing = (
        "put puts putting keep keeps kept leave left place placed store stored hide hid park parked move moved lay laid stick stuck")
        .Split(' ').ToFrozenSet(StringComparer.Ordinal);

    private readonly List<string> _keys;

    private KeyWords(List<string> keys, bool doOverlap) => (_keys, DoOverlap) = (keys, doOverlap);

    public bool IsEmpty => _keys.Count == 0;

    /// <summary>Whether characters of the question stand in two of its words at once: a sentence that shares some may share half of the words.</summary>
    public bool DoOverlap { get; }

    public static KeyWords Of(string question)
    {
        var text = ChineseSmall().Replace(SearchTerms.Fold(question), " ");
        var keys = new List<string>();
        var doOverlap = false;
        foreach (var run in Runs().EnumerateMatches(text))
        {
            var word = text.AsSpan(run.Index, run.Length);
            if (!UtteranceReader.IsHan(word[0]))
            {
                AddWord(keys, word.ToString());
            }
            else if (word.Length == 1)
            {
                keys.Add(word.ToString());
            }
            else
            {
                doOverlap |= word.Length > 2;
                for (var i = 0; i + 1 < word.Length; i++)
                {
                    keys.Add(word.Slice(i, 2).ToString());
                }
            }
        }

        return new KeyWords([.. keys.Distinct(StringComparer.Ordinal).Take(MaxKeys)], doOverlap);
    }

    /// <summary>Without what was done with a thing: what was put somewhere may have been moved since. All of them where nothing else is left.</summary>
    public KeyWords OfThings() => _keys.FindAll(key => !Placing.Contains(key)) is { Count: > 0 } things ? new KeyWords(things, DoOverlap) : this;

    /// <summary>Whether the text is a few bare words, the small ones counted.</summary>
    public static bool AreFew(string text)
    {
        var halves = 0;
        foreach (var run in Runs().EnumerateMatches(text))
        {
            halves += UtteranceReader.IsHan(text[run.Index]) ? run.Length : 2;
        }

        return halves <= 2 * FewWords;
    }

    /// <summary>How much of the question the sentence covers, 0..1.</summary>
    public double CoverageBy(string sentence)
    {
        if (IsEmpty)
        {
            return 0;
        }

        var folded = SearchTerms.Fold(sentence);
        var words = WordsOf(folded);
        var found = _keys.Count(key => UtteranceReader.IsHan(key[0])
            ? folded.Contains(key, StringComparison.Ordinal)
            : words.Exists(word => IsSameWord(key, word)));
        return (double)found / _keys.Count;
    }

    /// <summary>Whether the sentence has no word that the question has not, but those that ask, wonder or join.</summary>
    public static bool AddsNothing(string question, string sentence)
    {
        var (asked, told) = (WithoutWondering(question), WithoutWondering(sentence));
        var words = WordsOf(asked);
        return WordsOf(told).TrueForAll(word => UtteranceReader.IsHan(word[0])
            ? asked.Contains(word, StringComparison.Ordinal)
            : Hollow.Contains(word) || words.Exists(other => IsSameWord(word, other)));
    }

    private static string WithoutWondering(string text) => Wondering().Replace(SearchTerms.Fold(text), string.Empty);

    private static List<string> WordsOf(string folded)
    {
        var words = new List<string>();
        foreach (var run in Runs().EnumerateMatches(folded))
        {
            words.Add(folded.Substring(run.Index, run.Length));
        }

        return words;
    }

    private static void AddWord(List<string> keys, string word)
    {
        if (!Small.Contains(word))
        {
            keys.Add(word);
        }
    }

    // "dentist" and "dentists", "travel" and "travelled", "park" and "parked", "move" and "moving", but not "car" and "carpet", "card".
    private static bool IsSameWord(string a, string b)
    {
        if (a == b)
        {
            return true;
        }

        var (shorter, longer) = a.Length < b.Length ? (a, b) : (b, a);
        return shorter.Length >= 3 && (longer == shorter + "s" || longer == shorter + "ed" || longer == shorter + "ing" || IsFormOfE(shorter, longer))
            || shorter.Length >= 5 && longer.Length - shorter.Length <= 3 && longer.StartsWith(shorter, StringComparison.Ordinal);
    }

    // Not "fee" and "feed".
    private static bool IsFormOfE(string word, string form)
        => word.Length >= 4 && word[^1] == 'e' && (form == word + "d" || form == word[..^1] + "ing");

    [GeneratedRegex(@"[\u3400-\u9fff]+|[^\W_\u3400-\u9fff]+", RegexOptions.CultureInvariant)]
    private static partial Regex Runs();

    /// <summary>In what is folded: "I want to know", "I can't find", 我想知道, 找不到, what asks, and what holds words together.</summary>
    [GeneratedRegex(
        @"\bi(?:\s+(?:want|need|would\s+like)|['’]d\s+like)\s+to\s+know\b|\bi(?:\s+(?:was|am)|['’]m)\s+wondering\b|\bi\s+wonder\b|\bi\s+forgot\b"
        + @"|\bi\s+(?:do\s+not|don['’]?t|cannot|can['’]?t)\s+(?:know|remember|find)\b|['’](?:s|re|m|d|ve|ll)\b"
        + "|请问|告诉我|我?想(?:知道|问一?下?|查一?下?)|我?不(?:知道|记得)|找不到|什么时候|什么地方|什么|多少|哪里|哪儿|哪个|哪天|哪些|哪|谁|几点|几号|多大|多久|怎么样|怎么|怎样|为什么|[的是了吗呢么嘛啊吧呀]",
        RegexOptions.CultureInvariant)]
    private static partial Regex Wondering();

    [GeneratedRegex(
        "请问|告诉我|什么时候|什么地方|什么|多少|哪里|哪儿|哪个|哪天|哪些|哪|是谁|谁|几点|几号|几个|几岁|几|多大|多久|怎么样|怎么|怎样|为什么|为啥|是否|有没有|是不是|"
        + "还记得|记得|记住|知道|关于|有关|我说过|说过|提到过|提过|讲过|提到|之前|以前|上次|我们|你们|他们|我的|你的|我(?!叫(?:什么|啥))|你|您|是|在|的|了|吗|呢|么|嘛|啊|吧|过|有|把|那|这|和|跟|对|(?<!我)叫|叫(?!什么|啥)|都|还",
        RegexOptions.CultureInvariant)]
    private static partial Regex ChineseSmall();
}
