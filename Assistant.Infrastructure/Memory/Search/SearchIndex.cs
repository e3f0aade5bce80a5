// Full-text search as an inverted index of our own, in two plain tables that are the same on both databases.
//
// The idea: recall asks about one person, among everything a household or company ever said. So each term's list is kept per
// person, newest last, and a question reads at most the newest few dozen entries of each of its terms: the cost of a turn stays
// flat however long the history grows. The operators' search box asks the lists of all people of its tenant, see ConversationSearch.
// The invariant: an entry only points at a message or fact; what is returned is read from there, and compared with the question
// again when it was edited, so that a changed, deleted or forgotten text is never quoted from the index.
// Rejected: SQLite FTS5 and PostgreSQL tsvector: two dialects, no list per person (a common word scores every message of the
// installation), and neither finds a two-character Chinese substring without tokenising it as we do here anyway.
using Assistant.Domain.Conversations;
using Assistant.Domain.Memory;
using Assistant.Domain.People;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Conversations;
using Assistant.Infrastructure.Persistence;

namespace Assistant.Infrastructure.Memory.Search;

/// <inheritdoc cref="IRecall"/>
internal sealed class SearchIndex(IReadPool reads) : IRecall
{
    private const int MaxTerms = 8;
    private const int NewestPerTerm = 16;

    // A term whose list is full is common for this person and tells little.
    private const double CommonWeight = 0.3;
    private const double FactBonus = 0.5;

    private static readonly string Newest = string.Join(
        " UNION ALL ",
        Enumerable.Range(0, MaxTerms).Select(i =>
            $"SELECT {i}, t{i}.entry_id FROM (SELECT entry_id FROM search_postings WHERE key = @p{i} ORDER BY entry_id DESC LIMIT {NewestPerTerm}) AS t{i}"));

    private const int EntriesPerStatement = 12;

    private static readonly string ReadEntries =
        "SELECT m.text, m.at, m.author, e.conversation_id, e.seq, f.text, f.stated_at, m.is_note, m.delivery, m.edited_at, e.id "
        + "FROM search_entries e "
        + "JOIN messages m ON m.conversation_id = e.conversation_id AND m.seq = e.seq LEFT JOIN facts f ON f.id = e.fact_id "
        + "WHERE e.tenant_id = @p0 AND e.person_id = @p1 AND m.deleted_at IS NULL "
        + $"AND e.id IN ({string.Join(", ", Enumerable.Range(2, EntriesPerStatement).Select(i => $"@p{i}"))})";

    private const string Facts =
        "SELECT id, text, stated_at, source_conversation_id, source_seq FROM facts WHERE tenant_id = @p0 AND person_id = @p1 ORDER BY stated_at DESC LIMIT @p2";

    public async Task<Recalled> RecallAsync(
        TenantId tenant, PersonId person, string query, ConversationId current, long beforeSeq, int limit, CancellationToken cancellationToken)
    {
        var terms = SearchTerms.ForQuestion(query, MaxTerms);
        return await reads.ReadAsync(
            TenantScope.Of(tenant),
            session => new Recalled(
                terms.Count == 0 ? [] : Find(session, tenant, person, terms, current, beforeSeq, limit), ListFacts(session, tenant, person, limit)),
            cancellationToken);
    }

    public async Task<IReadOnlyList<Fact>> ListFactsAsync(TenantId tenant, PersonId person, int limit, CancellationToken cancellationToken)
        => await reads.ReadAsync(TenantScope.Of(tenant), session => ListFacts(session, tenant, person, limit), cancellationToken);

    private static List<Fact> ListFacts(SqlSession session, TenantId tenant, PersonId person, int limit)
        => session.Query(
            Facts,
            r => new Fact(r.GetGuid(0), tenant, person, r.GetString(1), r.Time(2), new ConversationId(r.GetGuid(3)), r.GetInt64(4)),
            tenant.Value, person.Value, limit);

    private static IReadOnlyList<Recollection> Find(
        SqlSession session, TenantId tenant, PersonId person, IReadOnlyList<string> terms, ConversationId current, long beforeSeq, int limit)
    {
        var scores = Score(session, person, terms);
        var found = new List<(double Score, Recollection What)>();
        var candidates = scores.OrderByDescending(s => s.Value).ThenByDescending(s => s.Key).Take(limit * 2).Select(s => s.Key);
        foreach (var entries in candidates.Chunk(EntriesPerStatement))
        {
            foreach (var (entry, what) in Read(session, tenant, person, entries, terms))
            {
                if (what is not null && !(what.Conversation == current && what.Seq >= beforeSeq))
                {
                    found.Add((scores[entry] + (what.IsFact ? FactBonus : 0), what));
                }
            }
        }

        return
        [
            .. found.OrderByDescending(f => f.Score).ThenByDescending(f => f.What.IsFact).ThenByDescending(f => f.What.At)
                .Select(f => f.What).DistinctBy(w => (w.Conversation, w.Seq)).Take(limit),
        ];
    }

    private static Dictionary<long, double> Score(SqlSession session, PersonId person, IReadOnlyList<string> terms)
    {
        var keys = new SqlValue[MaxTerms];
        for (var i = 0; i < MaxTerms; i++)
        {
            keys[i] = i < terms.Count ? SearchKey.OfPerson(person.Value, terms[i]) : SqlValue.Null; // equals nothing
        }

        var scores = new Dictionary<long, double>();
        foreach (var term in session.Query(Newest, r => (Term: r.GetInt32(0), Entry: r.GetInt64(1)), keys).GroupBy(hit => hit.Term))
        {
            var weight = term.Count() == NewestPerTerm ? CommonWeight : 1;
            foreach (var (_, entry) in term)
            {
                scores[entry] = scores.GetValueOrDefault(entry) + weight;
            }
        }

        return scores;
    }

    private static List<(long Entry, Recollection? What)> Read(SqlSession session, TenantId tenant, PersonId person, long[] entries, IReadOnlyList<string> terms)
    {
        var values = new SqlValue[2 + EntriesPerStatement];
        (values[0], values[1]) = (tenant.Value, person.Value);
        for (var i = 0; i < EntriesPerStatement; i++)
        {
            values[2 + i] = entries[Math.Min(i, entries.Length - 1)];
        }

        return session.Query(ReadEntries, r => (r.GetInt64(10), Map(r, terms)), values);
    }

    private static Recollection? Map(SqlRow r, IReadOnlyList<string> terms)
    {
        if (r.GetBoolean(7) || r.GetString(8) is nameof(DeliveryState.Held) or nameof(DeliveryState.Dropped))
        {
            return null;
        }

        var isFact = !r.IsDBNull(5);
        var quote = isFact ? r.GetString(5) : r.GetString(0);
        var isEdited = !isFact && !r.IsDBNull(9);
        return isEdited && !terms.Any(SearchTerms.ForIndex(quote).Contains)
            ? null
            : new Recollection(quote, isFact ? r.Time(6) : r.Time(1), isFact, r.Enum<AuthorKind>(2), new ConversationId(r.GetGuid(3)), r.GetInt64(4));
    }
}
