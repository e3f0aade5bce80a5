using System.Text;
using Assistant.Domain.Memory;
using Assistant.Domain.People;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Conversations;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Security.Sealing;

namespace Assistant.Infrastructure.Memory.Search;

/// <summary>The operators' search box: conversations of a tenant with a message in which each part of what was typed occurs.</summary>
/// <remarks>
/// It asks the lists of the tenant's people, some dozens at a time, so its cost grows with the number of people and not with the
/// length of their history. Rejected: a second list per tenant. It would double what every message writes for a box used now and then.
/// </remarks>
internal sealed class ConversationSearch(IReadPool reads, BodySealer bodies)
{
    private const int PeoplePerStatement = 32;

    /// <summary>Of a word common among some dozen people, so many newest mentions are looked at.</summary>
    private const int NewestPerTerm = 2000;

    /// <summary>Mentions read for each conversation wanted: a word everybody says must not make the box read the whole history.</summary>
    private const int MentionsPerConversation = 10;

    private const string People = "SELECT id FROM people WHERE tenant_id = @p0";

    private const string Message =
        "SELECT " + MessageSql.MessageColumns + " FROM search_entries e JOIN messages m ON m.conversation_id = e.conversation_id AND m.seq = e.seq "
        + "WHERE e.id = @p0 AND e.tenant_id = @p1 AND m.deleted_at IS NULL";

    private static readonly string Newest = NewestOfMany();

    /// <summary>Ids of the conversations, the newest mention first.</summary>
    /// <param name="text">Words are found whole, Chinese as any substring; both in the form in which <see cref="SearchTerms"/> compares them.</param>
    public async Task<IReadOnlyList<Guid>> FindAsync(TenantId tenant, string text, int limit, CancellationToken cancellationToken)
    {
        // The longest is as a rule the rarest: asked first, it spares most people the others.
        var terms = SearchTerms.ForSubstring(text).OrderByDescending(t => t.Length).ToList();
        return terms.Count == 0
            ? []
            : await reads.ReadAsync(TenantScope.Of(tenant), session => Find(session, tenant, text, terms, limit), cancellationToken);
    }

    private List<Guid> Find(SqlSession session, TenantId tenant, string text, List<string> terms, int limit)
    {
        var parts = SearchTerms.PartsOf(text);
        using var keys = bodies.In(session, tenant);
        var mentions = new List<long>();
        foreach (var people in session.Query(People, r => r.GetGuid(0), tenant.Value).Chunk(PeoplePerStatement))
        {
            keys.Load(people);
            mentions.AddRange(FindMentions(session, [.. people.Select(person => keys.Find(new PersonId(person))?.DeriveSearchKey()).OfType<SearchKey>()], terms));
        }

        var conversations = new List<Guid>();
        foreach (var entry in mentions.OrderDescending().Take(limit * MentionsPerConversation))
        {
            var found = session.QueryFirst(Message, r => MessageSql.MapMessage(r), entry, tenant.Value);
            if (found is not null && !conversations.Contains(found.Message.Conversation.Value)
                && SearchTerms.HasAll(found.Open(keys).Body.Markdown, parts))
            {
                conversations.Add(found.Message.Conversation.Value);
                if (conversations.Count == limit)
                {
                    break;
                }
            }
        }

        return conversations;
    }

    private static HashSet<long> FindMentions(SqlSession session, List<SearchKey> people, List<string> terms)
    {
        if (people.Count == 0)
        {
            return [];
        }

        HashSet<long>? all = null;
        var values = new SqlValue[PeoplePerStatement + 1];
        values[PeoplePerStatement] = NewestPerTerm;
        foreach (var term in terms)
        {
            for (var i = 0; i < PeoplePerStatement; i++)
            {
                values[i] = people[Math.Min(i, people.Count - 1)].Of(term);
            }

            var entries = session.Query(Newest, r => r.GetInt64(0), values);
            if (all is null)
            {
                all = [.. entries];
            }
            else
            {
                all.IntersectWith(entries);
            }

            if (all.Count == 0)
            {
                break;
            }
        }

        return all!;
    }

    private static string NewestOfMany()
    {
        var sql = new StringBuilder("SELECT entry_id FROM search_postings WHERE key IN (");
        for (var i = 0; i < PeoplePerStatement; i++)
        {
            sql.Append(i == 0 ? "" : ", ").Append("@p").Append(i);
        }

        return sql.Append(") ORDER BY entry_id DESC LIMIT @p").Append(PeoplePerStatement).ToString();
    }
}
