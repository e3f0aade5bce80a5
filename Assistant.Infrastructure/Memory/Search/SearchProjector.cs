using System.Text;
using Assistant.Domain.Audit;
using Assistant.Domain.Memory;
using Assistant.Domain.People;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Audit;
using Assistant.Infrastructure.Conversations;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Security.Sealing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Assistant.Infrastructure.Memory.Search;

/// <summary>Follows the log of every tenant and keeps the search index, its checkpoint in the same transaction as its rows.</summary>
[ActsFor("the product, in every tenant: keeps the search index")]
[NotAudited("what it writes can be computed again")]
internal sealed partial class SearchProjector(
    IReadPool reads, IWriteQueue writes, BodySealer bodies, RecentEntries recent, ITenantDirectory tenants, TimeProvider clock, ILogger<SearchProjector> logger)
    : BackgroundService
{
    // A batch writes each page of the index it meets once, and a busy house meets most of them in any batch: so batches are few and large.
    internal const int MostRows = 2000;
    private const int PostingsPerStatement = 16;

    /// <summary>How old a message may be before it is found; the conversation's own history does not wait for the index.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan PauseAfterError = TimeSpan.FromSeconds(5);

    private const string ReadMessages =
        "SELECT m.position, COALESCE(m.person_id, c.person_id), m.conversation_id, m.seq, m.body, m.text "
        + "FROM messages m JOIN conversations c ON c.id = m.conversation_id "
        + "WHERE m.tenant_id = @p0 AND m.position > @p1 AND m.author <> 'System' ORDER BY m.position LIMIT @p2";

    private const string ReadFacts =
        "SELECT position, person_id, source_conversation_id, source_seq, id, body, text FROM facts WHERE tenant_id = @p0 AND position > @p1 ORDER BY position LIMIT @p2";

    private const string InsertEntry =
        "INSERT INTO search_entries (id, tenant_id, person_id, conversation_id, seq, fact_id) VALUES (@p0, @p1, @p2, @p3, @p4, @p5) ON CONFLICT (id) DO NOTHING";

    private const string StillSaid = "SELECT 1 FROM messages WHERE conversation_id = @p0 AND seq = @p1 AND deleted_at IS NULL";

    private const string LastEntry = "SELECT MAX(id) FROM search_entries";

    private const string InsertPosting = "INSERT INTO search_postings (key, entry_id) VALUES (@p0, @p1) ON CONFLICT DO NOTHING";

    private static readonly string InsertPostings = ManyPostings();

    /// <summary>How many messages, and how many facts, are read at once.</summary>
    public int BatchSize { get; init; } = MostRows;

    /// <summary>Projects what is new for one tenant, or clears some of what it may not have: one unit of work at most.</summary>
    /// <returns>Whether there may be more to do at once.</returns>
    public async Task<bool> ProjectAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        var (checkpoint, batch) = await reads.ReadAsync(
            TenantScope.Of(tenant),
            session =>
            {
                var from = SearchCheckpoint.Read(session, tenant);
                return (from, from == SearchCheckpoint.ToBeCleared || SqlIndexingStore.Read(session, tenant) == Indexing.Nothing ? null : Read(session, tenant, from));
            },
            cancellationToken);
        if (checkpoint == SearchCheckpoint.ToBeCleared)
        {
            await writes.ExecuteAsync(TenantScope.Of(tenant), session => SearchClearing.ClearSome(session, tenant), cancellationToken);
            return true; // the rest is cleared, or what is wanted comes in
        }

        if (batch is null or { Items.Count: 0 })
        {
            return false;
        }

        // Between the reading and the writing the tenant may have decided otherwise: then the index is to be cleared.
        var written = await writes.ExecuteAsync(
            TenantScope.Of(tenant), session => SearchCheckpoint.Read(session, tenant) == checkpoint ? Write(session, tenant, batch) : null, cancellationToken);
        if (written is null)
        {
            return true;
        }

        Remember(written);
        return batch.HasMore;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var isFine = await TryAsync(() => ProjectAllAsync(stoppingToken));
            await Task.Delay(isFine ? Pause : PauseAfterError, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<bool> ProjectAllAsync(CancellationToken cancellationToken)
    {
        var isFine = true;
        foreach (var tenant in await tenants.ListAsync(cancellationToken))
        {
            // What one tenant stores must not keep the others' index from being kept.
            isFine &= await TryAsync(() => ProjectAllAsync(tenant.Id, cancellationToken));
        }

        return isFine;
    }

    private async Task<bool> ProjectAllAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        while (await ProjectAsync(tenant, cancellationToken))
        {
            // a step at a time: others write in between
        }

        return true;
    }

    private async Task<bool> TryAsync(Func<Task<bool>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            LogFailure(logger, error);
            return false;
        }
    }

    private Batch Read(SqlSession session, TenantId tenant, long checkpoint)
    {
        // On PostgreSQL each statement sees a later state than the one before it: what an event records after this is left whole for the next batch.
        var newest = session.IsPostgres ? session.QueryFirst(SqlAuditLog.Head, row => row.GetInt64(0), tenant.Value) : long.MaxValue;
        var (messages, messagesLeft) = ReadWhole(session, ReadMessages, MapMessage, tenant, checkpoint);
        var (facts, factsLeft) = ReadWhole(session, ReadFacts, MapFact, tenant, checkpoint);

        // Two sorted streams under one checkpoint: go no further than the shorter of the two full ones.
        var all = messages.Concat(facts).OrderBy(i => i.Position).ToList();
        var end = Math.Min(Math.Min(messagesLeft, factsLeft), all.Find(i => i.Position > newest)?.Position ?? long.MaxValue);
        // What an earlier version stored plain waits until it is sealed, before that its person has no key to hash with; what lies at its position waits with it.
        end = Math.Min(end, all.Find(i => i.Content.IsPlain)?.Position ?? long.MaxValue);
        var items = all.FindAll(i => i.Position < end);
        using var keys = bodies.In(session, tenant);
        keys.Load(items.Select(item => item.Person));
        var lists = new Dictionary<Guid, SearchKey?>();
        return new Batch(items.ConvertAll(item => Cut(item, keys, lists)), items.Count == 0 ? checkpoint : items[^1].Position, end < long.MaxValue);
    }

    /// <summary>
    /// Reads the rows after the checkpoint. One event may have recorded any number of them, and the checkpoint names whole events: so a batch
    /// that is full leaves its last event out, and is made larger when it holds no other.
    /// </summary>
    /// <returns>Also the position of the first event that was left out; none when there was room for all.</returns>
    private (List<Stored> Rows, long Left) ReadWhole(SqlSession session, string sql, Func<SqlRow, Stored> map, TenantId tenant, long checkpoint)
    {
        for (var limit = BatchSize; ; limit *= 2)
        {
            var rows = session.Query(sql, map, tenant.Value, checkpoint, limit);
            if (rows.Count < limit)
            {
                return (rows, long.MaxValue);
            }

            var last = rows[^1].Position;
            if (rows[0].Position < last)
            {
                rows.RemoveAll(row => row.Position == last);
                return (rows, last);
            }
        }
    }

    private static Stored MapMessage(SqlRow r)
    {
        var (person, conversation, seq) = (r.GetGuid(1), r.GetGuid(2), r.GetInt64(3));
        return new Stored(
            r.GetInt64(0), conversation, seq, person, null,
            new StoredContent(person, r.IsDBNull(4) ? null : r.GetBytes(4), MessageSql.Place(conversation, seq), r.GetString(5)));
    }

    private static Stored MapFact(SqlRow r) => new(
        r.GetInt64(0), r.GetGuid(2), r.GetInt64(3), r.GetGuid(1), r.GetGuid(4),
        new StoredContent(r.GetGuid(1), r.IsDBNull(5) ? null : r.GetBytes(5), FactRow.PlaceOf(r.GetGuid(4)), r.GetString(6)));

    // Only hashes leave here: what was opened is not kept until it is written.
    private static Item Cut(Stored stored, PersonKeyRing keys, Dictionary<Guid, SearchKey?> lists)
    {
        if (!lists.TryGetValue(stored.Person, out var list))
        {
            lists.Add(stored.Person, list = keys.Find(new PersonId(stored.Person))?.DeriveSearchKey());
        }

        var text = list is null ? null : stored.Content.OpenText(keys);
        return new Item(
            stored.Conversation, stored.Seq, stored.Person, stored.Fact,
            text is null ? [] : [.. SearchTerms.ForIndex(text).Select(term => stored.Fact is null ? list!.Of(term) : list!.OfFacts(term))]);
    }

    private static List<(long Entry, Item Item)> Write(WriteSession session, TenantId tenant, Batch batch)
    {
        var written = new List<(long Entry, Item Item)>(batch.Items.Count);
        // Entries are numbered across tenants.
        var entry = session.Within(TenantScope.System, all => all.QueryFirst(LastEntry, r => r.IsDBNull(0) ? 0 : r.GetInt64(0)));
        var postings = new List<(long Key, long Entry)>();
        foreach (var item in batch.Items.Where(item => item.Lists.Length > 0))
        {
            // It was read before this transaction: what was forgotten or taken back meanwhile must not come back as an entry.
            if (!session.QueryFirst(StillSaid, _ => true, item.Conversation, item.Seq))
            {
                continue;
            }

            entry++;
            session.Execute(InsertEntry, entry, tenant.Value, item.Person, item.Conversation, item.Seq, item.Fact);
            postings.AddRange(item.Lists.Select(list => (list, entry)));
            written.Add((entry, item));
        }

        // In key order the B-tree is written front to back.
        postings.Sort();
        var values = new SqlValue[2 * PostingsPerStatement];
        var at = 0;
        for (; at + PostingsPerStatement <= postings.Count; at += PostingsPerStatement)
        {
            for (var i = 0; i < PostingsPerStatement; i++)
            {
                (values[2 * i], values[(2 * i) + 1]) = (postings[at + i].Key, postings[at + i].Entry);
            }

            session.Execute(InsertPostings, values);
        }

        for (; at < postings.Count; at++)
        {
            session.Execute(InsertPosting, postings[at].Key, postings[at].Entry);
        }

        SearchCheckpoint.Save(session, tenant, batch.End);
        return written;
    }

    private void Remember(List<(long Entry, Item Item)> written)
    {
        foreach (var (entry, item) in written)
        {
            if (item.Fact is null)
            {
                recent.AddMessage(entry, item.Conversation, item.Seq);
            }
            else
            {
                recent.AddFact(entry);
            }
        }
    }

    private static string ManyPostings()
    {
        var sql = new StringBuilder("INSERT INTO search_postings (key, entry_id) VALUES ");
        for (var i = 0; i < PostingsPerStatement; i++)
        {
            sql.Append(i == 0 ? "" : ", ").Append("(@p").Append(2 * i).Append(", @p").Append((2 * i) + 1).Append(')');
        }

        return sql.Append(" ON CONFLICT DO NOTHING").ToString();
    }

    /// <param name="Fact">The fact, or <see langword="null"/> for the message itself.</param>
    private sealed record Stored(long Position, Guid Conversation, long Seq, Guid Person, Guid? Fact, StoredContent Content);

    /// <param name="Lists">Those of its terms; none when it was forgotten, or says nothing.</param>
    private sealed record Item(Guid Conversation, long Seq, Guid Person, Guid? Fact, long[] Lists);

    /// <param name="End">The event up to which everything is in it.</param>
    /// <param name="HasMore">Whether anything was left out.</param>
    private sealed record Batch(List<Item> Items, long End, bool HasMore);

    [LoggerMessage(Level = LogLevel.Error, Message = "The search index fell behind; trying again")]
    private static partial void LogFailure(ILogger logger, Exception error);
}
