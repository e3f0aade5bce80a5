// A file is kept in pieces of a quarter of a megabyte, each sealed by itself and written in a unit of its own, so that the one writer is
// never held up by a whole film. The place a piece is sealed at names the file, the piece and how many there are: one that was moved,
// left out, doubled or brought from another file does not open. Readers see a file once its row says that it is kept, which is the last unit.
//
// Two may fetch the same file: claims run out, and processes die. Each claim raises the count of attempts and removes what was written
// before; whoever holds an older one writes nothing more, for every unit asks for the count first. When an edit puts another file in the
// place of one, the count goes on, so that neither who fetches the old one nor who reads it takes the new one for it.
// A file goes the way of its message: units and reads look for the message too, and find none that is taken back or being forgotten.
using System.Runtime.CompilerServices;
using Assistant.Domain.Attachments;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.Observability;
using Assistant.Domain.People;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Conversations;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Security.Sealing;

namespace Assistant.Infrastructure.Attachments;

/// <inheritdoc cref="IAttachmentStore"/>
internal sealed class SqlAttachmentStore(IWriteQueue writes, IReadPool reads, BodySealer bodies) : IAttachmentStore
{
    private const string Due =
        "SELECT d.tenant_id, d.conversation_id, d.seq, d.number, d.connection_id, d.attempts FROM ("
        + "SELECT a.tenant_id, a.conversation_id, a.seq, a.number, c.connection_id, a.attempts, a.due_at, "
        + "ROW_NUMBER() OVER (PARTITION BY c.connection_id ORDER BY a.due_at, a.conversation_id, a.seq, a.number) AS place "
        + "FROM attachments a JOIN conversations c ON c.id = a.conversation_id WHERE a.state = 'Waiting' AND a.due_at <= @p0) d "
        + "WHERE d.place <= @p1 ORDER BY d.due_at, d.conversation_id, d.seq, d.number LIMIT @p2";

    private const string ThisFile = "conversation_id = @p0 AND seq = @p1 AND number = @p2";

    private const string Claim =
        "UPDATE attachments SET attempts = attempts + 1, due_at = @p5 WHERE " + ThisFile + " AND tenant_id = @p3 AND state = 'Waiting' AND attempts = @p4";

    private const string DeletePieces = "DELETE FROM attachment_chunks WHERE " + ThisFile;

    private const string AliveMessage =
        " FROM attachments a JOIN messages m ON m.conversation_id = a.conversation_id AND m.seq = a.seq JOIN conversations c ON c.id = a.conversation_id "
        + "WHERE a.conversation_id = @p0 AND a.seq = @p1 AND a.number = @p2 AND a.tenant_id = @p3 AND m.deleted_at IS NULL AND c.erasure_id IS NULL";

    private const string Find = "SELECT " + AttachmentSql.FileColumns + ", a.person_id, c.connection_id" + AliveMessage;
    private const string FindPieces = "SELECT a.person_id, a.chunk_count, a.attempts" + AliveMessage + " AND a.state = 'Kept'";
    private const string IsClaimed = "SELECT a.person_id" + AliveMessage + " AND a.state = 'Waiting' AND a.attempts = @p4";

    private const string ReadMessage =
        "SELECT " + MessageSql.MessageColumns + " FROM messages m WHERE m.conversation_id = @p0 AND m.seq = @p1 AND m.tenant_id = @p2";

    private const string ReadPiece = "SELECT body FROM attachment_chunks WHERE " + ThisFile + " AND tenant_id = @p3 AND chunk = @p4";

    private const string Conclude =
        "UPDATE attachments SET state = @p5, media_type = @p6, size_bytes = @p7, chunk_count = @p8, reason = @p9 WHERE " + ThisFile
        + " AND tenant_id = @p3 AND state = 'Waiting' AND attempts = @p4";

    private const string Retry =
        "UPDATE attachments SET due_at = @p5, reason = @p6 WHERE " + ThisFile + " AND tenant_id = @p3 AND state = 'Waiting' AND attempts = @p4";

    private const string WaitsBeyond = "SELECT 1 FROM attachments WHERE state = 'Waiting' AND due_at > @p0 LIMIT 1";

    private const string EndWaits = "UPDATE attachments SET due_at = @p0 WHERE state = 'Waiting' AND due_at > @p1";

    public async Task<IReadOnlyList<AttachmentDue>> ListDueAsync(DateTimeOffset now, int ofConnection, int limit, CancellationToken cancellationToken)
        => await reads.ReadAsync(
            TenantScope.System,
            session => session.Query(
                Due,
                r => new AttachmentDue(
                    new TenantId(r.GetString(0)), new AttachmentId(new ConversationId(r.GetGuid(1)), r.GetInt64(2), r.GetInt32(3)), new ConnectionId(r.GetString(4)),
                    r.GetInt32(5)),
                now, ofConnection, limit),
            cancellationToken);

    public Task<AttachmentClaim?> ClaimAsync(AttachmentDue due, DateTimeOffset until, CancellationToken cancellationToken)
        => writes.ExecuteAsync(
            TenantScope.Of(due.Tenant),
            session =>
            {
                var id = due.Id;
                if (session.Execute(Claim, id.Conversation.Value, id.Seq, id.Number, due.Tenant.Value, due.Attempts, until) == 0)
                {
                    return null;
                }

                session.Execute(DeletePieces, id.Conversation.Value, id.Seq, id.Number);
                if (session.QueryFirst(Find, r => (Person: r.GetGuid(7), Connection: r.GetString(8)), Key(due.Tenant, id)) is { Connection: { } connection } found
                    && Open(session, due.Tenant, id) is { } named)
                {
                    return new AttachmentClaim(due.Tenant, id, new ConnectionId(connection), new PersonId(found.Person), named, due.Attempts + 1);
                }

                // Whoever sent it was forgotten: nobody can say any more what it was.
                Finish(session, due.Tenant, id, due.Attempts + 1, AttachmentState.Failed, null, null, 0, Phrase.Of("attachment.forgotten"));
                return null;
            },
            cancellationToken);

    public async Task<bool> KeepAsync(AttachmentClaim claim, string mediaType, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var count = AttachmentSql.PieceCount(content.Length);
        for (var chunk = 0; chunk < count; chunk++)
        {
            var (number, piece) = (chunk, AttachmentSql.PieceOf(content, chunk));
            if (!await writes.ExecuteAsync(TenantScope.Of(claim.Tenant), session => AddPiece(session, claim, number, count, piece), cancellationToken))
            {
                return false;
            }
        }

        return await FinishAsync(claim, AttachmentState.Kept, mediaType, content.Length, count, null, cancellationToken);
    }

    public Task EndAsync(AttachmentClaim claim, AttachmentState state, Phrase reason, CancellationToken cancellationToken)
        => FinishAsync(claim, state, null, null, 0, reason, cancellationToken);

    public Task RetryLaterAsync(AttachmentClaim claim, Phrase reason, DateTimeOffset at, CancellationToken cancellationToken)
        => writes.ExecuteAsync(
            TenantScope.Of(claim.Tenant),
            session => session.Execute(
                Retry, claim.Id.Conversation.Value, claim.Id.Seq, claim.Id.Number, claim.Tenant.Value, claim.Attempt, at, reason.ToString()),
            cancellationToken);

    // Asked first: whoever looks every second must not write as often.
    public async Task<int> EndWaitsAsync(DateTimeOffset now, TimeSpan longest, CancellationToken cancellationToken)
        => await reads.ReadAsync(TenantScope.System, session => session.QueryFirst(WaitsBeyond, _ => true, now + longest), cancellationToken)
            ? await writes.ExecuteAsync(TenantScope.System, session => session.Execute(EndWaits, now, now + longest), cancellationToken)
            : 0;

    public async Task<(AttachmentFile File, Attachment Named)?> FindAsync(TenantId tenant, AttachmentId id, CancellationToken cancellationToken)
        => await reads.ReadAsync(
            TenantScope.Of(tenant),
            session => session.QueryFirst(Find, r => AttachmentSql.MapFile(r), Key(tenant, id)) is { } file && Open(session, tenant, id) is { } named
                ? (file, named)
                : ((AttachmentFile, Attachment)?)null,
            cancellationToken);

    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(
        TenantId tenant, AttachmentId id, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        int? begun = null;
        for (var (chunk, count) = (0, 1); chunk < count; chunk++)
        {
            var number = chunk;
            var (piece, of, attempt) = await reads.ReadAsync(TenantScope.Of(tenant), session => OpenPiece(session, tenant, id, number), cancellationToken);
            if ((begun ??= attempt) != attempt)
            {
                throw new AttachmentGoneException(id); // another took its place meanwhile
            }

            count = of;
            yield return piece;
        }
    }

    private bool AddPiece(WriteSession session, AttachmentClaim claim, int chunk, int count, ReadOnlyMemory<byte> content)
    {
        var id = claim.Id;
        if (!session.QueryFirst(IsClaimed, _ => true, [.. Key(claim.Tenant, id), claim.Attempt]))
        {
            return false;
        }

        using var keys = bodies.In(session, claim.Tenant);
        if (keys.Find(claim.Person) is not { IsDestroyed: false } key)
        {
            return false; // forgotten while it was fetched
        }

        AttachmentSql.AddPiece(session, key, claim.Tenant, id, chunk, count, content);
        return true;
    }

    private (ReadOnlyMemory<byte> Piece, int Count, int Attempt) OpenPiece(SqlSession session, TenantId tenant, AttachmentId id, int chunk)
    {
        var (person, count, attempt) = session.QueryFirst(FindPieces, r => (r.GetGuid(0), r.GetInt32(1), r.GetInt32(2)), Key(tenant, id));
        if (chunk >= count)
        {
            throw new AttachmentGoneException(id);
        }

        using var keys = bodies.In(session, tenant);
        var piece = session.QueryFirst(ReadPiece, r => r.GetBytes(0), [.. Key(tenant, id), chunk]) ?? throw new SealBrokenException(AttachmentSql.Place(id, chunk, count));
        return (keys.Open(new PersonId(person), AttachmentSql.Place(id, chunk, count), piece) ?? throw new AttachmentGoneException(id), count, attempt);
    }

    private Task<bool> FinishAsync(
        AttachmentClaim claim, AttachmentState state, string? mediaType, long? size, int count, Phrase? reason, CancellationToken cancellationToken)
        => writes.ExecuteAsync(
            TenantScope.Of(claim.Tenant),
            session =>
            {
                var isDone = Finish(session, claim.Tenant, claim.Id, claim.Attempt, state, mediaType, size, count, reason);
                if (isDone)
                {
                    Show(session, claim);
                }

                return isDone;
            },
            cancellationToken);

    private static bool Finish(
        WriteSession session, TenantId tenant, AttachmentId id, int attempt, AttachmentState state, string? mediaType, long? size, int count, Phrase? reason)
        => session.Execute(
            Conclude, id.Conversation.Value, id.Seq, id.Number, tenant.Value, attempt, state, mediaType, size, count, reason?.ToString()) == 1;

    private void Show(WriteSession session, AttachmentClaim claim)
    {
        if (!session.IsWatched(claim.Tenant) || ReadWhole(session, claim.Tenant, claim.Id) is not { } message)
        {
            return;
        }

        session.Publish(new LiveEvent.MessageChanged(claim.Tenant, AttachmentSql.WithFiles(session, claim.Tenant, message)));
    }

    /// <summary>How the message names the file; <see langword="null"/> when its words are gone.</summary>
    private Attachment? Open(SqlSession session, TenantId tenant, AttachmentId id)
        => ReadWhole(session, tenant, id)?.Attachments.ElementAtOrDefault(id.Number - 1);

    private Message? ReadWhole(SqlSession session, TenantId tenant, AttachmentId id)
    {
        using var keys = bodies.In(session, tenant);
        return session.QueryFirst(ReadMessage, r => MessageSql.MapMessage(r), id.Conversation.Value, id.Seq, tenant.Value)?.Open(keys);
    }

    private static SqlValue[] Key(TenantId tenant, AttachmentId id) => [id.Conversation.Value, id.Seq, id.Number, tenant.Value];
}
