using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.People;
using Assistant.Domain.People.Reach;
using Assistant.Domain.Tenancy;

namespace Assistant.Testing.InMemory.House;

public sealed partial class InMemoryHouse
{
    Task<IReadOnlyList<DirectChat>> IDirectChats.ListAsync(TenantId tenant, IReadOnlyList<PersonId> persons, CancellationToken cancellationToken)
        => Locked<IReadOnlyList<DirectChat>>(() =>
        [
            .. from room in _rooms
               let conversation = room.Conversation
               where conversation.Tenant == tenant && persons.Contains(conversation.Person) && !conversation.Chat.IsGroup
               let line = _connections.GetValueOrDefault(conversation.Connection)
               where line is { IsEnabled: true }
               let said = room.Messages.FindLast(message => message.Author == AuthorKind.Person)?.At
               orderby said descending, conversation.Id.Value descending
               group new DirectChat(conversation.Id, conversation.Person, line.Id, line.ChannelType, said, room.PreferredAt) by (conversation.Person, line.Id) into chats
               select chats.First() with { PreferredAt = chats.Max(chat => chat.PreferredAt) },
        ]);

    public Task<bool> PreferAsync(TenantId tenant, ConversationId conversation, AuditDraft audit, CancellationToken cancellationToken) => Locked(() =>
    {
        if (FindRoom(tenant, conversation) is not { Conversation.Chat.IsGroup: false } room)
        {
            return false;
        }

        room.PreferredAt = audit.At;
        Append(audit);
        return true;
    });

    public Task<bool> DropPreferencesAsync(TenantId tenant, IReadOnlyList<PersonId> persons, AuditDraft audit, CancellationToken cancellationToken) => Locked(() =>
    {
        var preferring = _rooms.FindAll(room => room.Conversation.Tenant == tenant && persons.Contains(room.Conversation.Person) && room.PreferredAt is not null);
        if (preferring.Count == 0)
        {
            return false;
        }

        preferring.ForEach(room => room.PreferredAt = null);
        Append(audit);
        return true;
    });

    public Task<ContinuationOutcome> ContinueAsync(Continuation continuation, AuditDraft audit, CancellationToken cancellationToken) => Locked(() =>
    {
        if (FindRoom(continuation.Tenant, continuation.From.Conversation) is not { Conversation.Chat.IsGroup: false } left
            || FindRoom(continuation.Tenant, continuation.To) is not { Conversation.Chat.IsGroup: false } entered
            || IsForgotten(continuation.Tenant, left.Conversation.Person) || IsForgotten(continuation.Tenant, entered.Conversation.Person))
        {
            return ContinuationOutcome.NotFound;
        }

        if (entered.Conversation.ContinuedFrom == continuation.From)
        {
            return ContinuationOutcome.Already;
        }

        entered.Conversation = entered.Conversation with { ContinuedFrom = continuation.From, ContinuedAt = Now };
        Append(audit);
        left.Add(Message.Line(left.Conversation, left.Conversation.Person, continuation.Left, Now));
        entered.Add(Message.Line(entered.Conversation, entered.Conversation.Person, continuation.Entered, Now));
        if (continuation.Notice is { } notice)
        {
            Notify(entered, notice, mayClaim: false);
        }

        return ContinuationOutcome.Continued;
    });

    private sealed partial class Room
    {
        public DateTimeOffset? PreferredAt { get; set; }
    }
}
