using System.Text.Json;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Outbox;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Persistence;

namespace Assistant.Infrastructure.Conversations;

/// <summary>The statements every writer of messages shares: the message, its conversation's list row, its outbox rows.</summary>
internal static class MessageSql
{
    public const string MessageColumns =
        "m.conversation_id, m.seq, m.id, m.author, m.author_name, m.text, m.buttons, m.attachments, m.is_note, m.at, m.delivery, "
        + "m.external_id, m.edited_at, m.deleted_at, m.turn_id";

    public const string OutboxColumns =
        "o.id, o.tenant_id, o.conversation_id, o.connection_id, c.chat_id, c.thread_id, c.is_group, c.chat_title, o.message_seq, o.part, "
        + "o.is_last_part, o.text, o.buttons, o.reply_to, o.by_assistant, o.attempts, o.may_repeat, c.version, o.created_at, o.due_at, o.state";

    private const int PreviewLength = 140;

    private const string Insert =
        "INSERT INTO messages (conversation_id, seq, id, tenant_id, author, author_name, text, buttons, attachments, is_note, at, delivery, "
        + "external_id, edited_at, deleted_at, turn_id, position) "
        + "VALUES (@p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7, @p8, @p9, @p10, @p11, @p12, @p13, @p14, @p15, @p16) "
        + "ON CONFLICT (conversation_id, external_id) WHERE external_id IS NOT NULL DO NOTHING";

    private const string Advance =
        "UPDATE conversations SET last_seq = @p1, last_at = @p2 WHERE id = @p0";

    private const string InsertOutbox =
        "INSERT INTO outbox (id, tenant_id, conversation_id, connection_id, message_seq, part, is_last_part, text, buttons, reply_to, "
        + "by_assistant, state, attempts, may_repeat, due_at, created_at) "
        + "VALUES (@p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7, @p8, @p9, @p10, @p11, @p12, @p13, @p14, @p15)";

    private const string HasOpenOutbox =
        "SELECT 1 FROM outbox WHERE conversation_id = @p0 AND state IN ('Pending', 'Sending') LIMIT 1";

    /// <summary>Adds a message; <see langword="false"/> when the conversation already has one with its external id.</summary>
    /// <param name="position">The audit event that records it.</param>
    public static bool Add(WriteSession session, TenantId tenant, Message message, long position)
    {
        var added = session.Execute(
            Insert, message.Conversation.Value, message.Seq, message.Id, tenant.Value, message.Author, message.AuthorName,
            message.Body.Markdown, ButtonsJson(message.Body.Buttons), AttachmentsJson(message.Attachments), message.IsNote, message.At,
            message.Delivery, message.ExternalId, message.EditedAt, message.DeletedAt, message.TurnId, position) == 1;
        if (added)
        {
            session.Execute(Advance, message.Conversation.Value, message.Seq, message.At);
        }

        return added;
    }

    /// <summary>Queues a message's parts; the first is claimed when nothing of the conversation waits before it.</summary>
    /// <param name="mayClaim">Whether the caller hands a claimed row to the sender.</param>
    public static OutboxEntry? Queue(WriteSession session, Conversation conversation, Message message, IReadOnlyList<MessageBody> parts, string? replyTo, bool byAssistant, bool mayClaim = true)
    {
        var isFree = mayClaim && session.QueryFirst(HasOpenOutbox, _ => true, conversation.Id.Value) is false;
        OutboxEntry? claimed = null;
        for (var part = 0; part < parts.Count; part++)
        {
            var isClaimed = isFree && part == 0;
            var entry = AddPart(session, conversation, message, parts, part, replyTo, byAssistant, isClaimed ? OutboxState.Sending : OutboxState.Pending);
            claimed ??= isClaimed ? entry : null;
        }

        return claimed;
    }

    /// <summary>Puts the parts of a reply of the assistant down as held: nothing sends them until an operator decides.</summary>
    public static void Hold(WriteSession session, Conversation conversation, Message message, IReadOnlyList<MessageBody> parts)
    {
        for (var part = 0; part < parts.Count; part++)
        {
            AddPart(session, conversation, message, parts, part, null, byAssistant: true, OutboxState.Held);
        }
    }

    private static OutboxEntry AddPart(
        WriteSession session, Conversation conversation, Message message, IReadOnlyList<MessageBody> parts, int part, string? replyTo, bool byAssistant,
        OutboxState state)
    {
        var entry = new OutboxEntry(
            Guid.CreateVersion7(message.At), conversation.Tenant, conversation.Id, conversation.Connection, conversation.Chat, message.Seq,
            part, part == parts.Count - 1, parts[part], part == 0 ? replyTo : null, byAssistant, state == OutboxState.Sending ? 1 : 0, false,
            conversation.Version, message.At);
        session.Execute(
            InsertOutbox, entry.Id, entry.Tenant.Value, entry.Conversation.Value, entry.Connection.Value, entry.MessageSeq, entry.Part,
            entry.IsLastPart, entry.Body.Markdown, ButtonsJson(entry.Body.Buttons), entry.ReplyToExternalId, entry.ByAssistant,
            state, entry.Attempts, false, entry.CreatedAt, entry.CreatedAt);
        return entry;
    }

    /// <summary>Reads <see cref="MessageColumns"/>, starting at a column.</summary>
    public static Message MapMessage(SqlRow r, int at = 0) => new(
        new ConversationId(r.GetGuid(at)), r.GetInt64(at + 1), r.GetGuid(at + 2), r.Enum<AuthorKind>(at + 3), r.GetString(at + 4),
        new MessageBody(r.GetString(at + 5), Buttons(r.TextOrNull(at + 6))), Attachments(r.TextOrNull(at + 7)), r.GetBoolean(at + 8),
        r.Time(at + 9), r.Enum<DeliveryState>(at + 10), r.TextOrNull(at + 11), r.TimeOrNull(at + 12), r.TimeOrNull(at + 13), r.GuidOrNull(at + 14));

    /// <summary>Reads <see cref="OutboxColumns"/>.</summary>
    public static OutboxEntry MapOutbox(SqlRow r) => new(
        r.GetGuid(0), new TenantId(r.GetString(1)), new ConversationId(r.GetGuid(2)), new ConnectionId(r.GetString(3)), MapChat(r, 4),
        r.GetInt64(8), r.GetInt32(9), r.GetBoolean(10), new MessageBody(r.GetString(11), Buttons(r.TextOrNull(12))), r.TextOrNull(13),
        r.GetBoolean(14), r.GetInt32(15), r.GetBoolean(16), r.GetInt64(17), r.Time(18));

    /// <summary>Reads chat id, thread id, is group, title.</summary>
    public static ExternalChat MapChat(SqlRow r, int at)
        => new(r.GetString(at), r.GetString(at + 1) is { Length: > 0 } thread ? thread : null, r.GetBoolean(at + 2), r.TextOrNull(at + 3));

    public static string? ButtonsJson(IReadOnlyList<MessageButton> buttons) => buttons.Count == 0 ? null : JsonSerializer.Serialize(buttons);

    public static IReadOnlyList<MessageButton> Buttons(string? json) => json is null ? [] : JsonSerializer.Deserialize<MessageButton[]>(json)!;

    public static string? AttachmentsJson(IReadOnlyList<Attachment> attachments) => attachments.Count == 0 ? null : JsonSerializer.Serialize(attachments);

    public static IReadOnlyList<Attachment> Attachments(string? json) => json is null ? [] : JsonSerializer.Deserialize<Attachment[]>(json)!;

    /// <summary>First line of a text, for lists; never cuts a surrogate pair.</summary>
    public static string Preview(string text)
    {
        var end = text.AsSpan().IndexOfAny('\r', '\n');
        end = end < 0 ? text.Length : end;
        if (end > PreviewLength)
        {
            end = char.IsHighSurrogate(text[PreviewLength - 1]) ? PreviewLength - 1 : PreviewLength;
        }

        return end == text.Length ? text : text[..end] + "…";
    }
}
