using Assistant.Infrastructure.Persistence;

namespace Assistant.Infrastructure.Memory.Search;

/// <summary>What leads to given entries, looked for where their people's lists lie: postings have no index by entry.</summary>
internal static class EntryPostings
{
    private const int AtOnce = 32; // a statement takes no more than SqlStatement.MaxParameters

    // A range is gone through from its beginning to its end: what lies outside the entries' own numbers is passed over by two comparisons.
    private const string InRange = "FROM search_postings WHERE key >= @p0 AND key <= @p1 AND entry_id >= @p2 AND entry_id <= @p3";

    private const string CountEach = "SELECT entry_id, COUNT(*) " + InRange + " GROUP BY entry_id";

    private static readonly string DeleteEach =
        $"DELETE {InRange} AND entry_id IN ({string.Join(", ", Enumerable.Range(4, AtOnce).Select(i => $"@p{i}"))})";

    /// <param name="lists">As <see cref="SearchKey.RangeOf"/> gives them.</param>
    /// <param name="entries">In rising order, and not empty.</param>
    public static long Count(SqlSession session, (long First, long Last) lists, IReadOnlyList<long> entries)
    {
        var counted = entries.ToHashSet();
        return session.Query(CountEach, r => (Entry: r.GetInt64(0), Count: r.GetInt64(1)), lists.First, lists.Last, entries[0], entries[^1])
            .Where(each => counted.Contains(each.Entry)).Sum(each => each.Count);
    }

    /// <inheritdoc cref="Count"/>
    public static long Delete(SqlSession session, (long First, long Last) lists, IReadOnlyList<long> entries)
    {
        var deleted = 0L;
        foreach (var some in entries.Chunk(AtOnce))
        {
            var values = new SqlValue[4 + AtOnce];
            (values[0], values[1], values[2], values[3]) = (lists.First, lists.Last, some[0], some[^1]);
            for (var i = 4; i < values.Length; i++)
            {
                values[i] = some[Math.Min(i - 4, some.Length - 1)]; // the last one again fills what is left
            }

            deleted += session.Execute(DeleteEach, values);
        }

        return deleted;
    }
}
