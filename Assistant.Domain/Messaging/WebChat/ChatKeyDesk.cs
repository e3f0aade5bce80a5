using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Security.EndToEnd;
using Assistant.Domain.Security.StepUp;
using Assistant.Domain.Tenancy;

namespace Assistant.Domain.Messaging.WebChat;

/// <summary>What people do with the keys of web chats.</summary>
public sealed class ChatKeyDesk(ChatIdentities identities, IChatIdentityStore store, IKeyAgreement agreement, IStepUpGuard guard, TimeProvider clock)
{
    /// <inheritdoc cref="ChatIdentities.ShowAsync"/>
    public async Task<ChatKeyOutcome> ShowAsync(Caller caller, string name, CancellationToken cancellationToken)
        => Slug.IsValid(name) ? await identities.ShowAsync(caller, new ConnectionId(name), cancellationToken) : new ChatKeyOutcome.NotFound();

    /// <summary>
    /// Gives a web chat a new key. Browsers that knew the old one stop at their next line and warn whoever sits there; lines that are open
    /// have keys of their own and go on.
    /// </summary>
    /// <returns>What to compare from now on; <see langword="null"/> when it is no web chat that encrypts, or it went in the meantime.</returns>
    /// <exception cref="PermissionDeniedException">The caller may not.</exception>
    /// <exception cref="StepUpRequiredException">It wants proof first, for exactly the key that is to go.</exception>
    public async Task<ChatIdentity?> ReplaceAsync(Caller caller, string name, CancellationToken cancellationToken)
    {
        caller.Demand(Permissions.ChannelsManage);
        if (!Slug.IsValid(name) || await identities.FindSealedAsync(caller, new ConnectionId(name), cancellationToken) is not { } connection)
        {
            return null;
        }

        var before = ChatIdentity.Of(await identities.OfAsync(connection, cancellationToken));
        var subject = $"connection/{name}";
        await guard.DemandAsync(
            caller,
            new BoundOperation(SensitiveOperations.ConnectionKey, caller.Tenant, subject, [new("name", name), new("number", before.SafetyNumber)]),
            cancellationToken);
        var made = agreement.Create();
        var after = ChatIdentity.Of(made);
        var audit = caller.Audit(
            clock.GetUtcNow(), AuditActions.ChatKeyReplaced, subject, ("from", before.SafetyNumber), ("to", after.SafetyNumber));
        return await store.ReplaceAsync(connection, made.Private, audit, cancellationToken) ? after : null;
    }
}
