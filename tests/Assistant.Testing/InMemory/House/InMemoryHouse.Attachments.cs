using System.Runtime.CompilerServices;
using Assistant.Domain.Attachments;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.Tenancy;
using Assistant.Domain.Wording;

namespace Assistant.Testing.InMemory.House;

public sealed partial class InMemoryHouse
{
    private const int PieceSize = 256 * 1024;

    Task<IReadOnlyList<AttachmentDue>> IAttachmentStore.ListDueAsync(DateTimeOffset now, int ofConnection, int limit, CancellationToken cancellationToken)
        => Locked<IReadOnlyList<AttachmentDue>>(() =>
        [
            .. _rooms.SelectMany(room => room.Kept.Values.Select(file => (room.Conversation.Tenant, room.Conversation.Connection, File: file)))
                .Where(one => one.File.Status.State == AttachmentState.Waiting && one.File.DueAt <= now)
                .GroupBy(one => one.Connection).SelectMany(connection => connection.OrderBy(one => one.File.DueAt).Take(ofConnection))
                .OrderBy(one => one.File.DueAt).Take(limit).Select(one => new AttachmentDue(one.Tenant, one.File.Status.Id, one.Connection, one.File.Attempts)),
        ]);

    public Task<AttachmentClaim?> ClaimAsync(AttachmentDue due, DateTimeOffset until, CancellationToken cancellationToken)
        => Locked(() =>
        {
            if (FindFile(due.Tenant, due.Id) is not (var room, { Status.State: AttachmentState.Waiting } file) || file.Attempts != due.Attempts)
            {
                return null;
            }

            (file.Attempts, file.DueAt) = (file.Attempts + 1, until);
            if (NamedIn(room, due.Id) is { } named)
            {
                return new AttachmentClaim(due.Tenant, due.Id, room.Conversation.Connection, file.Person, named, file.Attempts);
            }

            file.Status = file.Status with { State = AttachmentState.Failed, Reason = Phrase.Of("attachment.forgotten") };
            return null;
        });

    public Task<bool> KeepAsync(AttachmentClaim claim, string mediaType, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
        => Locked(() => Conclude(claim, file =>
        {
            file.Content = content.ToArray();
            return file.Status with { State = AttachmentState.Kept, MediaType = mediaType, SizeBytes = content.Length, Reason = null };
        }));

    public Task EndAsync(AttachmentClaim claim, AttachmentState state, Phrase reason, CancellationToken cancellationToken)
        => Locked(() => Conclude(claim, file => file.Status with { State = state, Reason = reason }));

    public Task RetryLaterAsync(AttachmentClaim claim, Phrase reason, DateTimeOffset at, CancellationToken cancellationToken)
        => Locked(() => Conclude(claim, file =>
        {
            file.DueAt = at;
            return file.Status with { Reason = reason };
        }));

    Task<int> IAttachmentStore.EndWaitsAsync(DateTimeOffset now, TimeSpan longest, CancellationToken cancellationToken)
        => Locked(() =>
        {
            var early = _rooms.SelectMany(room => room.Kept.Values)
                .Where(file => file.Status.State == AttachmentState.Waiting && file.DueAt > now + longest).ToList();
            early.ForEach(file => file.DueAt = now);
            return early.Count;
        });

    Task<(AttachmentFile File, Attachment Named)?> IAttachmentStore.FindAsync(TenantId tenant, AttachmentId id, CancellationToken cancellationToken)
        => Locked(() => FindFile(tenant, id) is var (room, file) && NamedIn(room, id) is { } named ? (file.Status, named) : ((AttachmentFile, Attachment)?)null);

    async IAsyncEnumerable<ReadOnlyMemory<byte>> IAttachmentStore.ReadAsync(
        TenantId tenant, AttachmentId id, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        byte[]? begun = null;
        for (var at = 0; ; at += PieceSize)
        {
            var from = at;
            var content = await Locked(() => FindFile(tenant, id) is (var room, { Content: { } kept }) && NamedIn(room, id) is not null ? kept : throw new AttachmentGoneException(id));
            if ((begun ??= content) != content)
            {
                throw new AttachmentGoneException(id);
            }

            yield return content.AsMemory(from, Math.Min(PieceSize, content.Length - from));
            if (from + PieceSize >= content.Length)
            {
                yield break;
            }
        }
    }

    private Message WithFiles(Message message)
        => message.Attachments.Count == 0
            ? message
            : message with { Files = [.. RoomOf(message.Conversation).Kept.Values.Select(f => f.Status).Where(f => f.Id.Seq == message.Seq).OrderBy(f => f.Id.Number)] };

    private (Room Room, StoredFile File)? FindFile(TenantId tenant, AttachmentId id)
        => FindRoom(tenant, id.Conversation) is { } room && room.Kept.TryGetValue((id.Seq, id.Number), out var file) ? (room, file) : null;

    // Taken back or forgotten, a message names nothing any more.
    private static Attachment? NamedIn(Room room, AttachmentId id) => room.Messages.Find(m => m.Seq == id.Seq)?.Attachments.ElementAtOrDefault(id.Number - 1);

    private bool Conclude(AttachmentClaim claim, Func<StoredFile, AttachmentFile> change)
    {
        if (FindFile(claim.Tenant, claim.Id) is not (var room, { Status.State: AttachmentState.Waiting } file) || file.Attempts != claim.Attempt
            || NamedIn(room, claim.Id) is null)
        {
            return false;
        }

        file.Status = change(file);
        return true;
    }

    private sealed class StoredFile(AttachmentFile status, Domain.People.PersonId person, DateTimeOffset dueAt)
    {
        public AttachmentFile Status { get; set; } = status;

        public Domain.People.PersonId Person { get; } = person;

        public DateTimeOffset DueAt { get; set; } = dueAt;

        public int Attempts { get; set; }

        public byte[]? Content { get; set; }
    }

    private sealed partial class Room
    {
        public Dictionary<(long Seq, int Number), StoredFile> Kept { get; } = [];

        /// <summary>Keeps the files of a reply.</summary>
        public void Keep(Message message, IReadOnlyList<OutgoingFile> files)
        {
            for (var number = 1; number <= files.Count; number++)
            {
                var file = files[number - 1];
                var status = new AttachmentFile(new AttachmentId(message.Conversation, message.Seq, number), AttachmentState.Kept, file.MediaType, file.Content.Length);
                Kept[(message.Seq, number)] = new StoredFile(status, message.Person!.Value, message.At) { Content = file.Content.ToArray() };
            }
        }

        /// <summary>Enters the files of a message as waiting.</summary>
        public void Enter(Message message, int attempts = 0)
        {
            for (var number = 1; number <= message.Attachments.Count; number++)
            {
                var status = new AttachmentFile(new AttachmentId(message.Conversation, message.Seq, number), AttachmentState.Waiting);
                Kept[(message.Seq, number)] = new StoredFile(status, message.Person!.Value, message.At) { Attempts = attempts };
            }
        }

        /// <summary>Enters the files a message has from now on in the place of those it had.</summary>
        public void Replace(Message message)
        {
            var attempts = Kept.Where(kept => kept.Key.Seq == message.Seq).Select(kept => kept.Value.Attempts).DefaultIfEmpty().Max();
            Discard(message.Seq);
            Enter(message, attempts + 1);
        }

        public void Discard(long seq)
        {
            foreach (var key in Kept.Keys.Where(key => key.Seq == seq).ToList())
            {
                Kept.Remove(key);
            }
        }
    }
}
