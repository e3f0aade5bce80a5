// Full-text search as an inverted index of our own, in two plain tables that are the same on both databases.
//
// The idea: recall asks about one person, among everything a household or company ever said. So each term's list is kept per
// person, newest last, and a question reads at most the newest few dozen entries of each of its terms: the cost of a turn stays
// flat however long the history grows. Facts have lists of their own beside those of the messages: however often one is asked
// about, it stays among the newest of its lists. The operators' search box asks the lists of messages of all people of its tenant,
// see ConversationSearch.
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
internal sealed class SearchIndex(ISharedReads reads, BodySealer bodies, RecentEntries recent) : IRecall
{
    private const int MaxTerms = 16;
    private const int TermsPerStatement = 8;
    private const int NewestPerTerm = 16;

    // A term with so many entries, messages and facts together, is common for this person and tells little.
    private const double CommonWeight = 0.3;
    private const double FactBonus = 0.5;

    // The terms' lists of messages first, then their lists of facts.
    private static readonly string Newest = string.Join(
        " UNION ALL ",
        Enumerable.Range(0, 2 * TermsPerStatement).Select(i =>
            $"SELECT {i}, t{i}.entry_id FROM (SELECT entry_id FROM search_postings WHERE key = @p{i} ORDER BY entry_id DESC LIMIT {NewestPerTerm}) AS t{i}"));

    private const int EntriesPerStatement = 12;
    private const int MaxStatements = 4;

    private const string Entries =
        "SELECT e.id, m.conversation_id, m.seq, m.author, m.at, m.edited_at, m.person_id, m.body, m.text, f.id, f.body, f.text, f.stated_at "
        + "FROM search_entries e "
        + "JOIN messages m ON m.conversation_id = e.conversation_id AND m.seq = e.seq LEFT JOIN facts f ON f.id = e.fact_id "
        + "WHERE e.tenant_id = @p0 AND e.person_id = @p1 AND (f.id IS NOT NULL OR (e.fact_id IS NULL AND (e.conversation_id <> @p2 OR e.seq < @p3))) "
        + "AND m.deleted_at IS NULL AND NOT m.is_note AND m.delivery NOT IN ('Held', 'Dropped') ";

    private static readonly string Listed = $"AND e.id IN ({string.Join(", ", Enumerable.Range(4, EntriesPerStatement).Select(i => $"@p{i}"))})";
    private static readonly string ReadEntries = Entries + Listed;
    private static readonly string ReadEntriesHere = Entries + "AND e.conversation_id = @p2 " + Listed;

    private const string Facts =
        "SELECT id, body, text, stated_at, source_conversation_id, source_seq FROM facts WHERE tenant_id = @p0 AND person_id = @p1 ORDER BY stated_at DESC LIMIT @p2";

    private const string FactsHere =
        "SELECT id, body, text, stated_at, source_conversation_id, source_seq FROM facts WHERE tenant_id = @p0 AND person_id = @p1 AND source_conversation_id = @p3 ORDER BY stated_at DESC LIMIT @p2";

    public async Task<Recalled> RecallAsync(
        TenantId tenant, PersonId person, string query, ConversationId current, long beforeSeq, bool onlyHere, int limit, int factLimit, CancellationToken cancellationToken)
    {
        var terms = SearchTerms.ForQuestion(query, MaxTerms);
        return await reads.ReadAsync(
            TenantScope.Of(tenant),
            session =>
            {
                using var keys = bodies.In(session, tenant);
                return new Recalled(
                    terms.Count == 0
                        ? []
                        : RecallPlaces.Share(
                            query, Find(session, keys, person, terms, current, beforeSeq, onlyHere).DistinctBy(what => (what.Conversation, what.Seq)), limit),
                    ListFacts(session, keys, person, onlyHere ? current : null, factLimit));
            },
            cancellationToken);
    }

    public async Task<IReadOnlyList<Fact>> ListFactsAsync(TenantId tenant, PersonId person, int limit, CancellationToken cancellationToken)
        => await reads.ReadAsync(
            TenantScope.Of(tenant),
            session =>
            {
                using var keys = bodies.In(session, tenant);
                return ListFacts(session, keys, person, null, limit);
            },
            cancellationToken);

    private static List<Fact> ListFacts(SqlSession session, PersonKeyRing keys, PersonId person, ConversationId? here, int limit)
    {
        if (keys.Find(person) is { IsDestroyed: true })
        {
            return [];
        }

        SqlValue[] values = here is { } place ? [keys.Tenant.Value, person.Value, limit, place.Value] : [keys.Tenant.Value, person.Value, limit];
        var stored = session.Query(
            here is null ? Facts : FactsHere,
            r => (
                Fact: new Fact(r.GetGuid(0), keys.Tenant, person, "", r.Time(3), new ConversationId(r.GetGuid(4)), r.GetInt64(5)),
                Content: new StoredContent(person.Value, r.IsDBNull(1) ? null : r.GetBytes(1), FactRow.PlaceOf(r.GetGuid(0)), r.GetString(2))),
            values);
        return stored.ConvertAll(row => row.Fact with { Text = row.Content.OpenText(keys) ?? "" });
    }

    /// <summary>Best matches first, read and opened as they are asked for: what is not recalled is not decrypted.</summary>
    private IEnumerable<Recollection> Find(
        SqlSession session, PersonKeyRing keys, PersonId person, IReadOnlyList<string> terms, ConversationId current, long beforeSeq, bool onlyHere)
    {
        if (keys.Find(person)?.DeriveSearchKey() is not { } lists)
        {
            yield break; // nothing was ever said, or it was forgotten
        }

        var scores = Score(session, lists, terms);
        var untold = scores.Where(s => !recent.IsSince(s.Key, current, beforeSeq));
        foreach (var entries in untold.OrderByDescending(s => s.Value).ThenByDescending(s => s.Key).Select(s => s.Key).Chunk(EntriesPerStatement).Take(MaxStatements))
        {
            var hits = Read(session, keys, person, current, beforeSeq, onlyHere, entries);
            foreach (var hit in hits.OrderByDescending(hit => scores[hit.Entry]).ThenByDescending(hit => hit.IsFact).ThenByDescending(hit => hit.At))
            {
                if (Quote(hit, keys, terms) is { } found)
                {
                    yield return found;
                }
            }
        }
    }

    private static Dictionary<long, double> Score(SqlSession session, SearchKey lists, IReadOnlyList<string> terms)
    {
        var scores = new Dictionary<long, double>();
        var keys = new SqlValue[2 * TermsPerStatement];
        Span<int> lengths = stackalloc int[TermsPerStatement];
        for (var first = 0; first < terms.Count; first += TermsPerStatement)
        {
            for (var i = 0; i < TermsPerStatement; i++)
            {
                var term = first + i < terms.Count ? terms[first + i] : null;
                keys[i] = term is null ? SqlValue.Null : lists.Of(term); // null equals nothing
                keys[TermsPerStatement + i] = term is null ? SqlValue.Null : lists.OfFacts(term);
            }

            var found = session.Query(Newest, r => (List: r.GetInt32(0), Entry: r.GetInt64(1)), keys);
            lengths.Clear();
            foreach (var (list, _) in found)
            {
                lengths[list % TermsPerStatement]++;
            }

            scores.EnsureCapacity(scores.Count + found.Count);
            foreach (var (list, entry) in found)
            {
                if (!scores.TryGetValue(entry, out var score) && list >= TermsPerStatement)
                {
                    score = FactBonus; // before it is read: of what shares a common word with the question, only the best is
                }

                scores[entry] = score + (lengths[list % TermsPerStatement] >= NewestPerTerm ? CommonWeight : 1);
            }
        }

        return scores;
    }

    private static List<Hit> Read(SqlSession session, PersonKeyRing keys, PersonId person, ConversationId current, long beforeSeq, bool onlyHere, long[] entries)
    {
        var values = new SqlValue[4 + EntriesPerStatement];
        (values[0], values[1], values[2], values[3]) = (keys.Tenant.Value, person.Value, current.Value, beforeSeq);
        for (var i = 0; i < EntriesPerStatement; i++)
        {
            values[4 + i] = entries[Math.Min(i, entries.Length - 1)];
        }

        return session.Query(onlyHere ? ReadEntriesHere : ReadEntries, r => Map(r, person), values);
    }

    private static Hit Map(SqlRow r, PersonId person)
    {
        var (conversation, seq) = (new ConversationId(r.GetGuid(1)), r.GetInt64(2));
        var isFact = !r.IsDBNull(9);
        var content = isFact
            ? new StoredContent(person.Value, r.IsDBNull(10) ? null : r.GetBytes(10), FactRow.PlaceOf(r.GetGuid(9)), r.GetString(11))
            : new StoredContent(r.GuidOrNull(6), r.IsDBNull(7) ? null : r.GetBytes(7), MessageSql.Place(conversation.Value, seq), r.GetString(8));
        return new Hit(r.GetInt64(0), conversation, seq, r.Enum<AuthorKind>(3), isFact ? r.Time(12) : r.Time(4), isFact, !r.IsDBNull(5), content);
    }

    private static Recollection? Quote(Hit hit, PersonKeyRing keys, IReadOnlyList<string> terms)
    {
        var body = hit.Content.Open(keys).Body;
        var quote = body.Markdown;
        return body.IsForgotten || (hit is { IsFact: false, IsEdited: true } && !terms.Any(SearchTerms.ForIndex(quote).Contains))
            ? null
            : new Recollection(quote, hit.At, hit.IsFact, hit.Author, hit.Conversation, hit.Seq) { IsForwarded = body.IsForwarded };
    }

    /// <summary>What an entry points at, before it is opened.</summary>
    /// <param name="At">When it was said or stated.</param>
    /// <param name="IsFact">A fact taken from the message, not the message itself.</param>
    /// <param name="IsEdited">The message was edited since: the entry may be older than its text.</param>
    private sealed record Hit(
        long Entry, ConversationId Conversation, long Seq, AuthorKind Author, DateTimeOffset At, bool IsFact, bool IsEdited, StoredContent Content);
}
