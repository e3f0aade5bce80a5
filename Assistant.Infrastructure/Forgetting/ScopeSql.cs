using System.Buffers.Binary;
using Assistant.Domain.Conversations;
using Assistant.Domain.Forgetting;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Memory.Search;
using Assistant.Infrastructure.Persistence;

namespace Assistant.Infrastructure.Forgetting;

/// <summary>The rows of what is to be forgotten, counted and deleted inside a unit of work.</summary>
internal sealed class ScopeSql
{
    private const string PersonName = "SELECT display_name FROM people WHERE tenant_id = @p0 AND id = @p1 AND erasure_id IS NULL";

    private const string ConversationName =
        "SELECT COALESCE(c.chat_title, p.display_name) FROM conversations c JOIN people p ON p.id = c.person_id "
        + "WHERE c.tenant_id = @p0 AND c.id = @p1 AND c.erasure_id IS NULL";

    private const string Groups = "SELECT id FROM conversations WHERE tenant_id = @p0 AND is_group AND person_id <> @p1";

    internal const string NextReceived = "SELECT id, conversation_id FROM inbox WHERE tenant_id = @p0 AND id >= @p1 ORDER BY id LIMIT @p2";
    private const string DeleteOneReceived = "DELETE FROM inbox WHERE id = @p0";

    /// <summary>Rows looked at in one transaction where none can be asked for.</summary>
    private const int MostLookedAt = 5_000;

    private const string CountProofs = "SELECT COUNT(*) FROM step_ups WHERE tenant_id = @p0 AND (subject = @p1 OR subject LIKE @p2)";
    private const string DeleteProofs = "DELETE FROM step_ups WHERE tenant_id = @p0 AND (subject = @p1 OR subject LIKE @p2)";
    private const string CountAnswers = "SELECT COUNT(*) FROM idempotency WHERE tenant_id = @p0 AND sealed_body IS NOT NULL";

    private const string EmptyAnswers =
        "UPDATE idempotency SET sealed_body = NULL, content_type = NULL WHERE tenant_id = @p0 AND sealed_body IS NOT NULL AND claimed_at <= @p1";

    private readonly TenantId _tenant;
    private readonly ErasureScope _scope;
    private readonly SqlValue[] _values;

    public ScopeSql(TenantId tenant, ErasureScope scope)
    {
        (_tenant, _scope) = (tenant, scope);
        _values = scope.Kind == ErasureKind.Message ? [tenant.Value, scope.Id, scope.Seq] : [tenant.Value, scope.Id];
    }

    /// <summary>Whom it is about, or <see langword="null"/> when there is no such thing, or it is being forgotten.</summary>
    public string? FindName(SqlSession session)
        => session.QueryFirst(_scope.Kind == ErasureKind.Person ? PersonName : ConversationName, r => r.GetString(0), _tenant.Value, _scope.Id);

    /// <summary>The conversations it touches, with their newest message.</summary>
    public List<(Guid Conversation, long LastSeq)> Places(SqlSession session) => session.Query(
        "SELECT id, last_seq FROM conversations WHERE tenant_id = @p0 AND "
            + (_scope.Kind == ErasureKind.Person ? ForgettableTables.Conversations.OfPerson : ForgettableTables.Conversations.OfConversation!),
        r => (r.GetGuid(0), r.GetInt64(1)), _tenant.Value, _scope.Id);

    /// <summary>The kinds a decision is made of.</summary>
    public ErasureCounts CountDecisive(SqlSession session)
        => ForgettableTables.All.Where(table => ErasureCounts.Decisive.Contains(table.Kind))
            .Aggregate(ErasureCounts.None, (counts, table) => counts.Plus(table.Kind, Count(session, table)));

    /// <summary>All kinds.</summary>
    public ErasureCounts CountAll(SqlSession session)
    {
        var counts = ForgettableTables.All.Aggregate(ErasureCounts.None, (sum, table) => sum.Plus(table.Kind, Count(session, table)));
        counts = counts.Plus(Forgettable.SearchPostings, CountPostings(session));
        counts = counts.Plus(Forgettable.Proofs, Proofs(session, CountProofs, (sql, values) => session.QueryFirst(sql, r => r.GetInt64(0), values)));
        return counts.Plus(Forgettable.KeptAnswers, session.QueryFirst(CountAnswers, r => r.GetInt64(0), _tenant.Value));
    }

    /// <summary>Deletes a batch of a table's rows.</summary>
    public long Delete(SqlSession session, ForgettableTable table)
        => IsWalked(table) ? DeleteReceived(session, 0).Deleted.Total
            : IsByConversation(table) ? DeleteOfOneConversation(session, table)
            : table.Delete(_scope.Kind) is { } sql ? session.Execute(sql, _values) : 0;

    /// <summary>Whether the table's rows are deleted by <see cref="DeleteReceived"/>.</summary>
    public bool IsWalked(ForgettableTable table) => table.IsWalked && _scope.Kind != ErasureKind.Message;

    /// <summary>Deletes a batch of what was received, along the primary key: it is gone over once, however few of its rows are meant.</summary>
    /// <param name="after">Rows before this place are done.</param>
    /// <returns>What was deleted, and the place that is come to; the same when none is left.</returns>
    public (ErasureCounts Deleted, long After) DeleteReceived(SqlSession session, long after)
    {
        var theirs = Places(session).Select(place => place.Conversation).ToHashSet();
        var (deleted, last) = (0L, after);
        foreach (var (id, conversation) in session.Query(NextReceived, r => (r.GetGuid(0), r.GetGuid(1)), _tenant.Value, KeyAt(after), MostLookedAt))
        {
            last = PlaceOf(id);
            deleted += theirs.Contains(conversation) ? session.Execute(DeleteOneReceived, id) : 0;
            if (deleted == ForgettableTable.MostRows)
            {
                break;
            }
        }

        return (ErasureCounts.None.Plus(Forgettable.Received, deleted), last);
    }

    /// <summary>Empties a batch of a table's rows whose place stays: of the first group that has any.</summary>
    public long Empty(SqlSession session, ForgettableTable table, DateTimeOffset at, long position)
    {
        foreach (var group in AllGroupsOfOthers(session))
        {
            if (session.Execute(table.EmptyInGroup(), _tenant.Value, _scope.Id, group, at, position) is > 0 and var emptied)
            {
                return emptied;
            }
        }

        return 0;
    }

    /// <summary>The conversations of others in which the person wrote.</summary>
    public List<Guid> GroupsOfOthers(SqlSession session)
        => AllGroupsOfOthers(session).FindAll(group => CountInGroup(session, ForgettableTables.GroupMessages, group) > 0);

    /// <summary>Deletes a batch of entries of the search index with what leads to them.</summary>
    /// <param name="after">Entries up to here are done.</param>
    /// <returns>What was deleted, and the last entry that is done; the same when none is left.</returns>
    public (ErasureCounts Deleted, long After) DeleteSearch(SqlSession session, long after)
    {
        var next = _values.Length;
        var entries = session.Query(
            $"SELECT id, person_id FROM search_entries WHERE tenant_id = @p0 AND {Entries} AND id > @p{next} ORDER BY id LIMIT {ForgettableTable.MostRows}",
            r => (Id: r.GetInt64(0), Person: r.GetGuid(1)), [.. _values, after]);
        if (entries.Count == 0)
        {
            return (ErasureCounts.None, after);
        }

        // In a group each entry is in the lists of whoever wrote it, not of whoever the conversation belongs to.
        var last = entries[^1].Id;
        var postings = ByLists(entries).Sum(own => EntryPostings.Delete(session, own.Key, [.. own]));
        var pointers = session.Execute(
            $"DELETE FROM search_entries WHERE tenant_id = @p0 AND {Entries} AND id > @p{next} AND id <= @p{next + 1}", [.. _values, after, last]);
        return (ErasureCounts.None.Plus(Forgettable.SearchPostings, postings).Plus(Forgettable.SearchEntries, pointers), last);
    }

    /// <summary>Deletes what everything else is found from, and what only names it.</summary>
    /// <param name="begunAt">Answers kept since cannot hold anything of it.</param>
    public ErasureCounts DeleteRoots(SqlSession session, DateTimeOffset begunAt)
    {
        var deleted = ErasureCounts.None
            .Plus(Forgettable.Proofs, Proofs(session, DeleteProofs, (sql, values) => session.Execute(sql, values)))
            .Plus(Forgettable.KeptAnswers, session.Execute(EmptyAnswers, _tenant.Value, begunAt));
        return deleted
            .Plus(Forgettable.Conversations, Delete(session, ForgettableTables.Conversations))
            .Plus(Forgettable.Persons, Delete(session, ForgettableTables.People));
    }

    private long Count(SqlSession session, ForgettableTable table)
        => table.InGroup is not null ? AllGroupsOfOthers(session).Sum(group => CountInGroup(session, table, group))
            : IsByConversation(table) ? CountOfConversations(session, table)
            : table.Count(_scope.Kind) is { } sql ? session.QueryFirst(sql, r => r.GetInt64(0), _values) : 0;

    private bool IsByConversation(ForgettableTable table) => _scope.Kind == ErasureKind.Person && table is { OfPerson: null, InGroup: null };

    private List<Guid> AllGroupsOfOthers(SqlSession session)
        => _scope.Kind == ErasureKind.Person ? session.Query(Groups, r => r.GetGuid(0), _tenant.Value, _scope.Id) : [];

    private long CountInGroup(SqlSession session, ForgettableTable table, Guid group)
        => session.QueryFirst(table.CountInGroup(), r => r.GetInt64(0), _tenant.Value, _scope.Id, group);

    private long CountOfConversations(SqlSession session, ForgettableTable table)
    {
        var sql = table.Count(ErasureKind.Conversation)!;
        return Places(session).Sum(place => session.QueryFirst(sql, r => r.GetInt64(0), _tenant.Value, place.Conversation));
    }

    // Of the first that has any, so that no batch is larger than another table's.
    private long DeleteOfOneConversation(SqlSession session, ForgettableTable table)
    {
        var sql = table.Delete(ErasureKind.Conversation)!;
        foreach (var (conversation, _) in Places(session))
        {
            if (session.Execute(sql, _tenant.Value, conversation) is > 0 and var deleted)
            {
                return deleted;
            }
        }

        return 0;
    }

    // A place is what a key begins with, its time: a number, as the erasure's cursor is. No millisecond has as many rows as are looked at at once.
    private static long PlaceOf(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        return BinaryPrimitives.ReadInt64BigEndian(bytes) >>> 16;
    }

    private static Guid KeyAt(long place)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        BinaryPrimitives.WriteInt64BigEndian(bytes, place << 16);
        return new Guid(bytes, bigEndian: true);
    }

    private long CountPostings(SqlSession session)
    {
        var entries = session.Query(
            $"SELECT id, person_id FROM search_entries WHERE tenant_id = @p0 AND {Entries} ORDER BY id", r => (Id: r.GetInt64(0), Person: r.GetGuid(1)), _values);
        return ByLists(entries).Sum(own => EntryPostings.Count(session, own.Key, [.. own]));
    }

    private string Entries => ForgettableTables.SearchEntries.Condition(_scope.Kind)!;

    // Two people's lists may lie in one range: it is gone through once for both.
    private static IEnumerable<IGrouping<(long First, long Last), long>> ByLists(List<(long Id, Guid Person)> entries)
        => entries.GroupBy(entry => SearchKey.RangeOf(entry.Person), entry => entry.Id);

    private delegate long Run(string sql, params ReadOnlySpan<SqlValue> values);

    // A message's own proofs alone; those of a conversation with those of its messages; those of a person with those of their conversations.
    private long Proofs(SqlSession session, string sql, Run run)
    {
        var total = run(sql, _tenant.Value, _scope.Subject, _scope.Kind == ErasureKind.Conversation ? $"{_scope.Subject}/%" : _scope.Subject);
        if (_scope.Kind == ErasureKind.Person)
        {
            foreach (var (conversation, _) in Places(session))
            {
                var subject = ErasureScope.Of(new ConversationId(conversation)).Subject;
                total += run(sql, _tenant.Value, subject, $"{subject}/%");
            }
        }

        return total;
    }
}
