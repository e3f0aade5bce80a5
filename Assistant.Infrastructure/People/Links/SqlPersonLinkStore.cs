// Who is together is walked link by link: hardly anybody has more than two or three, and a person without any costs one indexed look.
using Assistant.Domain.Audit;
using Assistant.Domain.People;
using Assistant.Domain.People.Links;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Persistence;

namespace Assistant.Infrastructure.People.Links;

/// <inheritdoc cref="IPersonLinkStore"/>
internal sealed class SqlPersonLinkStore(ISharedReads reads, IWriteQueue writes) : IPersonLinkStore
{
    private const string Withdraw = "DELETE FROM person_link_codes WHERE tenant_id = @p0 AND (person_id = @p1 OR expires_at < @p2)";
    private const string Offer = "INSERT INTO person_link_codes (id, tenant_id, person_id, expires_at) VALUES (@p0, @p1, @p2, @p3)";
    private const string FindCode =
        "SELECT c.person_id, c.used_by FROM person_link_codes c "
        + "WHERE c.id = @p0 AND c.tenant_id = @p1 AND c.expires_at > @p2 AND EXISTS (SELECT 1 FROM people p WHERE p.id = c.person_id AND p.erasure_id IS NULL)";

    private const string Use = "UPDATE person_link_codes SET used_by = @p1 WHERE id = @p0 AND used_by IS NULL";
    private const string HasPerson = "SELECT 1 FROM people WHERE id = @p1 AND tenant_id = @p0 AND erasure_id IS NULL";

    private const string Link =
        "INSERT INTO person_links (id, tenant_id, first_id, second_id, is_by_operator, linked_at) VALUES (@p0, @p1, @p2, @p3, @p4, @p5) ON CONFLICT DO NOTHING";

    private const string Unlink =
        "DELETE FROM person_links WHERE id = @p0 AND tenant_id = @p1 RETURNING id, first_id, second_id, is_by_operator, linked_at";

    private const string Select = "SELECT l.id, l.first_id, l.second_id, l.is_by_operator, l.linked_at FROM person_links l ";

    private const string SelectOf =
        Select + "JOIN people a ON a.id = l.first_id JOIN people b ON b.id = l.second_id "
        + "WHERE l.tenant_id = @p0 AND (l.first_id = @p1 OR l.second_id = @p1) AND a.erasure_id IS NULL AND b.erasure_id IS NULL";

    public Task OfferAsync(OfferedLink code, AuditDraft audit, CancellationToken cancellationToken) => writes.ExecuteAsync(
        TenantScope.Of(code.Tenant),
        session =>
        {
            session.Execute(Withdraw, code.Tenant.Value, code.Person.Value, audit.At);
            session.Execute(Offer, code.Id, code.Tenant.Value, code.Person.Value, code.ExpiresAt);
            return session.Audit(audit);
        },
        cancellationToken);

    public async Task<PersonId?> FindOfferAsync(TenantId tenant, Guid code, PersonId person, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (offering, usedBy) = await reads.ReadAsync(
            TenantScope.Of(tenant), session => session.QueryFirst(FindCode, r => (r.GetGuid(0), r.GuidOrNull(1)), code, tenant.Value, now), cancellationToken);
        return offering == Guid.Empty || (usedBy is not null && usedBy != person.Value) ? null : new PersonId(offering);
    }

    public Task<JoinOutcome> RedeemAsync(TenantId tenant, Guid code, PersonId person, AuditDraft audit, CancellationToken cancellationToken) => writes.ExecuteAsync(
        TenantScope.Of(tenant),
        session =>
        {
            var (offering, usedBy) = session.QueryFirst(
                FindCode + session.ForUpdate, r => (r.GetGuid(0), r.GuidOrNull(1)), code, tenant.Value, audit.At);
            if (offering == Guid.Empty || (usedBy is not null && usedBy != person.Value))
            {
                return JoinOutcome.NoSuchCode;
            }

            var link = PersonLink.Between(tenant, new PersonId(offering), person, LinkProof.Code, audit.At);
            if (usedBy is not null)
            {
                return Of(session, tenant, person).Any(known => known.First == link.First && known.Second == link.Second) ? JoinOutcome.Linked : JoinOutcome.NoSuchCode;
            }

            var outcome = Add(session, link, audit);
            if (outcome == JoinOutcome.Linked)
            {
                session.Execute(Use, code, person.Value);
            }

            return outcome;
        },
        cancellationToken);

    public Task<JoinOutcome> LinkAsync(PersonLink link, AuditDraft audit, CancellationToken cancellationToken)
        => writes.ExecuteAsync(TenantScope.Of(link.Tenant), session => Add(session, link, audit), cancellationToken);

    public Task<PersonLink?> UnlinkAsync(TenantId tenant, Guid link, AuditDraft audit, CancellationToken cancellationToken) => writes.ExecuteAsync(
        TenantScope.Of(tenant),
        session =>
        {
            var ended = session.QueryFirst(Unlink, r => Map(r, tenant), link, tenant.Value);
            if (ended is not null)
            {
                session.Audit(audit);
            }

            return ended;
        },
        cancellationToken);

    public async Task<IReadOnlyList<PersonLink>> ListOfAsync(TenantId tenant, PersonId person, CancellationToken cancellationToken)
        => await reads.ReadAsync(TenantScope.Of(tenant), session => Walk(session, tenant, person), cancellationToken);

    private static JoinOutcome Add(WriteSession session, PersonLink link, AuditDraft audit)
    {
        if (link.First == link.Second)
        {
            return JoinOutcome.Same;
        }

        // Held until the commit: an erasure that begins meanwhile finds the link and takes it along.
        foreach (var person in (ReadOnlySpan<PersonId>)[link.First, link.Second])
        {
            if (!session.QueryFirst(HasPerson + session.ForUpdate, _ => true, link.Tenant.Value, person.Value))
            {
                return JoinOutcome.NoSuchPerson;
            }
        }

        var together = PersonLinks.Together(link.First, Of(session, link.Tenant, link.First));
        if (!together.Contains(link.Second)
            && together.Count + PersonLinks.Together(link.Second, Of(session, link.Tenant, link.Second)).Count > PersonLinkDesk.MaxTogether)
        {
            return JoinOutcome.TooMany;
        }

        if (session.Execute(
            Link, link.Id, link.Tenant.Value, link.First.Value, link.Second.Value, link.Proof == LinkProof.Operator, link.LinkedAt) == 1)
        {
            session.Audit(audit);
        }

        return JoinOutcome.Linked;
    }

    private static List<PersonLink> Of(WriteSession session, TenantId tenant, PersonId person) => Walk(session, tenant, person);

    private static List<PersonLink> Walk(SqlSession session, TenantId tenant, PersonId person)
    {
        var links = session.Query(SelectOf, r => Map(r, tenant)!, tenant.Value, person.Value);
        if (links.Count == 0)
        {
            return [];
        }

        var (all, seen) = (links.ToDictionary(link => link.Id), new HashSet<PersonId> { person });
        var next = new Queue<PersonId>(links.Select(link => link.OtherThan(person)));
        while (next.TryDequeue(out var one))
        {
            if (seen.Add(one))
            {
                foreach (var link in session.Query(SelectOf, r => Map(r, tenant)!, tenant.Value, one.Value))
                {
                    all[link.Id] = link;
                    next.Enqueue(link.OtherThan(one));
                }
            }
        }

        return [.. all.Values.OrderBy(link => link.LinkedAt).ThenBy(link => link.Id)];
    }

    private static PersonLink? Map(SqlRow r, TenantId tenant) => new(
        r.GetGuid(0), tenant, new PersonId(r.GetGuid(1)), new PersonId(r.GetGuid(2)), r.GetBoolean(3) ? LinkProof.Operator : LinkProof.Code, r.Time(4));
}
