// Sealed content: 0 | text in UTF-8, or, when there is more than text, 1 | JSON of text, buttons, attachments, the text in Chinese, the number of the file a part shows,
// whether it was forwarded and what it answers. Nearly every message is of the first kind.
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.People;
using Assistant.Infrastructure.Security.Sealing;

namespace Assistant.Infrastructure.Conversations;

/// <summary>What a row says, as it lies there.</summary>
/// <param name="Person">Whose key seals it.</param>
/// <param name="Sealed"><see langword="null"/> when there is nothing, or when it lies there in plain text from an earlier version.</param>
/// <param name="Place">Where it was sealed.</param>
/// <param name="Text">The plain text of an earlier version; empty once sealed.</param>
internal sealed record StoredContent(Guid? Person, byte[]? Sealed, string Place, string Text, string? Buttons = null, string? Attachments = null)
{
    private const byte TextAlone = 0;
    private const byte Everything = 1;

    /// <summary>Whether it still lies there as an earlier version stored it.</summary>
    public bool IsPlain => Sealed is null && (Text.Length > 0 || Buttons is not null || Attachments is not null);

    /// <summary>The content; <see cref="MessageBody.Forgotten"/> when the person's key was destroyed.</summary>
    public (MessageBody Body, IReadOnlyList<Attachment> Attachments) Open(PersonKeyRing keys)
        => Sealed is null ? (new MessageBody(Text, MessageSql.Buttons(Buttons)), MessageSql.Attachments(Attachments))
            : keys.Open(new PersonId(Person!.Value), Place, Sealed) is { } content ? Decode(content)
            : (MessageBody.Forgotten, []);

    /// <summary>The text alone; <see langword="null"/> when the person's key was destroyed.</summary>
    public string? OpenText(PersonKeyRing keys) => Open(keys).Body is { IsForgotten: false } body ? body.Markdown : null;

    public static byte[] Encode(MessageBody body, IReadOnlyList<Attachment> attachments)
    {
        // What a column of text cannot hold is replaced here as it was there, so that nothing depends on where a text lies.
        var text = AuditText.Storable(body.Markdown);
        if (body.Buttons.Count == 0 && attachments.Count == 0 && body is { Chinese: null, File: null, IsForwarded: false, InReplyTo: null })
        {
            var bytes = new byte[1 + Encoding.UTF8.GetByteCount(text)];
            bytes[0] = TextAlone;
            Encoding.UTF8.GetBytes(text, bytes.AsSpan(1));
            return bytes;
        }

        var whole = new Whole(text, [.. body.Buttons], [.. attachments], body.Chinese, body.File, body.IsForwarded, body.InReplyTo);
        return [Everything, .. JsonSerializer.SerializeToUtf8Bytes(whole)];
    }

    public static (MessageBody Body, IReadOnlyList<Attachment> Attachments) Decode(ReadOnlySpan<byte> content)
    {
        if (content[0] == TextAlone)
        {
            return (new MessageBody(Encoding.UTF8.GetString(content[1..])), []);
        }

        var whole = JsonSerializer.Deserialize<Whole>(content[1..])!;
        var body = new MessageBody(whole.Text, whole.Buttons)
        {
            Chinese = whole.Chinese,
            File = whole.File,
            IsForwarded = whole.IsForwarded,
            InReplyTo = whole.InReplyTo,
        };
        return (body, whole.Attachments);
    }

    private sealed record Whole(
        string Text, MessageButton[] Buttons, Attachment[] Attachments,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Chinese = null,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? File = null,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool IsForwarded = false,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] MessageReference? InReplyTo = null);
}

/// <summary>A message as it lies in its row: its content is opened apart, with keys read once for many.</summary>
/// <param name="Message">Without its content, or with the plain one of an earlier version.</param>
internal sealed record StoredMessage(Message Message, byte[]? Body)
{
    public Message Open(PersonKeyRing keys)
    {
        if (Body is null)
        {
            return Message;
        }

        if (keys.Open(Message.Person!.Value, MessageSql.Place(Message.Conversation.Value, Message.Seq), Body) is not { } content)
        {
            return Message with { Body = MessageBody.Forgotten, Attachments = [] };
        }

        var (body, attachments) = StoredContent.Decode(content);
        return Message with { Body = body, Attachments = attachments };
    }
}
