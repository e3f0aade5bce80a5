using System.Globalization;
using Assistant.Domain.Attachments;
using Assistant.Domain.Conversations;
using Assistant.Domain.Tenancy;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Security.Sealing;

namespace Assistant.Infrastructure.Attachments;

/// <summary>What writers and readers of messages do about their files, inside their own unit or read.</summary>
internal static class AttachmentSql
{
    /// <summary>Bytes of a file in one piece.</summary>
    public const int ChunkSize = 256 * 1024;

    public const string FileColumns = "a.conversation_id, a.seq, a.number, a.state, a.media_type, a.size_bytes, a.reason";

    private const string Insert =
        "INSERT INTO attachments (conversation_id, seq, number, tenant_id, person_id, state, chunk_count, attempts, due_at) "
        + "VALUES (@p0, @p1, @p2, @p3, @p4, @p5, 0, @p6, @p7)";

    private const string InsertKept =
        "INSERT INTO attachments (conversation_id, seq, number, tenant_id, person_id, state, media_type, size_bytes, chunk_count, attempts, due_at) "
        + "VALUES (@p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7, @p8, 0, @p9)";

    private const string InsertPiece =
        "INSERT INTO attachment_chunks (conversation_id, seq, number, tenant_id, chunk, body) VALUES (@p0, @p1, @p2, @p3, @p4, @p5)";

    private const string Range =
        "SELECT " + FileColumns + " FROM attachments a WHERE a.tenant_id = @p0 AND a.conversation_id = @p1 AND a.seq >= @p2 AND a.seq <= @p3 "
        + "ORDER BY a.seq, a.number";

    private const string LastAttempt = "SELECT COALESCE(MAX(attempts), 0) FROM attachments WHERE conversation_id = @p0 AND seq = @p1";
    private const string DeletePieces = "DELETE FROM attachment_chunks WHERE conversation_id = @p0 AND seq = @p1";
    private const string DeleteFiles = "DELETE FROM attachments WHERE conversation_id = @p0 AND seq = @p1";

    /// <summary>Enters the files of a message that was just added, as waiting; a message without any costs nothing.</summary>
    public static Message Enter(WriteSession session, TenantId tenant, Message message) => Enter(session, tenant, message, attempts: 0);

    /// <summary>
    /// Enters the files a message has from now on in the place of those it had. The count of attempts goes on: whoever still fetches or reads an
    /// earlier file at the same place finds that it is another.
    /// </summary>
    public static Message Replace(WriteSession session, TenantId tenant, Message message)
    {
        var attempts = session.QueryFirst(LastAttempt, r => r.GetInt32(0), message.Conversation.Value, message.Seq);
        Delete(session, message.Conversation, message.Seq);
        return Enter(session, tenant, message, attempts + 1);
    }

    private static Message Enter(WriteSession session, TenantId tenant, Message message, int attempts)
    {
        if (message.Attachments.Count == 0)
        {
            return message;
        }

        var files = new List<AttachmentFile>(message.Attachments.Count);
        for (var number = 1; number <= message.Attachments.Count; number++)
        {
            files.Add(new AttachmentFile(new AttachmentId(message.Conversation, message.Seq, number), AttachmentState.Waiting));
            session.Execute(
                Insert, message.Conversation.Value, message.Seq, number, tenant.Value, message.Person!.Value.Value, AttachmentState.Waiting, attempts,
                message.At);
        }

        return message with { Files = files };
    }

    /// <summary>
    /// Keeps the files of a message that was just added, in its own unit: they are there with it or not at all. A reply has no more bytes of them
    /// than one file may have, so the one writer is held up no longer than a moment.
    /// </summary>
    public static Message Keep(WriteSession session, PersonKey key, TenantId tenant, Message message, IReadOnlyList<OutgoingFile> files)
    {
        var kept = new List<AttachmentFile>(files.Count);
        foreach (var file in files)
        {
            var (id, count) = (new AttachmentId(message.Conversation, message.Seq, kept.Count + 1), PieceCount(file.Content.Length));
            session.Execute(
                InsertKept, id.Conversation.Value, id.Seq, id.Number, tenant.Value, key.Person.Value, AttachmentState.Kept, file.MediaType,
                (long)file.Content.Length, count, message.At);
            for (var piece = 0; piece < count; piece++)
            {
                AddPiece(session, key, tenant, id, piece, count, PieceOf(file.Content, piece));
            }

            kept.Add(new AttachmentFile(id, AttachmentState.Kept, file.MediaType, file.Content.Length));
        }

        return files.Count == 0 ? message : message with { Files = kept };
    }

    /// <summary>An empty file has an empty piece, so that none can be made empty.</summary>
    public static int PieceCount(long length) => (int)Math.Max(1, (length + ChunkSize - 1) / ChunkSize);

    public static ReadOnlyMemory<byte> PieceOf(ReadOnlyMemory<byte> content, int piece)
        => content[(piece * ChunkSize)..Math.Min(content.Length, (piece + 1) * ChunkSize)];

    /// <summary>Adds a sealed piece; the key is that of the file's person.</summary>
    public static void AddPiece(WriteSession session, PersonKey key, TenantId tenant, AttachmentId id, int piece, int count, ReadOnlyMemory<byte> content)
        => session.Execute(
            InsertPiece, id.Conversation.Value, id.Seq, id.Number, tenant.Value, piece, key.Seal(Place(id, piece, count), content.Span));

    /// <summary>Where a piece is sealed: it does not open as another one, of another file, or of fewer.</summary>
    public static string Place(AttachmentId id, int piece, int count)
        => string.Create(CultureInfo.InvariantCulture, $"attachment_chunks/{id.Conversation.Value}/{id.Seq}/{id.Number}/{piece}/{count}/body");

    /// <summary>Removes the files of a message that was taken back, or has others now.</summary>
    public static void Delete(WriteSession session, ConversationId conversation, long seq)
    {
        session.Execute(DeletePieces, conversation.Value, seq);
        session.Execute(DeleteFiles, conversation.Value, seq);
    }

    public static Message WithFiles(SqlSession session, TenantId tenant, Message message) => WithFiles(session, tenant, [message])[0];

    /// <summary>Adds what became of their files to messages of one conversation, in their order; asks only when one has any.</summary>
    public static List<Message> WithFiles(SqlSession session, TenantId tenant, List<Message> messages)
    {
        var withFiles = messages.Where(message => message.Attachments.Count > 0).ToList();
        if (withFiles.Count == 0)
        {
            return messages;
        }

        var files = session.Query(
            Range, r => MapFile(r), tenant.Value, withFiles[0].Conversation.Value, withFiles.Min(m => m.Seq), withFiles.Max(m => m.Seq)).ToLookup(file => file.Id.Seq);
        return messages.ConvertAll(message => message.Attachments.Count == 0 ? message : message with { Files = [.. files[message.Seq]] });
    }

    /// <summary>Reads <see cref="FileColumns"/>.</summary>
    public static AttachmentFile MapFile(SqlRow r) => new(
        new AttachmentId(new ConversationId(r.GetGuid(0)), r.GetInt64(1), r.GetInt32(2)), r.Enum<AttachmentState>(3), r.TextOrNull(4),
        r.IsDBNull(5) ? null : r.GetInt64(5), r.TextOrNull(6) is { } reason ? Phrase.Parse(reason) : null);
}
