// Two persons become one human being's by proof from both sides: a code is shown on one messenger, and typed and confirmed on the other. Whoever talks
// somebody into typing a foreign code has not won yet: before anything is linked, the one who typed is told whose code it is. Both are told afterwards.
using Assistant.Domain.Audit;
using Assistant.Domain.People.Accounts;
using Assistant.Domain.People.Acts;
using Assistant.Domain.Messaging;
using Assistant.Domain.Security;

namespace Assistant.Domain.People.Links;

/// <summary>Who shows a code, to be told to who types it.</summary>
/// <param name="Messenger">As its channel is called.</param>
public sealed record LinkOffer(PersonId Person, string Name, string Messenger);

/// <summary>A person linked with another, on a screen.</summary>
/// <param name="Link">The link nearest to the person looked at.</param>
public sealed record LinkedPerson(PersonRow Row, PersonLink Link);

/// <summary>How an operator's linking ended.</summary>
public abstract record OperatorJoin
{
    private OperatorJoin() { }

    public sealed record Done : OperatorJoin;

    /// <summary>A reason is missing or longer than <see cref="PersonLinkDesk.MaxReason"/>.</summary>
    public sealed record NoReason : OperatorJoin;

    public sealed record Refused(JoinOutcome Why) : OperatorJoin;
}

/// <summary>Links the persons of one human being, and ends such links: by a code from both sides, or by an operator with a reason.</summary>
public sealed class PersonLinkDesk(IPersonLinkStore store, IPeopleStore people, IPersonNotices notices, IChannelCatalog channels, TimeProvider clock)
{
    /// <summary>Persons that can be one human being.</summary>
    public const int MaxTogether = 12;

    /// <summary>Longest reason, in UTF-16 units.</summary>
    public const int MaxReason = 500;

    /// <summary>Wrong codes of one person before they have to wait.</summary>
    public const int MaxGuesses = 5;

    private static readonly TimeSpan GuessPause = TimeSpan.FromMinutes(30);

    private readonly FailureCounter<PersonId> _guesses = new(MaxGuesses, GuessPause);

    /// <summary>Raised after a link was made or ended, on any thread; a handler must not wait.</summary>
    public event Action? Changed;

    /// <summary>Makes a code for a person to type on their other messenger. Shown now and never again.</summary>
    /// <param name="origin">The connection, for the audit event.</param>
    public async Task<LinkCode> OfferAsync(Person person, string origin, CancellationToken cancellationToken)
    {
        var (now, code) = (clock.GetUtcNow(), LinkCode.Create());
        await store.OfferAsync(
            new OfferedLink(code.Id, person.Tenant, person.Id, now + LinkCode.Lifetime), Said(person, now, AuditActions.PersonLinkOffered, origin), cancellationToken);
        return code;
    }

    /// <summary>Whose code it is that a person typed; <see langword="null"/> when it is nobody's, or their own, or they guessed too often.</summary>
    public async Task<LinkOffer?> FindOfferAsync(Person person, LinkCode code, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (_guesses.IsLocked(person.Id, now))
        {
            return null; // whether it was right is told to nobody who guesses
        }

        if (await store.FindOfferAsync(person.Tenant, code.Id, person.Id, now, cancellationToken) is { } offering && offering != person.Id
            && await people.FindAsync(person.Tenant, offering, cancellationToken) is { } row)
        {
            return new LinkOffer(offering, row.Person.DisplayName, MessengerOf(row));
        }

        _guesses.Fail(person.Id, now);
        return null;
    }

    /// <summary>Links a person with whoever the code was shown to, and tells them.</summary>
    public async Task<JoinOutcome> ConfirmAsync(Person person, LinkCode code, string origin, CancellationToken cancellationToken)
    {
        if (await FindOfferAsync(person, code, cancellationToken) is not { } offer)
        {
            return JoinOutcome.NoSuchCode;
        }

        var now = clock.GetUtcNow();
        var outcome = await store.RedeemAsync(
            person.Tenant, code.Id, person.Id, Said(person, now, AuditActions.PersonLinked, origin, ("with", $"person/{offer.Person}"), ("by", "code")), cancellationToken);
        if (outcome == JoinOutcome.Linked)
        {
            _guesses.Forget(person.Id);
            Changed?.Invoke();
            await TellAsync(person, offer.Person, PersonLinkWords.Linked, cancellationToken);
        }

        return outcome;
    }

    /// <summary>Ends every link of a person, at their own word.</summary>
    /// <returns>How many were ended.</returns>
    public async Task<int> LeaveAsync(Person person, string origin, CancellationToken cancellationToken)
    {
        var ended = 0;
        foreach (var link in (await store.ListOfAsync(person.Tenant, person.Id, cancellationToken)).Where(link => link.First == person.Id || link.Second == person.Id))
        {
            var other = link.OtherThan(person.Id);
            var audit = Said(person, clock.GetUtcNow(), AuditActions.PersonUnlinked, origin, ("with", $"person/{other}"));
            if (await store.UnlinkAsync(person.Tenant, link.Id, audit, cancellationToken) is not null)
            {
                ended++;
                await TellAsync(person, other, PersonLinkWords.Ended, cancellationToken);
            }
        }

        Changed?.Invoke();
        return ended;
    }

    /// <summary>The others who are one human being with a person, for who looks after people.</summary>
    public async Task<IReadOnlyList<LinkedPerson>> ListAsync(Caller caller, PersonId person, CancellationToken cancellationToken)
    {
        caller.Demand(Permissions.PeopleRead);
        var links = await store.ListOfAsync(caller.Tenant, person, cancellationToken);
        var found = new List<LinkedPerson>();
        foreach (var other in PersonLinks.Together(person, links).Skip(1))
        {
            if (await people.FindAsync(caller.Tenant, other, cancellationToken) is { } row)
            {
                found.Add(new LinkedPerson(row, links.FirstOrDefault(link => link.OtherThan(other) == person && (link.First == other || link.Second == other))
                    ?? links.First(link => link.First == other || link.Second == other)));
            }
        }

        return found;
    }

    /// <summary>The same of somebody who may not be there.</summary>
    /// <returns><see langword="null"/> when the tenant has no such person.</returns>
    public async Task<IReadOnlyList<LinkedPerson>?> FindAsync(Caller caller, PersonId person, CancellationToken cancellationToken)
    {
        caller.Demand(Permissions.PeopleRead);
        return await people.FindAsync(caller.Tenant, person, cancellationToken) is null ? null : await ListAsync(caller, person, cancellationToken);
    }

    /// <summary>Links two persons at an operator's word.</summary>
    /// <param name="reason">How the operator knows; it stands in the audit log.</param>
    public async Task<OperatorJoin> LinkAsync(Caller caller, PersonId one, PersonId other, string reason, CancellationToken cancellationToken)
    {
        caller.Demand(Permissions.PeopleManage);
        reason = reason.Trim();
        if (reason.Length is 0 or > MaxReason)
        {
            return new OperatorJoin.NoReason();
        }

        var now = clock.GetUtcNow();
        var outcome = await store.LinkAsync(
            PersonLink.Between(caller.Tenant, one, other, LinkProof.Operator, now),
            caller.Audit(now, AuditActions.PersonLinked, $"person/{one}", ("with", $"person/{other}"), ("by", "operator"), ("reason", reason)), cancellationToken);
        Changed?.Invoke();
        return outcome == JoinOutcome.Linked ? new OperatorJoin.Done() : new OperatorJoin.Refused(outcome);
    }

    /// <summary>Ends a link at an operator's word: both persons are again what they were.</summary>
    /// <returns><see langword="false"/> when it has ended already.</returns>
    public async Task<bool> UnlinkAsync(Caller caller, PersonLink link, CancellationToken cancellationToken)
    {
        caller.Demand(Permissions.PeopleManage);
        var audit = caller.Audit(clock.GetUtcNow(), AuditActions.PersonUnlinked, $"person/{link.First}", ("with", $"person/{link.Second}"));
        var isEnded = await store.UnlinkAsync(caller.Tenant, link.Id, audit, cancellationToken) is not null;
        Changed?.Invoke();
        return isEnded;
    }

    /// <summary>Ends a link among the persons that are one human being with this one.</summary>
    /// <returns><see langword="false"/> when there is no such link among them.</returns>
    public async Task<bool> UnlinkAsync(Caller caller, PersonId person, Guid link, CancellationToken cancellationToken)
    {
        caller.Demand(Permissions.PeopleManage);
        return (await store.ListOfAsync(caller.Tenant, person, cancellationToken)).FirstOrDefault(one => one.Id == link) is { } known
            && await UnlinkAsync(caller, known, cancellationToken);
    }

    private string MessengerOf(PersonRow row)
        => row.Identities is [var identity, ..] ? channels.Find(identity.ChannelType)?.Manifest.DisplayName ?? identity.ChannelType : "";

    /// <summary>Tells the other side in the conversation they wrote in last. Nobody who cannot be told keeps a link from being made.</summary>
    private async Task TellAsync(Person by, PersonId other, Func<Person, Person, string> words, CancellationToken cancellationToken)
    {
        if (await people.FindAsync(by.Tenant, other, cancellationToken) is { } row
            && await notices.FindLastDirectAsync(by.Tenant, other, cancellationToken) is { } conversation)
        {
            await notices.TellAsync(
                by.Tenant, other, conversation, words(row.Person, by),
                new AuditDraft(by.Tenant, clock.GetUtcNow(), ActorOf(by), AuditActions.PersonTold, $"person/{other}", "links", new Dictionary<string, string> { ["about"] = "link" }),
                cancellationToken);
        }
    }

    private static AuditDraft Said(Person person, DateTimeOffset now, string action, string origin, params ReadOnlySpan<(string Key, string Value)> details)
    {
        var told = new Dictionary<string, string>();
        foreach (var (key, value) in details)
        {
            told[key] = value;
        }

        return new AuditDraft(person.Tenant, now, ActorOf(person), action, $"person/{person.Id}", origin, told);
    }

    private static Actor ActorOf(Person person) => new("person", person.Id.ToString(), "");
}
