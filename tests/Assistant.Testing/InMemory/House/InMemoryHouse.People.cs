using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Inbox;
using Assistant.Domain.People;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;

namespace Assistant.Testing.InMemory.House;

public sealed partial class InMemoryHouse
{
    public Task<PairingDecided?> DecidePairingAsync(
        TenantId tenant, Guid requestId, Standing standing, string? notice, AuditDraft audit, CancellationToken cancellationToken)
        => Locked(() =>
        {
            if (_requests.Find(r => r.Request.Id == requestId && r.Room.Conversation.Tenant == tenant && r.IsOpen) is not { } asked)
            {
                return null;
            }

            asked.IsOpen = false;
            _standings[(asked.Request.Connection, asked.Request.Person)] = standing;
            Append(audit);
            if (notice is null)
            {
                return new PairingDecided(null);
            }

            if (IsForgotten(tenant, asked.Request.Person))
            {
                return new PairingDecided(null);
            }

            Notify(asked.Room, notice, mayClaim: false);
            return new PairingDecided(asked.Room.Conversation.Id);
        });

    public Task<bool> SetStandingAsync(
        TenantId tenant, PersonId person, ConnectionId connection, Standing standing, AuditDraft audit, CancellationToken cancellationToken)
        => Locked(() =>
        {
            if (_connections.GetValueOrDefault(connection)?.Tenant != tenant || !_people.Exists(p => p.Person.Id == person && p.Person.Tenant == tenant))
            {
                return false;
            }

            _standings[(connection, person)] = standing;
            Append(audit);
            return true;
        });

    public Task<IReadOnlyList<PairingRequest>> ListPairingAsync(TenantId tenant, CancellationToken cancellationToken)
        => Locked<IReadOnlyList<PairingRequest>>(() =>
        [
            .. _requests.Where(r => r.IsOpen && r.Request.ExpiresAt > Now && r.Room.Conversation.Tenant == tenant)
                .OrderBy(r => r.Request.RequestedAt).Select(r => r.Request),
        ]);

    Task<Page<PersonRow>> IPeopleStore.ListAsync(TenantId tenant, string? text, string? after, int limit, CancellationToken cancellationToken)
        => Locked(() => PageOf(
            _people.Where(p => p.Person.Tenant == tenant && IsCalled(p, text)).OrderBy(p => p.Person.Id.Value).Select(Describe),
            row => row.Person.Id.ToString(), after, limit));

    Task<PersonRow?> IPeopleStore.FindAsync(TenantId tenant, PersonId person, CancellationToken cancellationToken)
        => Locked(() => _people.Find(p => p.Person.Id == person && p.Person.Tenant == tenant) is { } known ? Describe(known) : null);

    /// <summary>The sender as a person, new or known; a new name and a new language are taken over.</summary>
    private Person Meet(Connection connection, ExternalSender sender)
    {
        var known = KnownBy(connection, sender.ExternalId);
        if (known is not null && IsForgotten(connection.Tenant, known.Person.Id))
        {
            _people.Remove(known);
            known = null;
        }
        else if (known is null && sender.FormerId is { } former && KnownBy(connection, former) is { Accounts: [var only] } before
            && !IsForgotten(connection.Tenant, before.Person.Id))
        {
            before.Accounts.Add(new Account(sender.ExternalId, only.Name));
            known = before;
        }

        if (known is null)
        {
            var person = new Person(new PersonId(Guid.CreateVersion7(Now)), connection.Tenant, NameOf(sender), sender.Locale, Now);
            _people.Add(known = new Acquaintance(person, connection.ChannelType, sender.ExternalId));
        }

        if (sender is { DisplayName.Length: > 0, IsStandIn: false })
        {
            var account = known.Accounts.Find(one => one.ExternalId == sender.ExternalId)!;
            known.Person = known.Person.DisplayName == account.Name ? known.Person with { DisplayName = sender.DisplayName } : known.Person;
            account.Name = sender.DisplayName;
        }

        known.Person = known.Person with { Locale = sender.Locale ?? known.Person.Locale };
        return known.Person;
    }

    private Acquaintance? KnownBy(Connection connection, string externalId) => _people.Find(
        p => p.Person.Tenant == connection.Tenant && p.ChannelType == connection.ChannelType && p.Accounts.Exists(account => account.ExternalId == externalId));

    private static string NameOf(ExternalSender sender) => sender.DisplayName.Length > 0 ? sender.DisplayName : sender.ExternalId;

    private Standing StandingOf(ConnectionId connection, PersonId person) => _standings.GetValueOrDefault((connection, person));

    private InboxOutcome.PairingOpen OpenPairing(Connection connection, Person person, InboundMessage message, Admission.Pair pair)
    {
        var open = _requests.Find(r => r.IsOpen && r.Request.Connection == connection.Id && r.Request.Person == person.Id);
        if (open is not null && open.Request.ExpiresAt > Now)
        {
            return new InboxOutcome.PairingOpen(null, null);
        }

        if (open is not null)
        {
            open.IsOpen = false;
        }

        var room = RoomFor(connection, message.Chat, person.Id);
        var request = new PairingRequest(
            Guid.CreateVersion7(Now), person.Id, connection.Id, connection.ChannelType, message.Sender.DisplayName, message.Sender.ExternalId,
            pair.Code.Value, Now, pair.Code.ExpiresAt);
        _requests.Add(new Asked(request, room));
        Append(new AuditDraft(
            connection.Tenant, Now, new Actor("person", person.Id.ToString(), ""), AuditActions.PairingRequested,
            $"pairing/{request.Id}", connection.Id.Value, AuditDraft.NoDetails));
        return new InboxOutcome.PairingOpen(room.Conversation.Id, Notify(room, pair.Notice, mayClaim: true));
    }

    private Domain.Messaging.Outbox.OutboxEntry? Notify(Room room, string text, bool mayClaim)
    {
        var body = new MessageBody(text);
        var message = room.Add(new Message(
            room.Conversation.Id, room.Conversation.LastSeq + 1, Guid.CreateVersion7(Now), AuthorKind.System, "Assistant", body, [], false, Now,
            DeliveryState.Stored, Person: room.Conversation.Person));
        return room.Queue(message, [body], byAssistant: false, mayClaim);
    }

    private PersonRow Describe(Acquaintance known) => new(
        known.Person,
        [.. known.Accounts.Select(account => new Identity(account.Id, known.Person.Id, known.Person.Tenant, known.ChannelType, account.ExternalId, account.Name))],
        [.. _standings.Where(s => s.Key.Item2 == known.Person.Id).Select(s => new ConnectionStanding(s.Key.Item1, s.Value))],
        _rooms.Where(r => r.Conversation.Person == known.Person.Id).Max(r => (DateTimeOffset?)r.LastAt));

    private static bool IsCalled(Acquaintance known, string? text) => string.IsNullOrWhiteSpace(text)
        || Holds(known.Person.DisplayName, text)
        || known.Accounts.Exists(account => Holds(account.Name, text) || account.ExternalId == text);

    private static bool Holds(string name, string part) => NameLetters.Fold(name).Contains(NameLetters.Fold(part), StringComparison.Ordinal);

    /// <summary>A person with the accounts of one channel they are known by.</summary>
    private sealed class Acquaintance(Person person, string channelType, string externalId)
    {
        public Person Person { get; set; } = person;

        public string ChannelType => channelType;

        public List<Account> Accounts { get; } = [new(externalId, person.DisplayName)];
    }

    private sealed class Account(string externalId, string name)
    {
        public string ExternalId => externalId;

        public Guid Id { get; } = Guid.CreateVersion7();

        public string Name { get; set; } = name;
    }

    private sealed class Asked(PairingRequest request, Room room)
    {
        public PairingRequest Request => request;

        public Room Room => room;

        public bool IsOpen { get; set; } = true;
    }
}
