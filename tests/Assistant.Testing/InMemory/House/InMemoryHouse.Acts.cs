using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.People;
using Assistant.Domain.People.Accounts;
using Assistant.Domain.People.Acts;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;

namespace Assistant.Testing.InMemory.House;

public sealed partial class InMemoryHouse
{
    private readonly List<PersonAccount> _accounts = [];
    private readonly List<(OfferedCode Code, PersonId? UsedBy)> _codes = [];
    private readonly List<PersonAct> _acts = [];

    /// <summary>Who signs in, when somebody does.</summary>
    public InMemoryUserDirectory? Users { get; init; }

    public Task OfferAsync(OfferedCode code, AuditDraft audit, CancellationToken cancellationToken) => Locked(() =>
    {
        _codes.RemoveAll(known => known.Code.Tenant == code.Tenant && known.Code.User == code.User);
        _codes.Add((code, null));
        Append(audit);
        return true;
    });

    public Task<LinkOutcome> RedeemAsync(TenantId tenant, Guid code, PersonId person, AuditDraft audit, CancellationToken cancellationToken) => Locked(() =>
    {
        var at = _codes.FindIndex(known => known.Code.Id == code && known.Code.Tenant == tenant && known.Code.ExpiresAt > audit.At);
        if (at < 0 || (_codes[at].UsedBy is { } by && by != person))
        {
            return LinkOutcome.NoSuchCode;
        }

        if (_codes[at].UsedBy is not null)
        {
            return !IsForgotten(tenant, person) && _accounts.Exists(a => a.Tenant == tenant && a.Person == person && a.User == _codes[at].Code.User)
                ? LinkOutcome.Linked
                : LinkOutcome.NoSuchCode;
        }

        var outcome = Link(tenant, person, _codes[at].Code.User, audit);
        if (outcome == LinkOutcome.Linked)
        {
            _codes[at] = (_codes[at].Code, person);
        }

        return outcome;
    });

    public Task<LinkOutcome> LinkAsync(TenantId tenant, PersonId person, UserId user, AuditDraft audit, CancellationToken cancellationToken)
        => Locked(() => Link(tenant, person, user, audit));

    public Task<bool> UnlinkAsync(TenantId tenant, PersonId person, UserId? user, AuditDraft audit, CancellationToken cancellationToken) => Locked(() =>
    {
        var isDone = _accounts.RemoveAll(a => a.Tenant == tenant && a.Person == person && (user is null || a.User == user)) > 0;
        if (isDone)
        {
            Append(audit);
        }

        return isDone;
    });

    Task<PersonAccount?> IPersonAccountStore.FindAsync(TenantId tenant, PersonId person, CancellationToken cancellationToken)
        => Locked(() => _accounts.Find(a => a.Tenant == tenant && a.Person == person));

    public Task<IReadOnlyList<PersonAccount>> ListOfAsync(UserId user, CancellationToken cancellationToken)
        => Locked<IReadOnlyList<PersonAccount>>(() => [.. _accounts.Where(a => a.User == user).OrderBy(a => a.Tenant.Value, StringComparer.Ordinal)]);

    public Task AddAsync(PersonAct act, AuditDraft audit, AuditDraft replaced, CancellationToken cancellationToken) => Locked(() =>
    {
        _acts.RemoveAll(a => a.Tenant == act.Tenant && a.ExpiresAt < act.CreatedAt.AddDays(-1) && a.UsedAt is not null);
        for (var at = 0; at < _acts.Count; at++)
        {
            if (_acts[at].Tenant == act.Tenant && _acts[at].Person == act.Person && _acts[at].IsOpenAt(act.CreatedAt))
            {
                _acts[at] = _acts[at] with { ExpiresAt = act.CreatedAt, UsedAt = act.CreatedAt };
                Append(replaced);
                Say(_acts[at], PersonActStep.Replaced);
            }
        }

        _acts.Add(act);
        Append(audit);
        Say(act, PersonActStep.Asked);
        return true;
    });

    public Task<PersonAct?> FindAsync(PersonActId id, CancellationToken cancellationToken) => Locked(() => _acts.Find(a => a.Id == id));

    public Task<IReadOnlyList<PersonAct>> ListExpiredAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken)
        => Locked<IReadOnlyList<PersonAct>>(() => [.. _acts.Where(a => a.UsedAt is null && a.ExpiresAt <= now).OrderBy(a => a.ExpiresAt).Take(limit)]);

    public Task<bool> EndAsync(TenantId tenant, PersonActId id, PersonActStep step, AuditDraft audit, CancellationToken cancellationToken) => Locked(() =>
    {
        if (step is PersonActStep.Asked or PersonActStep.Replaced)
        {
            throw new ArgumentOutOfRangeException(nameof(step));
        }

        var at = _acts.FindIndex(a => a.Tenant == tenant && a.Id == id && a.UsedAt is null && a.ExpiresAt <= audit.At == (step == PersonActStep.Expired));
        if (at < 0)
        {
            return false;
        }

        _acts[at] = _acts[at] with { UsedAt = audit.At };
        Append(audit);
        Say(_acts[at], step);
        return true;
    });

    public Task<bool> TellAsync(TenantId tenant, PersonId person, ConversationId conversation, string text, AuditDraft audit, CancellationToken cancellationToken)
        => Locked(() =>
        {
            if (FindRoom(tenant, conversation) is not { } room || room.Conversation.Person != person || IsForgotten(tenant, person))
            {
                return false;
            }

            Append(audit);
            Notify(room, text, mayClaim: false);
            return true;
        });

    public Task<ConversationId?> FindLastDirectAsync(TenantId tenant, PersonId person, CancellationToken cancellationToken) => Locked(()
        => _rooms.Where(r => r.Conversation.Tenant == tenant && r.Conversation.Person == person && !r.Conversation.Chat.IsGroup
                && _connections.GetValueOrDefault(r.Conversation.Connection) is { IsEnabled: true })
            .OrderByDescending(r => r.PreferredAt).ThenByDescending(r => r.LastAt).ThenByDescending(r => r.Conversation.Id.Value)
            .Select(r => (ConversationId?)r.Conversation.Id).FirstOrDefault());

    private void Say(PersonAct act, PersonActStep step)
    {
        if (FindRoom(act.Tenant, act.Conversation) is not { } room || room.Conversation.Person != act.Person || IsForgotten(act.Tenant, act.Person)
            || _people.Find(p => p.Person.Tenant == act.Tenant && p.Person.Id == act.Person) is not { Person: var person })
        {
            return;
        }

        room.Add(Message.Line(room.Conversation, act.Person, PersonActWords.LineOf(person, act.Kind, step), Now));
        if (PersonActWords.NoticeOf(person, act.Kind, step) is { } notice)
        {
            Notify(room, notice, mayClaim: false);
        }
    }

    private LinkOutcome Link(TenantId tenant, PersonId person, UserId user, AuditDraft audit)
    {
        if (!_people.Exists(p => p.Person.Tenant == tenant && p.Person.Id == person) || IsForgotten(tenant, person))
        {
            return LinkOutcome.NoSuchPerson;
        }

        if (_accounts.Find(a => a.Tenant == tenant && a.Person == person) is { } present)
        {
            return present.User == user ? LinkOutcome.Linked : LinkOutcome.PersonTaken;
        }

        if (_accounts.Exists(a => a.Tenant == tenant && a.User == user))
        {
            return LinkOutcome.AccountTaken;
        }

        _accounts.Add(new PersonAccount(tenant, person, user, Users?.EmailOf(user) ?? "", audit.At));
        Append(audit);
        return LinkOutcome.Linked;
    }
}
