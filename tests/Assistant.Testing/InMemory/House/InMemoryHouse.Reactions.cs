using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Forgetting;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Inbox;
using Assistant.Domain.People;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;

namespace Assistant.Testing.InMemory.House;

public sealed partial class InMemoryHouse
{
    private InboxOutcome React(Connection connection, InboundMessage message, InboundContent.Reacted reacted, Func<SenderStanding, Admission> admit)
    {
        var found = _rooms.Where(r => r.Conversation.Connection == connection.Id && r.Conversation.Chat.ExternalId == message.Chat.ExternalId)
            .Select(r => (Room: r, Seq: r.SeqOf(message.ExternalMessageId))).FirstOrDefault(one => one.Seq is not null);
        if (found.Seq is not { } seq)
        {
            return new InboxOutcome.Unmatched();
        }

        var person = Meet(connection, message.Sender);
        switch (admit(new SenderStanding(person.Id, StandingOf(connection.Id, person.Id))))
        {
            case Admission.Refuse refused:
                return new InboxOutcome.NotAdmitted(refused.Reason, person.Id);
            case Admission.Pair:
                return new InboxOutcome.Unmatched();
        }

        var key = (seq, person.Id, message.ExternalMessageId);
        var before = found.Room.Reactions.GetValueOrDefault(key, PersonReactions.None);
        var after = before.After(reacted, message.SentAt);
        if (!_dedupe.Add((connection.Id, message.DedupeKey)) || ReferenceEquals(after, before))
        {
            return new InboxOutcome.Duplicate();
        }

        found.Room.Reactions[key] = after;
        Append(Record(found.Room, message, person.Id, AuditActions.MessageReacted, seq));
        return StoredIn(found.Room, needsTurn: false);
    }

    private Message WithReactions(Message message) => message.DeletedAt is not null ? message : message with
    {
        Reactions =
        [
            .. RoomOf(message.Conversation).Reactions.Where(one => one.Key.Seq == message.Seq && !IsForgotten(RoomOf(message.Conversation).Conversation.Tenant, one.Key.Person))
                .SelectMany(one => one.Value.Marks, (one, mark) => (mark.At, Reaction: new Reaction(mark.Name, one.Key.Person, PersonOf(one.Key.Person).DisplayName)))
                .OrderBy(one => one.At).Select(one => one.Reaction).Distinct(),
        ],
    };

    private List<(Room Room, (long Seq, PersonId Person, string ExternalId) Key)> ReactionsOf(TenantId tenant, ErasureScope scope) =>
    [
        .. from room in _rooms
           where room.Conversation.Tenant == tenant
           from key in room.Reactions.Keys
           where scope.Kind switch
           {
               ErasureKind.Person => key.Person.Value == scope.Id || room.Conversation.Person.Value == scope.Id,
               ErasureKind.Conversation => room.Conversation.Id.Value == scope.Id,
               _ => room.Conversation.Id.Value == scope.Id && key.Seq == scope.Seq,
           }
           select (room, key),
    ];

    private sealed partial class Room
    {
        public Dictionary<(long Seq, PersonId Person, string ExternalId), PersonReactions> Reactions { get; } = [];

        /// <summary>The message with this id, or of which a part has it.</summary>
        public long? SeqOf(string externalId)
            => (Messages.Find(m => m.ExternalId == externalId)?.Seq ?? Outbox.Find(row => row.ExternalId == externalId)?.Entry.MessageSeq) is { } seq
                && Messages.Exists(m => m.Seq == seq && m.DeletedAt is null) ? seq : null;

        public void DropReactions(long seq)
        {
            foreach (var key in Reactions.Keys.Where(key => key.Seq == seq).ToList())
            {
                Reactions.Remove(key);
            }
        }
    }
}
