using Assistant.Domain.Audit;
using Assistant.Domain.People;
using Assistant.Domain.People.Links;
using Assistant.Domain.Tenancy;

namespace Assistant.Testing.InMemory.House;

public sealed partial class InMemoryHouse
{
    private readonly List<PersonLink> _links = [];
    private readonly List<(OfferedLink Code, PersonId? UsedBy)> _linkCodes = [];

    public Task OfferAsync(OfferedLink code, AuditDraft audit, CancellationToken cancellationToken) => Locked(() =>
    {
        _linkCodes.RemoveAll(known => known.Code.Tenant == code.Tenant && known.Code.Person == code.Person);
        _linkCodes.Add((code, null));
        Append(audit);
        return true;
    });

    public Task<PersonId?> FindOfferAsync(TenantId tenant, Guid code, PersonId person, DateTimeOffset now, CancellationToken cancellationToken)
        => Locked(() => FindLinkCode(tenant, code, person, now) is >= 0 and var at ? _linkCodes[at].Code.Person : (PersonId?)null);

    Task<JoinOutcome> IPersonLinkStore.RedeemAsync(TenantId tenant, Guid code, PersonId person, AuditDraft audit, CancellationToken cancellationToken) => Locked(() =>
    {
        if (FindLinkCode(tenant, code, person, audit.At) is not (>= 0 and var at))
        {
            return JoinOutcome.NoSuchCode;
        }

        var link = PersonLink.Between(tenant, _linkCodes[at].Code.Person, person, LinkProof.Code, audit.At);
        if (_linkCodes[at].UsedBy is not null)
        {
            return _links.Exists(known => known.First == link.First && known.Second == link.Second) ? JoinOutcome.Linked : JoinOutcome.NoSuchCode;
        }

        var outcome = Join(link, audit);
        if (outcome == JoinOutcome.Linked)
        {
            _linkCodes[at] = (_linkCodes[at].Code, person);
        }

        return outcome;
    });

    public Task<JoinOutcome> LinkAsync(PersonLink link, AuditDraft audit, CancellationToken cancellationToken) => Locked(() => Join(link, audit));

    public Task<PersonLink?> UnlinkAsync(TenantId tenant, Guid link, AuditDraft audit, CancellationToken cancellationToken) => Locked(() =>
    {
        var found = _links.Find(known => known.Tenant == tenant && known.Id == link);
        if (found is not null)
        {
            _links.Remove(found);
            Append(audit);
        }

        return found;
    });

    public Task<IReadOnlyList<PersonLink>> ListOfAsync(TenantId tenant, PersonId person, CancellationToken cancellationToken)
        => Locked<IReadOnlyList<PersonLink>>(() => LinksOf(tenant, person));

    private int FindLinkCode(TenantId tenant, Guid code, PersonId person, DateTimeOffset now) => _linkCodes.FindIndex(
        known => known.Code.Id == code && known.Code.Tenant == tenant && known.Code.ExpiresAt > now && (known.UsedBy is null || known.UsedBy == person));

    private JoinOutcome Join(PersonLink link, AuditDraft audit)
    {
        if (link.First == link.Second)
        {
            return JoinOutcome.Same;
        }

        if (!IsKnown(link.Tenant, link.First) || !IsKnown(link.Tenant, link.Second))
        {
            return JoinOutcome.NoSuchPerson;
        }

        var together = PersonLinks.Together(link.First, LinksOf(link.Tenant, link.First));
        if (!together.Contains(link.Second) && together.Count + PersonLinks.Together(link.Second, LinksOf(link.Tenant, link.Second)).Count > PersonLinkDesk.MaxTogether)
        {
            return JoinOutcome.TooMany;
        }

        if (!_links.Exists(known => known.First == link.First && known.Second == link.Second))
        {
            _links.Add(link);
            Append(audit);
        }

        return JoinOutcome.Linked;
    }

    private bool IsKnown(TenantId tenant, PersonId person) => _people.Exists(known => known.Person.Tenant == tenant && known.Person.Id == person) && !IsForgotten(tenant, person);

    private List<PersonLink> LinksOf(TenantId tenant, PersonId person)
    {
        var valid = _links.Where(link => link.Tenant == tenant).ToList();
        var together = PersonLinks.Together(person, valid);
        return [.. valid.Where(link => together.Contains(link.First)).OrderBy(link => link.LinkedAt).ThenBy(link => link.Id)];
    }
}
