using System.Globalization;
using System.Text.Json;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Outbox;
using Assistant.Domain.People;
using Assistant.Domain.Tenancy;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Security.Sealing;

namespace Assistant.Infrastructure.Conversations;

/// <summary>The statements every writer of messages shares: the message, its conversation's list row, its outbox rows.</summary>
internal static class MessageSql
{
    public const string MessageColumns =
        "m.conversation_id, m.seq, m.id, m.author, m.author_name, m.text, m.buttons, m.attachments, m.is_note, m.at, m.delivery, "
        + "m.external_id, m.edited_at, m.deleted_at, m.turn_id, m.person_id, m.body";

    public const string OutboxColumns =
        "o.id, o.tenant_id, o.conversation_id, o.connection_id, c.chat_id, c.thread_id, c.is_group, c.chat_title, o.message_seq, o.part, "
        + "o.is_last_part, o.text, o.buttons, o.reply_to, o.by_assistant, o.attempts, o.may_repeat, c.version, o.created_at, o.due_at, o.state, o.person_id, o.body";

    private const int PreviewLength = 140;

    private const string Insert =
        "INSERT INTO messages (conversation_id, seq, id, tenant_id, author, author_name, person_id, body, text, is_note, at, delivery, "
        + "external_id, edited_at, deleted_at, turn_id, position) "
        + "VALUES (@p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7, '', @p8, @p9, @p10, @p11, @p12, @p13, @p14, @p15) "
        + "ON CONFLICT (conversation_id, external_id) WHERE external_id IS NOT NULL DO NOTHING";

    private const string Advance =
        "UPDATE conversations SET last_seq = @p1, last_at = @p2 WHERE id = @p0";

    private const string InsertOutbox =
        "INSERT INTO outbox (id, tenant_id, conversation_id, connection_id, message_seq, part, is_last_part, person_id, body, text, reply_to, "
        + "by_assistant, state, attempts, may_repeat, due_at, created_at) "
        + "VALUES (@p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7, @p8, '', @p9, @p10, @p11, @p12, @p13, @p14, @p15)";

    private const string HasOpenOutbox =
        "SELECT 1 FROM outbox WHERE conversation_id = @p0 AND state IN ('Pending', 'Sending') LIMIT 1";

    /// <summary>Adds a message; <see langword="false"/> when the conversation already has one with its external id.</summary>
    /// <param name="key">Of the person the message is of: seals it.</param>
    /// <param name="position">The audit event that records it.</param>
    public static bool Add(WriteSession session, PersonKey key, TenantId tenant, Message message, long position)
    {
        var added = session.Execute(
            Insert, message.Conversation.Value, message.Seq, message.Id, tenant.Value, message.Author, message.AuthorName, key.Person.Value,
            message.DeletedAt is null ? Seal(key, message) : null, message.IsNote, message.At, message.Delivery,
            message.ExternalId, message.EditedAt, message.DeletedAt, message.TurnId, position) == 1;
        if (added)
        {
            session.Execute(Advance, message.Conversation.Value, message.Seq, message.At);
        }

        return added;
    }

    /// <summary>Queues a message's parts; the first is claimed when nothing of the conversation waits before it.</summary>
    /// <param name="mayClaim">Whether the caller hands a claimed row to the sender.</param>
    public static OutboxEntry? Queue(
        WriteSession session, PersonKey key, Conversation conversation, Message message, IReadOnlyList<MessageBody> parts, string? replyTo, bool byAssistant,
        bool mayClaim = true)
    {
        var isFree = mayClaim && session.QueryFirst(HasOpenOutbox, _ => true, conversation.Id.Value) is false;
        OutboxEntry? claimed = null;
        for (var part = 0; part < parts.Count; part++)
        {
            var isClaimed = isFree && part == 0;
            var entry = AddPart(session, key, conversation, message, parts, part, replyTo, byAssistant, isClaimed ? OutboxState.Sending : OutboxState.Pending);
            claimed ??= isClaimed ? entry : null;
        }

        return claimed;
    }

    /// <summary>Puts the parts of a reply of the assistant down as held: nothing sends them until an operator decides.</summary>
    public static void Hold(WriteSession session, PersonKey key, Conversation conversation, Message message, IReadOnlyList<MessageBody> parts, string? replyTo)
    {
        for (var part = 0; part < parts.Count; part++)
        {
            AddPart(session, key, conversation, message, parts, part, replyTo, byAssistant: true, OutboxState.Held);
        }
    }

    private static OutboxEntry AddPart(
        WriteSession session, PersonKey key, Conversation conversation, Message message, IReadOnlyList<MessageBody> parts, int part, string? replyTo,
        bool byAssistant, OutboxState state)
    {
        var entry = new OutboxEntry(
            Guid.CreateVersion7(message.At), conversation.Tenant, conversation.Id, conversation.Connection, conversation.Chat, message.Seq,
            part, part == parts.Count - 1, parts[part], part == 0 ? replyTo : null, byAssistant, state == OutboxState.Sending ? 1 : 0, false,
            conversation.Version, message.At);
        session.Execute(
            InsertOutbox, entry.Id, entry.Tenant.Value, entry.Conversation.Value, entry.Connection.Value, entry.MessageSeq, entry.Part,
            entry.IsLastPart, key.Person.Value, key.Seal(OutboxPlace(entry.Id), StoredContent.Encode(entry.Body, [])), entry.ReplyToExternalId,
            entry.ByAssistant, state, entry.Attempts, false, entry.CreatedAt, entry.CreatedAt);
        return entry;
    }

    /// <summary>Where a message's content is sealed.</summary>
    public static string Place(Guid conversation, long seq) => string.Create(CultureInfo.InvariantCulture, $"messages/{conversation}/{seq}/body");

    /// <summary>Where the content of a row of the outbox is sealed.</summary>
    public static string OutboxPlace(Guid id) => $"outbox/{id}/body";

    /// <summary>The content of a message as its row keeps it.</summary>
    public static byte[] Seal(PersonKey key, Message message)
        => key.Seal(Place(message.Conversation.Value, message.Seq), StoredContent.Encode(message.Body, message.Attachments));

    /// <summary>Reads <see cref="MessageColumns"/>, starting at a column.</summary>
    public static StoredMessage MapMessage(SqlRow r, int at = 0) => new(
        new Message(
            new ConversationId(r.GetGuid(at)), r.GetInt64(at + 1), r.GetGuid(at + 2), r.Enum<AuthorKind>(at + 3), r.GetString(at + 4),
            new MessageBody(r.GetString(at + 5), Buttons(r.TextOrNull(at + 6))), Attachments(r.TextOrNull(at + 7)), r.GetBoolean(at + 8),
            r.Time(at + 9), r.Enum<DeliveryState>(at + 10), r.TextOrNull(at + 11), r.TimeOrNull(at + 12), r.TimeOrNull(at + 13), r.GuidOrNull(at + 14),
            r.GuidOrNull(at + 15) is { } person ? new PersonId(person) : null),
        r.IsDBNull(at + 16) ? null : r.GetBytes(at + 16));

    /// <summary>Reads <see cref="OutboxColumns"/>; the body is opened afterwards.</summary>
    public static (OutboxEntry Entry, StoredContent Content) MapOutbox(SqlRow r) => (
        new OutboxEntry(
            r.GetGuid(0), new TenantId(r.GetString(1)), new ConversationId(r.GetGuid(2)), new ConnectionId(r.GetString(3)), MapChat(r, 4),
            r.GetInt64(8), r.GetInt32(9), r.GetBoolean(10), new MessageBody(r.GetString(11), Buttons(r.TextOrNull(12))), r.TextOrNull(13),
            r.GetBoolean(14), r.GetInt32(15), r.GetBoolean(16), r.GetInt64(17), r.Time(18)),
        new StoredContent(r.GuidOrNull(21), r.IsDBNull(22) ? null : r.GetBytes(22), OutboxPlace(r.GetGuid(0)), r.GetString(11), r.TextOrNull(12)));

    /// <summary>Reads chat id, thread id, is group, title.</summary>
    public static ExternalChat MapChat(SqlRow r, int at)
        => new(r.GetString(at), r.GetString(at + 1) is { Length: > 0 } thread ? thread : null, r.GetBoolean(at + 2), r.TextOrNull(at + 3));

    public static IReadOnlyList<MessageButton> Buttons(string? json) => json is null ? [] : JsonSerializer.Deserialize<MessageButton[]>(json)!;

    public static IReadOnlyList<Attachment> Attachments(string? json) => json is null ? [] : JsonSerializer.Deserialize<Attachment[]>(json)!;

    /// <summary>First line of a text, for lists; never cuts a surrogate pair.</summary>
    public static string Preview(string text)
    {
        var end = text.AsSpan().IndexOfAny('\r', '\n');
        var line = Legible.Cut(end < 0 ? text : text[..end], PreviewLength);
        return line.Length == text.Length ? text : line + "…";
    }
}
