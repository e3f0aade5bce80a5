using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Memory;
using Assistant.Domain.Messaging;
using Assistant.Domain.People;
using Assistant.Domain.Tenancy;

namespace Assistant.Testing.InMemory;

/// <summary>People, their pairing requests and what they asked to be remembered, in memory.</summary>
public sealed class InMemoryPeople(TimeProvider clock, InMemoryAuditLog log) : IPeopleStore, IRecall
{
    private readonly List<PersonRow> _people = [];
    private readonly List<(TenantId Tenant, PairingRequest Request)> _requests = [];
    private readonly List<Fact> _facts = [];

    public PersonId Add(TenantId tenant, string name, ConnectionId connection, Standing standing, string channelType = "telegram", string? locale = null)
    {
        var id = PersonId.Create();
        _people.Add(new PersonRow(
            new Person(id, tenant, name, locale, clock.GetUtcNow()),
            [new Identity(Guid.CreateVersion7(), id, tenant, channelType, $"{channelType}-{_people.Count + 1}", name)],
            [new ConnectionStanding(connection, standing)],
            clock.GetUtcNow()));
        return id;
    }

    public PairingRequest Ask(TenantId tenant, string name, ConnectionId connection, string code, TimeSpan lifetime, string channelType = "telegram")
    {
        var person = Add(tenant, name, connection, Standing.Pending, channelType);
        var now = clock.GetUtcNow();
        var request = new PairingRequest(
            Guid.CreateVersion7(), person, connection, channelType, name, _people[^1].Identities[0].ExternalId, code, now, now + lifetime);
        _requests.Add((tenant, request));
        return request;
    }

    public void Remember(Fact fact) => _facts.Add(fact);

    public Task<PairingDecided?> DecidePairingAsync(
        TenantId tenant, Guid requestId, Standing standing, string? notice, AuditDraft audit, CancellationToken cancellationToken)
    {
        var index = _requests.FindIndex(open => open.Tenant == tenant && open.Request.Id == requestId);
        if (index < 0)
        {
            return Task.FromResult<PairingDecided?>(null);
        }

        var request = _requests[index].Request;
        _requests.RemoveAt(index);
        Set(request.Person, request.Connection, standing);
        log.Append(audit);
        return Task.FromResult<PairingDecided?>(new PairingDecided(null));
    }

    public Task<bool> SetStandingAsync(
        TenantId tenant, PersonId person, ConnectionId connection, Standing standing, AuditDraft audit, CancellationToken cancellationToken)
    {
        if (!_people.Exists(row => row.Person.Id == person && row.Person.Tenant == tenant))
        {
            return Task.FromResult(false);
        }

        Set(person, connection, standing);
        log.Append(audit);
        return Task.FromResult(true);
    }

    public Task<IReadOnlyList<PairingRequest>> ListPairingAsync(TenantId tenant, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<PairingRequest>>([.. _requests.Where(open => open.Tenant == tenant).Select(open => open.Request)]);

    public Task<Page<PersonRow>> ListAsync(TenantId tenant, string? text, string? after, int limit, CancellationToken cancellationToken)
    {
        var rows = _people
            .Where(row => row.Person.Tenant == tenant && NameLetters.Fold(row.Person.DisplayName).Contains(NameLetters.Fold(text ?? ""), StringComparison.Ordinal))
            .OrderBy(row => row.Person.DisplayName, StringComparer.Ordinal)
            .ToList();
        var start = after is null ? 0 : rows.FindIndex(row => row.Person.Id.ToString() == after) + 1;
        var items = rows.Skip(start).Take(limit).ToList();
        return Task.FromResult(new Page<PersonRow>(items, start + items.Count < rows.Count ? items[^1].Person.Id.ToString() : null));
    }

    public Task<PersonRow?> FindAsync(TenantId tenant, PersonId person, CancellationToken cancellationToken) =>
        Task.FromResult(_people.FirstOrDefault(row => row.Person.Id == person && row.Person.Tenant == tenant));

    public async Task<Recalled> RecallAsync(
        TenantId tenant, PersonId person, string query, ConversationId current, long beforeSeq, bool onlyHere, int limit, int factLimit, CancellationToken cancellationToken) =>
        new(
            [.. _facts
                .Where(fact => fact.Tenant == tenant && fact.Person == person && (!onlyHere || fact.SourceConversation == current)
                    && fact.Text.Contains(query, StringComparison.OrdinalIgnoreCase))
                .Take(limit)
                .Select(fact => new Recollection(fact.Text, fact.StatedAt, IsFact: true, AuthorKind.Person, fact.SourceConversation, fact.SourceSeq))],
            [.. (await ListFactsAsync(tenant, person, int.MaxValue, cancellationToken)).Where(fact => !onlyHere || fact.SourceConversation == current).Take(factLimit)]);

    public Task<IReadOnlyList<Fact>> ListFactsAsync(TenantId tenant, PersonId person, int limit, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<Fact>>(
            [.. _facts.Where(fact => fact.Tenant == tenant && fact.Person == person).OrderByDescending(fact => fact.StatedAt).Take(limit)]);

    private void Set(PersonId person, ConnectionId connection, Standing standing)
    {
        var index = _people.FindIndex(row => row.Person.Id == person);
        var others = _people[index].Standings.Where(known => known.Connection != connection);
        _people[index] = _people[index] with { Standings = [.. others, new ConnectionStanding(connection, standing)] };
    }
}
