using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Persistence;

namespace Assistant.Infrastructure.Memory.Search;

/// <summary>Takes a tenant's messages and facts out of the index, some at a time: one statement over all of it would hold up the one writer.</summary>
internal static class SearchClearing
{
    private const int EntriesPerUnit = 500;

    private const string Entries = "SELECT id, person_id FROM search_entries WHERE tenant_id = @p0 ORDER BY id LIMIT @p1";

    // A person's lists lie in one range, which another person may share: hence the entry as well.
    private const string DeletePostings = "DELETE FROM search_postings WHERE key >= @p0 AND key <= @p1 AND entry_id >= @p2 AND entry_id <= @p3 "
        + "AND entry_id IN (SELECT id FROM search_entries WHERE tenant_id = @p4 AND person_id = @p5)";

    private const string DeleteEntries = "DELETE FROM search_entries WHERE tenant_id = @p0 AND id >= @p1 AND id <= @p2";

    /// <summary>Clears the oldest entries that are left; when none is, the index may be filled again.</summary>
    public static int ClearSome(WriteSession session, TenantId tenant)
    {
        var entries = session.Query(Entries, r => (Id: r.GetInt64(0), Person: r.GetGuid(1)), tenant.Value, EntriesPerUnit);
        if (entries.Count == 0)
        {
            SearchCheckpoint.Save(session, tenant, 0); // allowed, it is filled from the start
            return 0;
        }

        var (from, to) = (entries[0].Id, entries[^1].Id);
        foreach (var person in entries.Select(entry => entry.Person).Distinct())
        {
            var (first, last) = SearchKey.RangeOf(person);
            session.Execute(DeletePostings, first, last, from, to, tenant.Value, person);
        }

        session.Execute(DeleteEntries, tenant.Value, from, to);
        return entries.Count;
    }
}
