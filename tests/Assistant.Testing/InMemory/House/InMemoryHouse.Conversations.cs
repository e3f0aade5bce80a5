using System.Globalization;
using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Outbox;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;

namespace Assistant.Testing.InMemory.House;

public sealed partial class InMemoryHouse
{
    Task<Conversation?> IConversationStore.FindAsync(TenantId tenant, ConversationId id, CancellationToken cancellationToken)
        => Locked(() => FindRoom(tenant, id)?.Conversation);

    public Task<ControlOutcome> TakeOverAsync(TenantId tenant, ConversationId id, UserRef @operator, AuditDraft audit, CancellationToken cancellationToken)
        => TakeOverFromAsync(tenant, id, @operator.Id, @operator, audit, cancellationToken);

    public Task<ControlOutcome> TakeOverFromAsync(
        TenantId tenant, ConversationId id, UserId from, UserRef @operator, AuditDraft audit, CancellationToken cancellationToken)
        => ChangeAsync(tenant, id, audit, c => c.Operator?.Id == @operator.Id, c => c.Operator is { } other && other.Id != @operator.Id && other.Id != from ? other : null, room =>
        {
            room.Conversation = room.Conversation with
            {
                Operator = @operator,
                Version = room.Conversation.Version + 1,
                WaitingSince = null,
                Status = ConversationStatus.Open,
            };
            return HoldPending(room);
        });

    public Task<ControlOutcome> HandBackAsync(TenantId tenant, ConversationId id, UserRef @operator, AuditDraft audit, CancellationToken cancellationToken)
        => ChangeAsync(tenant, id, audit, c => c.Operator is null, c => c.Operator is { } other && other.Id != @operator.Id ? other : null, room =>
        {
            room.Conversation = room.Conversation with { Operator = null, Version = room.Conversation.Version + 1, WaitingSince = null };
            return 0;
        });

    public Task<ControlOutcome> SetStatusAsync(TenantId tenant, ConversationId id, ConversationStatus status, AuditDraft audit, CancellationToken cancellationToken)
        => ChangeAsync(tenant, id, audit, c => c.Status == status, _ => null, room =>
        {
            if (status == ConversationStatus.Open)
            {
                room.Conversation = room.Conversation with { Status = status };
                return 0;
            }

            room.Conversation = room.Conversation with { Status = status, Operator = null, Version = room.Conversation.Version + 1, WaitingSince = null };
            return HoldPending(room);
        });

    public Task<ReplyOutcome> ReplyAsync(
        TenantId tenant, ConversationId id, UserRef @operator, OperatorReply reply, AuditDraft audit, CancellationToken cancellationToken)
        => Locked<ReplyOutcome>(() =>
        {
            if (FindRoom(tenant, id) is not { } room || IsForgotten(tenant, room.Conversation.Person))
            {
                return new ReplyOutcome.NotFound();
            }

            if (room.Conversation.Operator?.Id != @operator.Id)
            {
                return new ReplyOutcome.NotHolder(room.Conversation.Operator);
            }

            return Say(room, @operator, reply, audit);
        });

    public Task<Message?> AddNoteAsync(TenantId tenant, ConversationId id, UserRef author, string markdown, AuditDraft audit, CancellationToken cancellationToken)
        => Locked(() =>
        {
            if (FindRoom(tenant, id) is not { } room || IsForgotten(tenant, room.Conversation.Person))
            {
                return null;
            }

            Append(audit);
            return room.Add(Written(room, author, new MessageBody(markdown), isNote: true));
        });

    public Task<ReplyOutcome> DecideHeldAsync(
        TenantId tenant, Guid entryId, UserRef @operator, HeldDecision decision, AuditDraft audit, CancellationToken cancellationToken)
        => Locked<ReplyOutcome>(() =>
        {
            foreach (var room in _rooms.Where(r => r.Conversation.Tenant == tenant))
            {
                if (room.Outbox.Find(r => r.Entry.Id == entryId && r.State == OutboxState.Held) is not { Entry.MessageSeq: var seq })
                {
                    continue;
                }

                if (room.Conversation.Operator is { } holder && holder.Id != @operator.Id)
                {
                    return new ReplyOutcome.NotHolder(holder);
                }

                foreach (var row in room.Outbox.Where(r => r.Entry.MessageSeq == seq && r.State is OutboxState.Held or OutboxState.Sending))
                {
                    if (row.State == OutboxState.Held)
                    {
                        row.State = decision == HeldDecision.Send ? OutboxState.Pending : OutboxState.Dropped;
                        row.DueAt = Now;
                    }

                    row.Entry = row.Entry with { ByAssistant = row.Entry.ByAssistant && decision != HeldDecision.Send };
                }

                room.Weigh(seq);
                if (decision == HeldDecision.Send)
                {
                    Append(audit);
                }
                else
                {
                    RecordDropped(room, seq, audit);
                }

                return new ReplyOutcome.Accepted(room.Messages.Find(m => m.Seq == seq)!, null);
            }

            return new ReplyOutcome.NotFound();
        });

    public Task<ReplyOutcome> ReplaceHeldAsync(
        TenantId tenant, ConversationId id, Guid entryId, UserRef @operator, OperatorReply reply, AuditDraft audit, AuditDraft dropAudit,
        CancellationToken cancellationToken)
        => Locked<ReplyOutcome>(() =>
        {
            if (FindRoom(tenant, id) is not { } room || IsForgotten(tenant, room.Conversation.Person))
            {
                return new ReplyOutcome.NotFound();
            }

            if (room.Conversation.Operator?.Id != @operator.Id)
            {
                return new ReplyOutcome.NotHolder(room.Conversation.Operator);
            }

            if (room.Outbox.Find(r => r.Entry.Id == entryId && r.State == OutboxState.Held) is not { Entry.MessageSeq: var seq })
            {
                return new ReplyOutcome.NotFound();
            }

            foreach (var row in room.Outbox.Where(r => r.Entry.MessageSeq == seq && r.State == OutboxState.Held))
            {
                (row.State, row.DueAt) = (OutboxState.Dropped, Now);
            }

            room.Weigh(seq);
            var said = Say(room, @operator, reply, audit);
            RecordDropped(room, seq, dropAudit);
            return said;
        });

    public Task MarkReadAsync(TenantId tenant, ConversationId id, UserId user, long seq, CancellationToken cancellationToken)
        => Locked(() => FindRoom(tenant, id) is { } room && (room.Read[user] = Math.Max(Math.Min(seq, room.Conversation.LastSeq), room.Read.GetValueOrDefault(user))) > 0);

    private Task<ControlOutcome> ChangeAsync(
        TenantId tenant, ConversationId id, AuditDraft audit, Func<Conversation, bool> isAlreadySo, Func<Conversation, UserRef?> otherHolder, Func<Room, int> change)
        => Locked<ControlOutcome>(() =>
        {
            if (FindRoom(tenant, id) is not { } room)
            {
                return new ControlOutcome.NotFound();
            }

            if (otherHolder(room.Conversation) is { } other)
            {
                return new ControlOutcome.HeldByOther(other);
            }

            if (isAlreadySo(room.Conversation))
            {
                return new ControlOutcome.Unchanged(room.Conversation);
            }

            var held = change(room);
            Append(audit);
            return new ControlOutcome.Changed(room.Conversation, held);
        });

    private ReplyOutcome.Accepted Say(Room room, UserRef @operator, OperatorReply reply, AuditDraft audit)
    {
        Append(audit);
        var message = room.Add(Written(room, @operator, reply.Body, isNote: false) with { Attachments = [.. reply.Files.Select(file => file.Named)] });
        room.Keep(message, reply.Files);
        return new ReplyOutcome.Accepted(WithFiles(message), room.Queue(message, reply.Parts, byAssistant: false));
    }

    /// <summary>What was sent of a reply before the rest was dropped is what was said.</summary>
    private void RecordDropped(Room room, long seq, AuditDraft audit)
    {
        var rows = room.Outbox.FindAll(r => r.Entry.MessageSeq == seq);
        Append(audit.With("partsSent", rows.Count(r => r.State == OutboxState.Sent).ToString(CultureInfo.InvariantCulture)));
        var left = rows.FindAll(r => r.State != OutboxState.Dropped);
        if (left.Count > 0 && rows[^1].Entry.IsLastPart && !room.Messages.Exists(m => m.Seq == seq && m.Body.IsForgotten))
        {
            room.Change(seq, m => m with { Body = HeldReply.Join(left.Select(r => r.Entry.Body)), EditedAt = Now });
        }
    }

    private static int HoldPending(Room room)
    {
        var rows = room.Outbox.Where(r => r.State == OutboxState.Pending && r.Entry.ByAssistant).ToList();
        foreach (var row in rows)
        {
            row.State = OutboxState.Held;
            room.Weigh(row.Entry.MessageSeq);
        }

        return rows.Count;
    }

    private Message Written(Room room, UserRef author, MessageBody body, bool isNote) => new(
        room.Conversation.Id, room.Conversation.LastSeq + 1, Guid.CreateVersion7(Now), AuthorKind.Operator, author.Name, body, [], isNote, Now,
        isNote ? DeliveryState.None : DeliveryState.Stored, Person: room.Conversation.Person);
}
