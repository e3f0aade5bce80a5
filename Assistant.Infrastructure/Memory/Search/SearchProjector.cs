using System.Text;
using Assistant.Domain.Audit;
using Assistant.Domain.Memory;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Persistence;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Assistant.Infrastructure.Memory.Search;

/// <summary>Follows the log of every tenant and keeps the search index, its checkpoint in the same transaction as its rows.</summary>
[ActsFor("the product, in every tenant: keeps the search index")]
[NotAudited("what it writes can be computed again")]
internal sealed partial class SearchProjector(IReadPool reads, IWriteQueue writes, ITenantDirectory tenants, TimeProvider clock, ILogger<SearchProjector> logger)
    : BackgroundService
{
    private const string Name = "search";
    // A batch writes each page of the index it meets once, and a busy house meets most of them in any batch: so batches are few and large.
    private const int BatchSize = 2000;
    private const int PostingsPerStatement = 16;

    /// <summary>How old a message may be before it is found; the conversation's own history does not wait for the index.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan PauseAfterError = TimeSpan.FromSeconds(5);

    private const string ReadCheckpoint = "SELECT position FROM projections WHERE name = @p0 AND tenant_id = @p1";

    private const string SaveCheckpoint =
        "INSERT INTO projections (name, tenant_id, position) VALUES (@p0, @p1, @p2) ON CONFLICT (name, tenant_id) DO UPDATE SET position = excluded.position";

    private const string ReadMessages =
        "SELECT m.position, m.conversation_id, m.seq, m.text, c.person_id FROM messages m JOIN conversations c ON c.id = m.conversation_id "
        + "WHERE m.tenant_id = @p0 AND m.position > @p1 AND m.author <> 'System' ORDER BY m.position LIMIT @p2";

    private const string ReadFacts =
        "SELECT position, source_conversation_id, source_seq, text, person_id, id FROM facts WHERE tenant_id = @p0 AND position > @p1 ORDER BY position LIMIT @p2";

    private const string InsertEntry =
        "INSERT INTO search_entries (id, tenant_id, person_id, conversation_id, seq, fact_id) VALUES (@p0, @p1, @p2, @p3, @p4, @p5) ON CONFLICT (id) DO NOTHING";

    private const string LastEntry = "SELECT MAX(id) FROM search_entries";

    private const string InsertPosting = "INSERT INTO search_postings (key, entry_id) VALUES (@p0, @p1) ON CONFLICT DO NOTHING";

    private static readonly string InsertPostings = ManyPostings();

    /// <summary>Projects what is new for one tenant; returns how many messages and facts that were.</summary>
    public async Task<int> ProjectAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        var batch = await reads.ReadAsync(TenantScope.Of(tenant), session => Read(session, tenant), cancellationToken);
        if (batch.Items.Count == 0)
        {
            return 0;
        }

        await writes.ExecuteAsync(TenantScope.Of(tenant), session => Write(session, tenant, batch), cancellationToken);
        return batch.Items.Count;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var pause = Pause;
            try
            {
                foreach (var tenant in await tenants.ListAsync(stoppingToken))
                {
                    while (await ProjectAsync(tenant.Id, stoppingToken) >= BatchSize)
                    {
                    }
                }
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                LogFailure(logger, error);
                pause = PauseAfterError;
            }

            await Task.Delay(pause, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static Batch Read(SqlSession session, TenantId tenant)
    {
        var checkpoint = session.QueryFirst(ReadCheckpoint, r => r.GetInt64(0), Name, tenant.Value);
        var messages = session.Query(
            ReadMessages, r => new Item(r.GetInt64(0), r.GetGuid(1), r.GetInt64(2), r.GetString(3), r.GetGuid(4), null), tenant.Value, checkpoint, BatchSize);
        var facts = session.Query(
            ReadFacts, r => new Item(r.GetInt64(0), r.GetGuid(1), r.GetInt64(2), r.GetString(3), r.GetGuid(4), r.GetGuid(5)), tenant.Value, checkpoint, BatchSize);

        // Two sorted streams under one checkpoint: go no further than the shorter of the two full ones.
        var end = Math.Min(messages.Count == BatchSize ? messages[^1].Position : long.MaxValue, facts.Count == BatchSize ? facts[^1].Position : long.MaxValue);
        var items = messages.Concat(facts).Where(i => i.Position <= end).OrderBy(i => i.Position).ToList();
        return new Batch(items, items.Count == 0 ? checkpoint : items[^1].Position);
    }

    private static bool Write(WriteSession session, TenantId tenant, Batch batch)
    {
        // Entries are numbered across tenants.
        var entry = session.Within(TenantScope.System, all => all.QueryFirst(LastEntry, r => r.IsDBNull(0) ? 0 : r.GetInt64(0)));
        var postings = new List<(long Key, long Entry)>();
        foreach (var item in batch.Items)
        {
            entry++;
            session.Execute(InsertEntry, entry, tenant.Value, item.Person, item.Conversation, item.Seq, item.Fact);
            foreach (var term in SearchTerms.ForIndex(item.Text))
            {
                postings.Add((SearchKey.OfPerson(item.Person, term), entry));
            }
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

        session.Execute(SaveCheckpoint, Name, tenant.Value, batch.End);
        return true;
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

    private sealed record Item(long Position, Guid Conversation, long Seq, string Text, Guid Person, Guid? Fact);

    private sealed record Batch(List<Item> Items, long End);

    [LoggerMessage(Level = LogLevel.Error, Message = "The search index fell behind; trying again")]
    private static partial void LogFailure(ILogger logger, Exception error);
}
