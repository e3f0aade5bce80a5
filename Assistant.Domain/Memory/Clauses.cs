using System.Text.RegularExpressions;

namespace Assistant.Domain.Memory;

/// <summary>Cuts a message into clauses, in the order in which they are likely to say what memory is asked for.</summary>
/// <remarks>
/// In Chinese whole messages are strung together with commas, so the clause counts and not the sentence alone. What stands nearer to the end comes
/// first among equals: people tell first and ask then.
/// </remarks>
internal static partial class Clauses
{
    /// <summary>Clauses that ask by a word within a sentence that asks by its mark; the others of such sentences; those that ask by a word alone; the rest.</summary>
    public static IEnumerable<string> ByAsking(string text)
    {
        var clauses = new List<(string Words, int Rank)>();
        foreach (Match sentence in Sentence().Matches(text))
        {
            var isMarked = sentence.ValueSpan.ContainsAny('?', '？');
            foreach (var clause in sentence.Value.Split([',', '，']))
            {
                clauses.Add((clause, (isMarked ? 0 : 2) + (QuestionWord().IsMatch(clause) ? 0 : 1)));
            }
        }

        clauses.Reverse();
        return clauses.OrderBy(clause => clause.Rank).Select(clause => clause.Words);
    }

    // A full stop ends a sentence before a space alone: "v1.2" goes on.
    [GeneratedRegex(@"(?:[^。！!？?；;…\n.]|\.(?!\s|$))+[。！!？?；;….]*", RegexOptions.CultureInvariant)]
    private static partial Regex Sentence();

    [GeneratedRegex(
        @"\b(?:what|where|when|who|whom|whose|which|why|how)\b|什[么麼麽]|多少|[哪谁誰几幾吗嗎]|怎[么麼麽样樣]|[为為][何啥]|是否|有[没沒]有|是不是|何[时時地]",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex QuestionWord();
}
