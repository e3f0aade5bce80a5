using Assistant.Domain.Security;
using Assistant.Domain.Security.EndToEnd;

namespace Assistant.Domain.Messaging.WebChat;

/// <summary>What a person compares, and hands on, to be sure of a web chat.</summary>
/// <param name="Key">The public key as base64url.</param>
/// <param name="SafetyNumber">The same, to be read out.</param>
public sealed record ChatIdentity(string Key, string SafetyNumber)
{
    public static ChatIdentity Of(KeyPair pair)
    {
        ArgumentNullException.ThrowIfNull(pair);
        return new(System.Buffers.Text.Base64Url.EncodeToString(pair.Public.Span), Security.EndToEnd.SafetyNumber.Of(pair.Public.Span));
    }
}

/// <summary>How looking for the key of a web chat ended.</summary>
public abstract record ChatKeyOutcome
{
    private ChatKeyOutcome() { }

    public sealed record Found(ChatIdentity Identity) : ChatKeyOutcome;

    /// <summary>It was never switched on: the key is made when it is.</summary>
    public sealed record NotYet : ChatKeyOutcome;

    /// <summary>It is no web chat that encrypts.</summary>
    public sealed record NotFound : ChatKeyOutcome;
}

/// <summary>Who a web chat is to the browsers that write to it: a key made at the first need and kept as long as the connection.</summary>
public sealed class ChatIdentities(IChatIdentityStore store, IConnectionStore connections, IKeyAgreement agreement)
{
    /// <summary>The key of a web chat, made when it has none.</summary>
    public async Task<KeyPair> OfAsync(Connection connection, CancellationToken cancellationToken)
        => agreement.Restore(
            await store.FindAsync(connection, cancellationToken)
            ?? await store.AddAsync(connection, agreement.Create().Private, cancellationToken));

    /// <summary>What to compare for a connection of the caller. Looks and makes nothing.</summary>
    public async Task<ChatKeyOutcome> ShowAsync(Caller caller, ConnectionId id, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(caller);
        caller.Demand(Permissions.ChannelsRead);
        return await FindSealedAsync(caller, id, cancellationToken) is not { } connection ? new ChatKeyOutcome.NotFound()
            : await store.FindAsync(connection, cancellationToken) is { } key ? new ChatKeyOutcome.Found(ChatIdentity.Of(agreement.Restore(key)))
            : new ChatKeyOutcome.NotYet();
    }

    /// <summary>The web chat of the caller's tenant, if it encrypts.</summary>
    internal async Task<Connection?> FindSealedAsync(Caller caller, ConnectionId id, CancellationToken cancellationToken)
        => await connections.FindAsync(id, cancellationToken) is { ChannelType: WebChatProfile.ChannelType } connection
            && connection.Tenant == caller.Tenant && WebChatProfile.Of(connection).IsSealed
                ? connection
                : null;
}
