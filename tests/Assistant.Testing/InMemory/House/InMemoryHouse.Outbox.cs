using System.Globalization;
using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Outbox;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Domain.Wording;

namespace Assistant.Testing.InMemory.House;

public sealed partial class InMemoryHouse
{
    public Task<OutboxEntry?> ClaimNextAsync(ConversationId conversation, DateTimeOffset now, CancellationToken cancellationToken)
        => Locked(() => ClaimFirst(RoomOf(conversation), now));

    public Task<OutboxEntry?> MarkSentAsync(OutboxEntry entry, string externalId, CancellationToken cancellationToken)
        => Locked(() =>
        {
            var (room, row) = Place(entry);
            if (row?.State == OutboxState.Sending)
            {
                (row.State, row.ExternalId) = (OutboxState.Sent, externalId);
                if (entry.IsLastPart)
                {
                    room.Outbox.Remove(row);
                    if (!room.Messages.Exists(m => m.ExternalId == externalId))
                    {
                        room.Change(entry.MessageSeq, m => m with { ExternalId = externalId });
                    }
                }

                room.Weigh(entry.MessageSeq);
                Append(Record(entry, AuditActions.MessageSent));
            }

            return ClaimFirst(room, Now);
        });

    public Task RetryLaterAsync(OutboxEntry entry, Phrase reason, DateTimeOffset retryAt, bool isUncertain, bool isAttempt, CancellationToken cancellationToken)
        => Locked(() =>
        {
            var (room, row) = Place(entry);
            if (row?.State == OutboxState.Sending)
            {
                row.Entry = row.Entry with { Attempts = row.Entry.Attempts - (isAttempt ? 0 : 1), MayRepeat = row.Entry.MayRepeat || isUncertain };
                (row.Error, row.DueAt) = (reason, retryAt);
                PutBack(room, row);
            }

            return true;
        });

    public Task DeadLetterAsync(OutboxEntry entry, Phrase reason, CancellationToken cancellationToken)
        => Locked(() =>
        {
            var (room, row) = Place(entry);
            if (row?.State == OutboxState.Sending)
            {
                (row.State, row.Error, row.EndedAt) = (OutboxState.Dead, reason, Now);
                room.Weigh(entry.MessageSeq);
                Append(Record(entry, AuditActions.MessageDeadLettered));
            }

            return true;
        });

    public Task HoldAsync(OutboxEntry entry, CancellationToken cancellationToken)
        => Locked(() =>
        {
            var (room, row) = Place(entry);
            if (row?.State == OutboxState.Sending)
            {
                row.Entry = row.Entry with { Attempts = row.Entry.Attempts - 1 };
                row.State = row.Entry.ByAssistant ? OutboxState.Held : OutboxState.Pending;
                room.Weigh(entry.MessageSeq);
            }

            return true;
        });

    Task<ConversationId?> IOutbox.ReviveAsync(TenantId tenant, Guid entryId, AuditDraft audit, CancellationToken cancellationToken)
        => Locked<ConversationId?>(() =>
        {
            foreach (var room in _rooms.Where(r => r.Conversation.Tenant == tenant))
            {
                if (room.Outbox.Find(r => r.Entry.Id == entryId && r.State == OutboxState.Dead) is { } row)
                {
                    row.Entry = row.Entry with { Attempts = 0 };
                    row.DueAt = Now;
                    PutBack(room, row);
                    Append(audit);
                    return room.Conversation.Id;
                }
            }

            return null;
        });

    public Task<int> RecoverInterruptedAsync(CancellationToken cancellationToken)
        => Locked(() => ClaimedRows.ToList().Count(row => Recover(row.Entry.Claim)));

    public Task<IReadOnlyList<OutboxClaim>> FindClaimsAsync(CancellationToken cancellationToken)
        => Locked<IReadOnlyList<OutboxClaim>>(() => [.. ClaimedRows.Select(row => row.Entry.Claim)]);

    public Task<bool> RecoverInterruptedAsync(OutboxClaim claim, CancellationToken cancellationToken) => Locked(() => Recover(claim));

    Task<IReadOnlyList<ConversationId>> IOutbox.FindDueAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken)
        => Locked<IReadOnlyList<ConversationId>>(() =>
        [
            .. _rooms.Select(room => room.FirstUnsent).OfType<Row>().Where(r => r.State == OutboxState.Pending && r.DueAt <= now)
                .OrderBy(r => r.Entry.CreatedAt).Select(r => r.Entry.Conversation).Take(limit),
        ]);

    Task<int> IOutbox.EndWaitsAsync(DateTimeOffset now, TimeSpan longest, CancellationToken cancellationToken)
        => Locked(() =>
        {
            var early = _rooms.SelectMany(room => room.Outbox).Where(row => row.State == OutboxState.Pending && row.DueAt > now + longest).ToList();
            early.ForEach(row => row.DueAt = now);
            return early.Count;
        });

    public Task<IReadOnlySet<string>> FindKnownExternalIdsAsync(ConnectionId connection, DateTimeOffset since, CancellationToken cancellationToken)
        => Locked<IReadOnlySet<string>>(() => _rooms.Where(r => r.Conversation.Connection == connection)
            .SelectMany(r => r.Messages.Where(m => m.At >= since).Select(m => m.ExternalId)
                .Concat(r.Outbox.Where(o => o.Entry.CreatedAt >= since).Select(o => o.ExternalId)))
            .OfType<string>().ToHashSet(StringComparer.Ordinal));

    public Task<string?> FindHeardBeforeAsync(OutboxEntry entry, CancellationToken cancellationToken)
        => Locked(() => FindRoom(entry.Tenant, entry.Conversation)?.Messages
            .LastOrDefault(m => m.Seq < entry.MessageSeq && m is { Author: AuthorKind.Person, ExternalId: not null })?.ExternalId);

    private IEnumerable<Row> ClaimedRows => _rooms.SelectMany(room => room.Outbox).Where(r => r.State == OutboxState.Sending);

    private bool Recover(OutboxClaim claim)
    {
        if (ClaimedRows.FirstOrDefault(r => r.Entry.Claim == claim) is not { } row)
        {
            return false;
        }

        row.Entry = row.Entry with { MayRepeat = true };
        row.DueAt = Now;
        PutBack(RoomOf(claim.Conversation), row);
        return true;
    }

    /// <summary>No row when it was sent meanwhile.</summary>
    private (Room Room, Row? Row) Place(OutboxEntry entry)
    {
        var room = RoomOf(entry.Conversation);
        return (room, room.Outbox.Find(r => r.Entry.Id == entry.Id));
    }

    private static OutboxEntry? ClaimFirst(Room room, DateTimeOffset now)
    {
        while (IsDue(room, now) && room.FirstUnsent is { Entry.Body.IsForgotten: true } forgotten)
        {
            forgotten.State = OutboxState.Dropped;
            room.Weigh(forgotten.Entry.MessageSeq);
        }

        return IsDue(room, now) ? room.FirstUnsent!.Claim(room.Conversation.Version) : null;
    }

    private static bool IsDue(Room room, DateTimeOffset now)
        => room.FirstUnsent is { State: OutboxState.Pending } row && row.DueAt <= now && !(row.Entry.ByAssistant && room.Conversation.Operator is not null);

    /// <summary>Waits again, or is held when it is the assistant's and the conversation is with people.</summary>
    private static void PutBack(Room room, Row row)
    {
        row.State = row.Entry.ByAssistant && room.IsWithPeople ? OutboxState.Held : OutboxState.Pending;
        room.Weigh(row.Entry.MessageSeq);
    }

    private AuditDraft Record(OutboxEntry entry, string action) => new(
        entry.Tenant, Now, Actor.System, action, string.Create(CultureInfo.InvariantCulture, $"conversation/{entry.Conversation}/{entry.MessageSeq}"),
        entry.Connection.Value, AuditDraft.NoDetails);
}
