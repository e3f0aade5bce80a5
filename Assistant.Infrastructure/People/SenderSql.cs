using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Inbox;
using Assistant.Domain.Messaging.Outbox;
using Assistant.Domain.Observability;
using Assistant.Domain.People;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Conversations;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Security.Sealing;
using Assistant.Infrastructure.Tenancy;

namespace Assistant.Infrastructure.People;

/// <summary>Who is speaking, inside a unit of work: the identity and standing of a sender, and their pairing request.</summary>
internal static class SenderSql
{
    private const string Find =
        "SELECT i.person_id, s.standing, i.display_name, p.locale FROM identities i LEFT JOIN people p ON p.id = i.person_id "
        + "LEFT JOIN standings s ON s.person_id = i.person_id AND s.connection_id = @p3 WHERE i.tenant_id = @p0 AND i.channel_type = @p1 AND i.external_id = @p2";

    private const string HasOtherAccount = "SELECT 1 FROM identities WHERE person_id = @p0 AND channel_type = @p1 AND external_id <> @p2";

    private const string InsertPerson =
        "INSERT INTO people (id, tenant_id, display_name, locale, created_at) VALUES (@p0, @p1, @p2, @p3, @p4)";

    private const string InsertIdentity =
        "INSERT INTO identities (id, tenant_id, person_id, channel_type, external_id, display_name) VALUES (@p0, @p1, @p2, @p3, @p4, @p5)";

    private const string Rename = "UPDATE identities SET display_name = @p3 WHERE tenant_id = @p0 AND channel_type = @p1 AND external_id = @p2";

    // A person goes by their account's name; whoever goes by another keeps it.
    private const string RenamePerson = "UPDATE people SET display_name = @p2 WHERE id = @p0 AND tenant_id = @p1 AND display_name = @p3";

    private const string ChangeLocale = "UPDATE people SET locale = @p2 WHERE id = @p0 AND tenant_id = @p1";

    private const string OpenRequest =
        "SELECT id, expires_at FROM pairing_requests WHERE connection_id = @p0 AND person_id = @p1 AND decision = 'Pending'";

    private const string ExpireRequest = "UPDATE pairing_requests SET decision = 'Unknown' WHERE id = @p0";

    private const string InsertRequest =
        "INSERT INTO pairing_requests (id, tenant_id, connection_id, person_id, conversation_id, code, requested_at, expires_at, decision) "
        + "VALUES (@p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7, 'Pending')";

    private const string Replace =
        "UPDATE identities SET person_id = @p3, display_name = @p4 WHERE tenant_id = @p0 AND channel_type = @p1 AND external_id = @p2";

    /// <summary>The sender as a person; who was forgotten comes back as a stranger.</summary>
    /// <remarks>
    /// Who is known by their former id is known by both from then on. Once only: an id that leads to somebody who has another one already, such as a phone
    /// number, was handed on, and whoever has it now is somebody else.
    /// </remarks>
    public static SenderStanding Resolve(WriteSession session, PersonKeyRing keys, Connection connection, ExternalSender sender, DateTimeOffset now)
    {
        var known = FindBy(sender.ExternalId);
        var isForgotten = known.Person != Guid.Empty && IsForgotten(known.Person);
        if (known.Person == Guid.Empty && sender.FormerId is { } former && FindBy(former) is var before && before.Person != Guid.Empty
            && !IsForgotten(before.Person) && !session.QueryFirst(HasOtherAccount, _ => true, before.Person, connection.ChannelType, former))
        {
            known = before;
            session.Execute(
                InsertIdentity, Guid.CreateVersion7(now), connection.Tenant.Value, known.Person, connection.ChannelType, sender.ExternalId, known.Name);
        }

        if (known.Person != Guid.Empty && !isForgotten)
        {
            if (known.Name != sender.DisplayName && sender is { DisplayName.Length: > 0, IsStandIn: false })
            {
                session.Execute(Rename, connection.Tenant.Value, connection.ChannelType, sender.ExternalId, sender.DisplayName);
                session.Execute(RenamePerson, known.Person, connection.Tenant.Value, sender.DisplayName, known.Name);
            }

            if (sender.Locale is { } locale && locale != known.Locale)
            {
                session.Execute(ChangeLocale, known.Person, connection.Tenant.Value, locale);
            }

            return new SenderStanding(new PersonId(known.Person), known.Standing);
        }

        if (!SqlTenantDirectory.Exists(session, connection.Tenant))
        {
            throw new TenantUnknownException(connection.Tenant);
        }

        var person = new PersonId(Guid.CreateVersion7(now));
        var name = sender.DisplayName.Length > 0 ? sender.DisplayName : sender.ExternalId;
        session.Execute(InsertPerson, person.Value, connection.Tenant.Value, name, sender.Locale, now);
        if (isForgotten)
        {
            session.Execute(Replace, connection.Tenant.Value, connection.ChannelType, sender.ExternalId, person.Value, name);
        }
        else
        {
            session.Execute(
                InsertIdentity, Guid.CreateVersion7(now), connection.Tenant.Value, person.Value, connection.ChannelType, sender.ExternalId, name);
        }

        return new SenderStanding(person, Standing.Unknown);

        (Guid Person, Standing Standing, string Name, string? Locale) FindBy(string externalId) => session.QueryFirst(
            Find, r => (r.GetGuid(0), r.IsDBNull(1) ? Standing.Unknown : r.Enum<Standing>(1), r.GetString(2), r.TextOrNull(3)),
            connection.Tenant.Value, connection.ChannelType, externalId, connection.Id.Value);

        bool IsForgotten(Guid one) => keys.Find(new PersonId(one)) is { IsDestroyed: true };
    }

    public static InboxOutcome OpenPairing(
        WriteSession session, PersonKeyRing keys, Connection connection, PersonId person, InboundMessage message, Admission.Pair pair, DateTimeOffset now)
    {
        var open = session.QueryFirst(OpenRequest, r => (Id: r.GetGuid(0), ExpiresAt: r.Time(1)), connection.Id.Value, person.Value);
        if (open.Id != Guid.Empty)
        {
            if (open.ExpiresAt > now)
            {
                return new InboxOutcome.PairingOpen(null, null);
            }

            session.Execute(ExpireRequest, open.Id);
        }

        var (conversation, _) = ConversationSql.FindOrOpen(session, connection.Tenant, connection.Id, message.Chat, person, now);
        var request = Guid.CreateVersion7(now);
        session.Execute(
            InsertRequest, request, connection.Tenant.Value, connection.Id.Value, person.Value, conversation.Id.Value, pair.Code.Value, now,
            pair.Code.ExpiresAt);
        var position = session.Audit(new AuditDraft(
            connection.Tenant, now, new Actor("person", person.ToString(), ""), AuditActions.PairingRequested,
            $"pairing/{request}", connection.Id.Value, AuditDraft.NoDetails));
        session.Publish(new LiveEvent.PairingChanged(connection.Tenant));
        return new InboxOutcome.PairingOpen(conversation.Id, Notices.Queue(session, keys.FindOrMake(person), conversation, pair.Notice, position, now, mayClaim: true));
    }
}

/// <summary>Messages of the product itself to a person, such as a pairing code.</summary>
internal static class Notices
{
    /// <param name="key">Of whom it is for.</param>
    /// <param name="mayClaim">Whether the caller hands a claimed row to the sender.</param>
    public static OutboxEntry? Queue(
        WriteSession session, PersonKey key, Conversation conversation, string text, long position, DateTimeOffset now, bool mayClaim)
    {
        var body = new MessageBody(text);
        var message = new Message(
            conversation.Id, conversation.LastSeq + 1, Guid.CreateVersion7(now), AuthorKind.System, "Assistant", body, [], false, now, DeliveryState.Stored,
            Person: key.Person);
        MessageSql.Add(session, key, conversation.Tenant, message, position);
        session.Publish(new LiveEvent.MessageChanged(conversation.Tenant, message));
        return MessageSql.Queue(session, key, conversation, message, [body], null, byAssistant: false, mayClaim);
    }
}
