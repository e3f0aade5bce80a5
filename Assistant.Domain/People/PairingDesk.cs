using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Outbox;
using Assistant.Domain.Observability;
using Assistant.Domain.Security;
using Assistant.Domain.Settings;

namespace Assistant.Domain.People;

/// <summary>What an operator decides about someone who asks to talk to the assistant.</summary>
public enum PairingDecision
{
    /// <summary>Let in, and told so.</summary>
    Approve,
    /// <summary>Not let in, and told so; may ask again.</summary>
    Decline,
    /// <summary>Not let in, not told, and not heard any more.</summary>
    Block,
}

/// <summary>What people at the console do about who may talk to the assistant.</summary>
public sealed class PairingDesk(
    IPeopleStore store, IConversationExecutor executor, IOutboxSignal signal, ILiveFeed feed, TimeProvider time)
{
    private static readonly LocalizedText ApprovedNotice = new(
        "You have been approved. Write to me whenever you like.", "您已通过批准，现在可以随时给我发消息了。");

    private static readonly LocalizedText DeclinedNotice = new(
        "Your request was declined. If you think this is a mistake, ask the person who runs this assistant.",
        "您的申请未获批准。如有疑问，请联系此助手的管理者。");

    /// <summary>Open pairing requests, oldest first.</summary>
    public Task<IReadOnlyList<PairingRequest>> ListAsync(Caller caller, CancellationToken cancellationToken)
    {
        caller.Demand(Permissions.PeopleRead);
        return store.ListPairingAsync(caller.Tenant, cancellationToken);
    }

    /// <summary>People by name.</summary>
    /// <param name="text">Part of a name, or <see langword="null"/>.</param>
    public Task<Page<PersonRow>> ListPeopleAsync(Caller caller, string? text, string? after, int limit, CancellationToken cancellationToken)
    {
        caller.Demand(Permissions.PeopleRead);
        return store.ListAsync(caller.Tenant, text, after, limit, cancellationToken);
    }

    /// <summary>One person, or <see langword="null"/>.</summary>
    public Task<PersonRow?> FindPersonAsync(Caller caller, PersonId person, CancellationToken cancellationToken)
    {
        caller.Demand(Permissions.PeopleRead);
        return store.FindAsync(caller.Tenant, person, cancellationToken);
    }

    /// <summary>Decides an open request and tells the person, in their language.</summary>
    /// <returns><see langword="false"/> when there is no such open request, or not any more.</returns>
    public async Task<bool> DecideAsync(Caller caller, Guid requestId, PairingDecision decision, CancellationToken cancellationToken)
    {
        caller.Demand(Permissions.PeopleManage);
        var request = (await store.ListPairingAsync(caller.Tenant, cancellationToken)).FirstOrDefault(r => r.Id == requestId);
        if (request is null)
        {
            return false;
        }

        var (standing, action, notice) = decision switch
        {
            PairingDecision.Approve => (Standing.Approved, AuditActions.PairingApproved, ApprovedNotice),
            PairingDecision.Decline => (Standing.Unknown, AuditActions.PairingDeclined, DeclinedNotice),
            PairingDecision.Block => (Standing.Blocked, AuditActions.PairingDeclined, null),
            _ => throw new ArgumentOutOfRangeException(nameof(decision)),
        };
        var text = notice is null ? null : await InTheirLanguageAsync(caller, request.Person, notice, cancellationToken);
        var audit = caller.Audit(
            time.GetUtcNow(), action, $"person/{request.Person}",
            ("connection", request.Connection.Value), ("standing", Name(standing)));
        if (await store.DecidePairingAsync(caller.Tenant, requestId, standing, text, audit, cancellationToken) is not { } decided)
        {
            return false;
        }

        if (decided.Conversation is { } conversation)
        {
            signal.Committed(conversation, claimed: null);
            executor.Wake(conversation);
            feed.Publish(new LiveEvent.ConversationChanged(caller.Tenant, conversation));
        }

        feed.Publish(new LiveEvent.PairingChanged(caller.Tenant));
        return true;
    }

    /// <summary>Allows, blocks or forgets a person on a connection.</summary>
    /// <param name="standing">Anything but <see cref="Standing.Pending"/>, which only a person's own request brings about.</param>
    /// <returns><see langword="false"/> when the person or the connection is unknown.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The standing is not one an operator gives.</exception>
    public async Task<bool> SetStandingAsync(
        Caller caller, PersonId person, ConnectionId connection, Standing standing, CancellationToken cancellationToken)
    {
        caller.Demand(Permissions.PeopleManage);
        if (standing is Standing.Pending || !Enum.IsDefined(standing))
        {
            throw new ArgumentOutOfRangeException(nameof(standing), standing, "Approve, block or forget a person.");
        }

        var before = (await store.FindAsync(caller.Tenant, person, cancellationToken))?.Standings.FirstOrDefault(known => known.Connection == connection);
        var audit = caller.Audit(
            time.GetUtcNow(), AuditActions.StandingChanged, $"person/{person}",
            [("connection", connection.Value), .. new AuditChanges().Add("standing", before is null ? null : Name(before.Standing), Name(standing)).Details]);
        if (!await store.SetStandingAsync(caller.Tenant, person, connection, standing, audit, cancellationToken))
        {
            return false;
        }

        feed.Publish(new LiveEvent.PairingChanged(caller.Tenant));
        return true;
    }

    private async Task<string> InTheirLanguageAsync(Caller caller, PersonId person, LocalizedText text, CancellationToken cancellationToken)
    {
        var row = await store.FindAsync(caller.Tenant, person, cancellationToken);
        return row?.Person.SpeaksChinese == true ? text.Chinese : text.English;
    }

    private static string Name(Standing standing) => standing.ToString().ToLowerInvariant();
}
