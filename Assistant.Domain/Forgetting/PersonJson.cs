using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Assistant.Domain.Attachments;
using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Memory;
using Assistant.Domain.Messaging;
using Assistant.Domain.People;
using Assistant.Domain.People.Accounts;
using Assistant.Domain.People.Links;

namespace Assistant.Domain.Forgetting;

/// <summary>The machine-readable export of a person, version 1; see docs/api.md.</summary>
internal sealed class PersonJson(Stream target) : IAsyncDisposable
{
    private const string Format = "assistant-person-export";
    private const int Version = 1;

    private readonly Utf8JsonWriter _json = new(
        target, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) });

    public void Begin(PersonRow row, DateTimeOffset now)
    {
        _json.WriteStartObject();
        _json.WriteString("format", Format);
        _json.WriteNumber("version", Version);
        _json.WriteString("exportedAt", now);
        _json.WriteString("tenant", row.Person.Tenant.Value);
        _json.WriteStartObject("person");
        _json.WriteString("id", row.Person.Id.Value);
        _json.WriteString("displayName", row.Person.DisplayName);
        _json.WriteString("locale", row.Person.Locale);
        _json.WriteString("createdAt", row.Person.CreatedAt);
        WriteTime("lastSeenAt", row.LastSeenAt);
        _json.WriteEndObject();
        _json.WriteStartArray("identities");
        foreach (var identity in row.Identities)
        {
            _json.WriteStartObject();
            _json.WriteString("channelType", identity.ChannelType);
            _json.WriteString("externalId", identity.ExternalId);
            _json.WriteString("displayName", identity.DisplayName);
            _json.WriteEndObject();
        }

        _json.WriteEndArray();
        _json.WriteStartArray("standings");
        foreach (var standing in row.Standings)
        {
            _json.WriteStartObject();
            _json.WriteString("connection", standing.Connection.Value);
            WriteWord("standing", standing.Standing);
            _json.WriteEndObject();
        }

        _json.WriteEndArray();
    }

    public void Links(PersonId person, IReadOnlyList<PersonLink> links)
    {
        _json.WriteStartArray("links");
        foreach (var link in links)
        {
            _json.WriteStartObject();
            _json.WriteString("person", link.OtherThan(person).Value);
            WriteWord("proof", link.Proof);
            _json.WriteString("linkedAt", link.LinkedAt);
            _json.WriteEndObject();
        }

        _json.WriteEndArray();
    }

    public void Account(PersonAccount? account)
    {
        if (account is null)
        {
            _json.WriteNull("account");
            return;
        }

        _json.WriteStartObject("account");
        _json.WriteString("email", account.Email);
        _json.WriteString("linkedAt", account.LinkedAt);
        _json.WriteEndObject();
    }

    public void Facts(IReadOnlyList<Fact> facts)
    {
        _json.WriteStartArray("facts");
        foreach (var fact in facts)
        {
            _json.WriteStartObject();
            _json.WriteString("text", fact.Text);
            _json.WriteString("statedAt", fact.StatedAt);
            _json.WriteString("conversation", fact.SourceConversation.Value);
            _json.WriteNumber("message", fact.SourceSeq);
            _json.WriteEndObject();
        }

        _json.WriteEndArray();
    }

    public void BeginConversations() => _json.WriteStartArray("conversations");

    public void BeginConversation(PersonConversation conversation)
    {
        _json.WriteStartObject();
        _json.WriteString("id", conversation.Id.Value);
        _json.WriteString("connection", conversation.Connection.Value);
        _json.WriteString("title", conversation.Title);
        _json.WriteBoolean("isGroup", conversation.IsGroup);
        WriteWord("status", conversation.Status);
        _json.WriteString("createdAt", conversation.CreatedAt);
        _json.WriteString("lastAt", conversation.LastAt);
        WriteTime("preferredAt", conversation.PreferredAt);
        if (conversation.ContinuedFrom is { } from)
        {
            _json.WriteString("continuedFrom", from.Value);
        }
        else
        {
            _json.WriteNull("continuedFrom");
        }

        WriteTime("continuedAt", conversation.ContinuedAt);
        _json.WriteStartArray("messages");
    }

    public void BeginMessage(Message message)
    {
        _json.WriteStartObject();
        _json.WriteNumber("seq", message.Seq);
        _json.WriteString("at", message.At);
        WriteWord("author", message.Author);
        _json.WriteString("authorName", message.AuthorName);
        _json.WriteBoolean("isNote", message.IsNote);
        _json.WriteString("text", message.Body.Markdown);
        if (message.Body.InReplyTo is { } reference)
        {
            WriteReference(reference);
        }

        WriteWord("delivery", message.Delivery);
        WriteTime("editedAt", message.EditedAt);
        WriteTime("deletedAt", message.DeletedAt);
        _json.WriteStartArray("buttons");
        foreach (var button in message.Body.Buttons)
        {
            _json.WriteStringValue(button.Label);
        }

        _json.WriteEndArray();
        _json.WriteStartArray("attachments");
    }

    private void WriteReference(MessageReference reference)
    {
        _json.WriteStartObject("inReplyTo");
        if (reference.Seq is { } seq)
        {
            _json.WriteNumber("seq", seq);
        }

        if (reference.Elsewhere is { } far)
        {
            _json.WriteString("conversation", far.Conversation.Value);
            _json.WriteNumber("seq", far.Seq);
        }

        if (reference.Quote is { } quote)
        {
            _json.WriteString("quote", quote.Text);
            _json.WriteString("quotedFrom", quote.By);
        }

        _json.WriteEndObject();
    }

    // How a channel fetches a file may be a secret of the messenger's, so that is left out.
    public void BeginFile(Attachment named, AttachmentFile? file)
    {
        _json.WriteStartObject();
        _json.WriteString("kind", named.Kind);
        _json.WriteString("fileName", named.FileName);
        _json.WriteString("mediaType", file?.MediaType ?? named.MediaType);
        if ((file?.SizeBytes ?? named.SizeBytes) is { } size)
        {
            _json.WriteNumber("sizeBytes", size);
        }

        if (file is not null)
        {
            WriteWord("state", file.State);
        }
    }

    public void BeginContent() => _json.WritePropertyName("content");

    public void Content(ReadOnlySpan<byte> piece) => _json.WriteBase64StringSegment(piece, isFinalSegment: false);

    public void EndContent() => _json.WriteBase64StringSegment([], isFinalSegment: true);

    public void EndFile() => _json.WriteEndObject();

    public void EndMessage(Message message)
    {
        _json.WriteEndArray();
        _json.WriteStartArray("reactions");
        foreach (var reaction in message.Reactions)
        {
            _json.WriteStringValue(reaction.Name);
        }

        _json.WriteEndArray();
        _json.WriteEndObject();
    }

    public void BeginTurns()
    {
        _json.WriteEndArray();
        _json.WriteStartArray("turns");
    }

    public void Turns(IReadOnlyList<PersonTurn> turns)
    {
        foreach (var turn in turns)
        {
            _json.WriteStartObject();
            _json.WriteNumber("message", turn.Seq);
            WriteWord("result", turn.Result);
            _json.WriteString("engine", turn.Engine);
            _json.WriteString("model", turn.Model);
            _json.WriteNumber("inputTokens", turn.InputTokens);
            _json.WriteNumber("outputTokens", turn.OutputTokens);
            _json.WriteString("finishedAt", turn.FinishedAt);
            _json.WriteEndObject();
        }
    }

    public void EndConversation()
    {
        _json.WriteEndArray();
        _json.WriteEndObject();
    }

    public void BeginEvents()
    {
        _json.WriteEndArray();
        _json.WriteStartArray("events");
    }

    public void Events(IReadOnlyList<AuditEvent> events)
    {
        foreach (var written in events)
        {
            _json.WriteStartObject();
            _json.WriteNumber("seq", written.Seq);
            _json.WriteString("at", written.What.At);
            _json.WriteString("action", written.What.Action);
            _json.WriteString("subject", written.What.Subject);
            _json.WriteString("origin", written.What.Origin);
            _json.WriteEndObject();
        }
    }

    public void End()
    {
        _json.WriteEndArray();
        _json.WriteEndObject();
    }

    public Task FlushAsync(CancellationToken cancellationToken) => _json.FlushAsync(cancellationToken);

    public ValueTask DisposeAsync() => _json.DisposeAsync();

    private void WriteTime(string name, DateTimeOffset? at)
    {
        if (at is { } time)
        {
            _json.WriteString(name, time);
        }
        else
        {
            _json.WriteNull(name);
        }
    }

    private void WriteWord(string name, Enum word) => _json.WriteString(name, JsonNamingPolicy.CamelCase.ConvertName(word.ToString()));
}
