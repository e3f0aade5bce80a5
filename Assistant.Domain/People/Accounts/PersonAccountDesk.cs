using Assistant.Domain.Audit;
using Assistant.Domain.Security;

namespace Assistant.Domain.People.Accounts;

/// <summary>Links accounts with the persons they belong to: by a code the account shows and the person types, never by a guess.</summary>
public sealed class PersonAccountDesk(IPersonAccountStore store, TimeProvider clock)
{
    /// <summary>Wrong codes of one person before they have to wait.</summary>
    public const int MaxGuesses = 5;

    private static readonly TimeSpan GuessPause = TimeSpan.FromMinutes(30);

    private readonly FailureCounter<PersonId> _guesses = new(MaxGuesses, GuessPause);

    /// <summary>Raised after a link was made or ended, on any thread; a handler must not wait.</summary>
    public event Action? Changed;

    /// <summary>Makes a code for the caller's own account, worth something in the caller's tenant alone. Shown now and never again.</summary>
    public async Task<LinkCode> OfferAsync(Caller caller, CancellationToken cancellationToken)
    {
        var (self, now, code) = (Self(caller), clock.GetUtcNow(), LinkCode.Create());
        await store.OfferAsync(
            new OfferedCode(code.Id, caller.Tenant, self, now + LinkCode.Lifetime),
            caller.Audit(now, AuditActions.AccountLinkOffered, $"user/{self}"), cancellationToken);
        return code;
    }

    /// <summary>The persons the caller's own account belongs to.</summary>
    public Task<IReadOnlyList<PersonAccount>> ListOwnAsync(Caller caller, CancellationToken cancellationToken) => store.ListOfAsync(Self(caller), cancellationToken);

    /// <summary>Takes the caller's own account from a person.</summary>
    /// <returns><see langword="false"/> when they are not linked.</returns>
    public Task<bool> LeaveAsync(Caller caller, PersonAccount link, CancellationToken cancellationToken)
        => EndAsync(caller.In(link.Tenant), link.Person, Self(caller), cancellationToken);

    /// <summary>The account of a person, for who looks after people; <see langword="null"/> when there is none.</summary>
    public Task<PersonAccount?> FindAsync(Caller caller, PersonId person, CancellationToken cancellationToken)
    {
        caller.Demand(Permissions.PeopleRead);
        return store.FindAsync(caller.Tenant, person, cancellationToken);
    }

    /// <summary>Takes a person's account from them, for who looks after people.</summary>
    public Task<bool> UnlinkAsync(Caller caller, PersonId person, CancellationToken cancellationToken)
    {
        caller.Demand(Permissions.PeopleManage);
        return EndAsync(caller, person, null, cancellationToken);
    }

    /// <summary>What comes of a code that a person typed in a conversation of their own.</summary>
    /// <param name="origin">The connection, for the audit event.</param>
    public async Task<LinkOutcome> RedeemAsync(Person person, LinkCode code, string origin, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (_guesses.IsLocked(person.Id, now))
        {
            return LinkOutcome.NoSuchCode; // whether it was right is told to nobody who guesses
        }

        var audit = new AuditDraft(
            person.Tenant, now, new Actor("person", person.Id.ToString(), ""), AuditActions.AccountLinked, $"person/{person.Id}", origin,
            new Dictionary<string, string> { ["by"] = "code" });
        var outcome = await store.RedeemAsync(person.Tenant, code.Id, person.Id, audit, cancellationToken);
        switch (outcome)
        {
            case LinkOutcome.Linked:
                _guesses.Forget(person.Id);
                Changed?.Invoke();
                break;
            case LinkOutcome.NoSuchCode:
                _guesses.Fail(person.Id, now);
                break;
        }

        return outcome;
    }

    private async Task<bool> EndAsync(Caller caller, PersonId person, UserId? user, CancellationToken cancellationToken)
    {
        var isDone = await store.UnlinkAsync(
            caller.Tenant, person, user, caller.Audit(clock.GetUtcNow(), AuditActions.AccountUnlinked, $"person/{person}"), cancellationToken);
        Changed?.Invoke();
        return isDone;
    }

    private static UserId Self(Caller caller) => caller.Actor.Kind == "user" ? caller.AsUser.Id : throw new PermissionDeniedException("user");
}
