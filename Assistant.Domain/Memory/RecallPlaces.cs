using Assistant.Domain.Ai.Embedded;

namespace Assistant.Domain.Memory;

/// <summary>
/// Shares out the places of what is recalled. Whoever asks again has each time a question and a quotation more that hold every word of the question:
/// as long as there is something that may answer, they have half of the places at most.
/// </summary>
public static class RecallPlaces
{
    /// <param name="ranked">Best matches first; no more is taken out of it than is needed.</param>
    /// <param name="limit">Places.</param>
    /// <returns>In the order they came in.</returns>
    public static IReadOnlyList<Recollection> Share(string question, IEnumerable<Recollection> ranked, int limit)
    {
        ArgumentNullException.ThrowIfNull(question);
        ArgumentNullException.ThrowIfNull(ranked);
        var isAboutAssistant = MemorySearch.IsAboutAssistant(question);
        var taken = new List<(int Rank, Recollection What)>();
        var spare = new List<(int Rank, Recollection What)>();
        var (rank, others) = (0, 0);
        foreach (var what in ranked)
        {
            var mayAnswer = what.IsFact || MemorySearch.MayAnswer(what, question, isAboutAssistant);
            if (mayAnswer || others < limit / 2)
            {
                taken.Add((rank, what));
                others += mayAnswer ? 0 : 1;
            }
            else if (spare.Count < limit)
            {
                spare.Add((rank, what));
            }

            rank++;
            if (taken.Count >= limit)
            {
                break;
            }
        }

        return [.. taken.Concat(spare).Take(limit).OrderBy(one => one.Rank).Select(one => one.What)];
    }
}
