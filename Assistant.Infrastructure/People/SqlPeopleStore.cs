using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.Observability;
using Assistant.Domain.People;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Conversations;
using Assistant.Infrastructure.Messaging;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Security.Sealing;
using Microsoft.EntityFrameworkCore;

namespace Assistant.Infrastructure.People;

/// <inheritdoc cref="IPeopleStore"/>
internal sealed class SqlPeopleStore(IDatabase database, IWriteQueue writes, BodySealer bodies, TimeProvider clock) : IPeopleStore
{
    private const string Decide =
        "UPDATE pairing_requests SET decision = @p2 WHERE id = @p0 AND tenant_id = @p1 AND decision = 'Pending'";

    private const string ReadRequest = "SELECT connection_id, person_id, conversation_id FROM pairing_requests WHERE id = @p0";

    private const string SetStanding =
        "INSERT INTO standings (connection_id, person_id, tenant_id, standing) SELECT c.id, p.id, c.tenant_id, @p3 FROM connections c, people p "
        + "WHERE c.id = @p0 AND c.tenant_id = @p2 AND p.id = @p1 AND p.tenant_id = @p2 "
        + "ON CONFLICT (connection_id, person_id) DO UPDATE SET standing = excluded.standing";

    public async Task<PairingDecided?> DecidePairingAsync(
        TenantId tenant, Guid requestId, Standing standing, string? notice, AuditDraft audit, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await bodies.PrepareAsync(tenant, cancellationToken);
        return await writes.ExecuteAsync(
            TenantScope.Of(tenant),
            session =>
            {
                if (session.Execute(Decide, requestId, tenant.Value, standing) == 0)
                {
                    return null;
                }

                var request = session.QueryFirst(
                    ReadRequest, r => (Connection: r.GetString(0), Person: r.GetGuid(1), Conversation: new ConversationId(r.GetGuid(2))), requestId);
                Stand(session, tenant, request.Connection, request.Person, standing);
                var position = session.Audit(audit);
                session.Publish(new LiveEvent.PairingChanged(tenant));
                using var keys = bodies.In(session, tenant);
                if (notice is null || ConversationSql.Find(session, tenant, request.Conversation) is not { } conversation
                    || keys.FindOrMake(new PersonId(request.Person)) is not { IsDestroyed: false } key)
                {
                    return new PairingDecided(null);
                }

                Notices.Queue(session, key, conversation, notice, position, now, mayClaim: false);
                return new PairingDecided(request.Conversation);
            },
            cancellationToken);
    }

    public Task<bool> SetStandingAsync(
        TenantId tenant, PersonId person, ConnectionId connection, Standing standing, AuditDraft audit, CancellationToken cancellationToken)
        => writes.ExecuteAsync(
            TenantScope.Of(tenant),
            session =>
            {
                if (!Stand(session, tenant, connection.Value, person.Value, standing))
                {
                    return false;
                }

                session.Audit(audit);
                session.Publish(new LiveEvent.PairingChanged(tenant));
                return true;
            },
            cancellationToken);

    public async Task<IReadOnlyList<PairingRequest>> ListPairingAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var context = database.OpenContext(TenantScope.Of(tenant));
        var requests =
            from request in context.Set<PairingRequestRow>().AsNoTracking()
            join connection in context.Set<StoredConnection>() on request.ConnectionId equals connection.Id
            join identity in context.Set<IdentityRow>() on new { request.PersonId, connection.ChannelType } equals new { identity.PersonId, identity.ChannelType }
            where request.Decision == Standing.Pending && request.ExpiresAt > now
            orderby request.RequestedAt, identity.Id
            select new { request, connection.ChannelType, identity.DisplayName, identity.ExternalId };
        var rows = await requests.ToListAsync(cancellationToken);
        return
        [
            // One for each request, however many ids a person is known by: the first of them.
            .. rows.DistinctBy(r => r.request.Id).Select(r => new PairingRequest(
                r.request.Id, new PersonId(r.request.PersonId), new ConnectionId(r.request.ConnectionId), r.ChannelType, r.DisplayName, r.ExternalId,
                r.request.Code, r.request.RequestedAt, r.request.ExpiresAt)),
        ];
    }

    public async Task<Page<PersonRow>> ListAsync(TenantId tenant, string? text, string? after, int limit, CancellationToken cancellationToken)
    {
        if (Unstorable.Includes(text))
        {
            return new Page<PersonRow>([], null);
        }

        await using var context = database.OpenContext(TenantScope.Of(tenant));
        var rows = await Page(context, text, PageCursor.ReadId(after), limit + 1).ToListAsync(cancellationToken);
        var page = rows.Take(limit).ToList();
        return new Page<PersonRow>(await DescribeAsync(context, page, cancellationToken), rows.Count > limit ? page[^1].Id.ToString() : null);
    }

    internal static IQueryable<StoredPerson> Page(AssistantDbContext context, string? text, Guid? after, int limit)
    {
        var query = context.Set<StoredPerson>().AsNoTracking();
        if (!string.IsNullOrWhiteSpace(text))
        {
            var part = NameLetters.Fold(text);
#pragma warning disable CA1304, CA1311, CA1862 // it is the database's lower(), which takes no culture; see NameLetters
            var known = context.Set<IdentityRow>()
                .Where(i => i.DisplayName.Replace("I", "i").Replace("İ", "i").Replace("ı", "i").ToLower().Contains(part) || i.ExternalId == text)
                .Select(i => i.PersonId); // gone through once, not for each person
            query = query.Where(p => p.DisplayName.Replace("I", "i").Replace("İ", "i").Replace("ı", "i").ToLower().Contains(part) || known.Contains(p.Id));
#pragma warning restore CA1304, CA1311, CA1862
        }

        if (after is { } id)
        {
            query = query.Where(p => p.Id > id);
        }

        return query.OrderBy(p => p.Id).Take(limit);
    }

    internal static IQueryable<IdentityRow> IdentitiesOf(AssistantDbContext context, List<Guid> people)
        => context.Set<IdentityRow>().AsNoTracking().Where(i => people.Contains(i.PersonId));

    internal static IQueryable<StoredConversation> ConversationsOf(AssistantDbContext context, List<Guid> people)
        => context.Set<StoredConversation>().Where(c => people.Contains(c.PersonId));

    public async Task<PersonRow?> FindAsync(TenantId tenant, PersonId person, CancellationToken cancellationToken)
    {
        await using var context = database.OpenContext(TenantScope.Of(tenant));
        var rows = await context.Set<StoredPerson>().AsNoTracking().Where(p => p.Id == person.Value).ToListAsync(cancellationToken);
        return rows.Count == 0 ? null : (await DescribeAsync(context, rows, cancellationToken))[0];
    }

    /// <summary><see langword="false"/> when the connection or the person is not the tenant's.</summary>
    private static bool Stand(WriteSession session, TenantId tenant, string connection, Guid person, Standing standing)
        => session.Execute(SetStanding, connection, person, tenant.Value, standing) > 0;

    private static async Task<IReadOnlyList<PersonRow>> DescribeAsync(
        AssistantDbContext context, List<StoredPerson> people, CancellationToken cancellationToken)
    {
        var ids = people.ConvertAll(p => p.Id);
        var identities = (await IdentitiesOf(context, ids).ToListAsync(cancellationToken)).ToLookup(i => i.PersonId);
        var standings = (await context.Set<StandingRow>().AsNoTracking().Where(s => ids.Contains(s.PersonId)).ToListAsync(cancellationToken)).ToLookup(s => s.PersonId);
        var seen = await ConversationsOf(context, ids)
            .GroupBy(c => c.PersonId).Select(g => new { g.Key, At = g.Max(c => c.LastAt) }).ToDictionaryAsync(g => g.Key, g => g.At, cancellationToken);
        return
        [
            .. people.Select(p => new PersonRow(
                new Person(new PersonId(p.Id), new TenantId(p.TenantId), p.DisplayName, p.Locale, p.CreatedAt),
                [.. identities[p.Id].Select(i => new Identity(i.Id, new PersonId(i.PersonId), new TenantId(i.TenantId), i.ChannelType, i.ExternalId, i.DisplayName))],
                [.. standings[p.Id].Select(s => new ConnectionStanding(new ConnectionId(s.ConnectionId), s.Standing))],
                seen.TryGetValue(p.Id, out var at) ? at : null)),
        ];
    }
}
