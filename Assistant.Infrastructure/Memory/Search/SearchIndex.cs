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
using Assistant.Infrastructure.Security.Sealing;

namespace Assistant.Infrastructure.Memory.Search;

/// <inheritdoc cref="IRecall"/>
internal sealed class SearchIndex(IReadPool reads, BodySealer bodies) : IRecall
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
    private const int AfterFact = 5;

    private static readonly string ReadEntries =
        "SELECT e.id, f.id, f.body, f.text, f.stated_at, " + MessageSql.MessageColumns + " "
        + "FROM search_entries e "
        + "JOIN messages m ON m.conversation_id = e.conversation_id AND m.seq = e.seq LEFT JOIN facts f ON f.id = e.fact_id "
        + "WHERE e.tenant_id = @p0 AND e.person_id = @p1 AND m.deleted_at IS NULL "
        + $"AND e.id IN ({string.Join(", ", Enumerable.Range(2, EntriesPerStatement).Select(i => $"@p{i}"))})";

    private const string Facts =
        "SELECT id, body, text, stated_at, source_conversation_id, source_seq FROM facts WHERE tenant_id = @p0 AND person_id = @p1 ORDER BY stated_at DESC LIMIT @p2";

    public async Task<Recalled> RecallAsync(
        TenantId tenant, PersonId person, string query, ConversationId current, long beforeSeq, int limit, CancellationToken cancellationToken)
    {
        var terms = SearchTerms.ForQuestion(query, MaxTerms);
        return await reads.ReadAsync(
            TenantScope.Of(tenant),
            session =>
            {
                using var keys = bodies.In(session, tenant);
                return new Recalled(
                    terms.Count == 0 ? [] : Find(session, keys, person, terms, current, beforeSeq, limit), ListFacts(session, keys, person, limit));
            },
            cancellationToken);
    }

    public async Task<IReadOnlyList<Fact>> ListFactsAsync(TenantId tenant, PersonId person, int limit, CancellationToken cancellationToken)
        => await reads.ReadAsync(
            TenantScope.Of(tenant),
            session =>
            {
                using var keys = bodies.In(session, tenant);
                return ListFacts(session, keys, person, limit);
            },
            cancellationToken);

    private static List<Fact> ListFacts(SqlSession session, PersonKeyRing keys, PersonId person, int limit)
    {
        if (keys.Find(person) is { IsDestroyed: true })
        {
            return [];
        }

        var stored = session.Query(
            Facts,
            r => (
                Fact: new Fact(r.GetGuid(0), keys.Tenant, person, "", r.Time(3), new ConversationId(r.GetGuid(4)), r.GetInt64(5)),
                Content: new StoredContent(person.Value, r.IsDBNull(1) ? null : r.GetBytes(1), FactRow.PlaceOf(r.GetGuid(0)), r.GetString(2))),
            keys.Tenant.Value, person.Value, limit);
        return stored.ConvertAll(row => row.Fact with { Text = row.Content.OpenText(keys) ?? "" });
    }

    private static IReadOnlyList<Recollection> Find(
        SqlSession session, PersonKeyRing keys, PersonId person, IReadOnlyList<string> terms, ConversationId current, long beforeSeq, int limit)
    {
        if (keys.Find(person)?.DeriveSearchKey() is not { } lists)
        {
            return []; // nothing was ever said, or it was forgotten
        }

        var scores = Score(session, lists, terms);
        var found = new List<(double Score, Recollection What)>();
        var candidates = scores.OrderByDescending(s => s.Value).ThenByDescending(s => s.Key).Take(limit * 2).Select(s => s.Key);
        foreach (var entries in candidates.Chunk(EntriesPerStatement))
        {
            foreach (var (entry, what) in Read(session, keys, person, entries, terms))
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

    private static Dictionary<long, double> Score(SqlSession session, SearchKey lists, IReadOnlyList<string> terms)
    {
        var keys = new SqlValue[MaxTerms];
        for (var i = 0; i < MaxTerms; i++)
        {
            keys[i] = i < terms.Count ? lists.Of(terms[i]) : SqlValue.Null; // equals nothing
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

    private static List<(long Entry, Recollection? What)> Read(
        SqlSession session, PersonKeyRing keys, PersonId person, long[] entries, IReadOnlyList<string> terms)
    {
        var values = new SqlValue[2 + EntriesPerStatement];
        (values[0], values[1]) = (keys.Tenant.Value, person.Value);
        for (var i = 0; i < EntriesPerStatement; i++)
        {
            values[2 + i] = entries[Math.Min(i, entries.Length - 1)];
        }

        return session.Query(ReadEntries, r => (Entry: r.GetInt64(0), Hit: Map(r, person)), values).ConvertAll(found => (found.Entry, Quote(found.Hit, keys, terms)));
    }

    private static Hit Map(SqlRow r, PersonId person)
    {
        var fact = r.IsDBNull(1)
            ? null
            : new StoredContent(person.Value, r.IsDBNull(2) ? null : r.GetBytes(2), FactRow.PlaceOf(r.GetGuid(1)), r.TextOrNull(3) ?? "");
        return new Hit(MessageSql.MapMessage(r, AfterFact), fact, fact is null ? null : r.Time(4));
    }

    private static Recollection? Quote(Hit hit, PersonKeyRing keys, IReadOnlyList<string> terms)
    {
        var message = hit.Message.Message;
        if (message.IsNote || message.Delivery is DeliveryState.Held or DeliveryState.Dropped)
        {
            return null;
        }

        var quote = hit.Fact is { } fact ? fact.OpenText(keys) : hit.Message.Open(keys).Body is { IsForgotten: false } body ? body.Markdown : null;
        var isEdited = hit.Fact is null && message.EditedAt is not null;
        return quote is null || (isEdited && !terms.Any(SearchTerms.ForIndex(quote).Contains))
            ? null
            : new Recollection(quote, hit.StatedAt ?? message.At, hit.Fact is not null, message.Author, message.Conversation, message.Seq);
    }

    /// <param name="Fact">The fact that was found, or <see langword="null"/> when it was the message itself.</param>
    private sealed record Hit(StoredMessage Message, StoredContent? Fact, DateTimeOffset? StatedAt);
}
