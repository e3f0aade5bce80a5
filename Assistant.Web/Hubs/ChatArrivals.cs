using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.WebChat;
using Assistant.Domain.Tenancy;

namespace Assistant.Web.Hubs;

/// <summary>Whether a device may come in, and as whom.</summary>
/// <param name="Refusal">A <see cref="JoinResult.Status"/>, or <see langword="null"/> when it is let in.</param>
/// <param name="FreshToken">A token for the device to keep, when it needs one.</param>
/// <param name="IsKnown">Whether the device named its visitor by a token.</param>
/// <param name="Pass">The code it came by, which is used up.</param>
/// <param name="IsPassRefused">It came by a code that brings nobody in any more, and is somebody new.</param>
internal sealed record Arrival(
    string? Refusal, Connection? Connection = null, VisitorId Visitor = default, string? FreshToken = null, bool IsKnown = false, string? Pass = null,
    bool IsPassRefused = false);

/// <summary>Stands at the door of the hub: connection, origin, visitor.</summary>
internal sealed class ChatArrivals(IConnectionStore connections, IConversationStore conversations, IVisitorTokens tokens)
{
    public async Task<Arrival> AdmitAsync(JoinRequest request, HttpContext? http, bool isSealed, CancellationToken cancellationToken)
    {
        if (await FindOpenAsync(connections, request.Connection, cancellationToken) is not { } connection)
        {
            return new("closed");
        }

        var profile = WebChatProfile.Of(connection);
        if (!IsWelcome(http, profile.Origins))
        {
            return new("refused");
        }

        if (profile.IsSealed && !isSealed)
        {
            return new("sealed");
        }

        if (request.Pass is { } pass && tokens.RedeemPass(connection, pass, request.Device) is { } invited)
        {
            return new(null, connection, invited, tokens.Issue(connection, invited), Pass: pass);
        }

        if (request.Token is { } token && tokens.Read(connection, token) is { } known)
        {
            return new(null, connection, known.Visitor, known.ShouldRenew ? tokens.Issue(connection, known.Visitor) : null, IsKnown: true);
        }

        var visitor = VisitorId.Create();
        return new(null, connection, visitor, tokens.Issue(connection, visitor), IsPassRefused: request.Pass is not null);
    }

    /// <summary>The device did not come in after all: what it came by is good for the next try.</summary>
    public void TurnBack(Arrival arrival)
    {
        if (arrival.Pass is { } pass)
        {
            tokens.ReturnPass(pass);
        }
    }

    /// <summary>The conversation the visitor is known to have, unless it was forgotten.</summary>
    public async Task<Conversation?> FindAsync(TenantId tenant, ConversationId? conversation, CancellationToken cancellationToken) =>
        conversation is { } id ? await conversations.FindAsync(tenant, id, cancellationToken) : null;

    /// <summary>The web chat of that name when it takes visitors, or <see langword="null"/>: outside, all reasons look alike.</summary>
    public static async Task<Connection?> FindOpenAsync(IConnectionStore connections, string? name, CancellationToken cancellationToken) =>
        Slug.IsValid(name)
        && await connections.FindAsync(new ConnectionId(name!), cancellationToken) is
        { ChannelType: WebChatProfile.ChannelType, IsEnabled: true, Access: not AccessPolicy.Blocked } connection
            ? connection
            : null;

    /// <summary>
    /// A browser names the page's site; programs that are no browser name none, and gain nothing by it: a visitor is their token, never a
    /// cookie. The scheme is left out of the comparison with our own address, because a proxy in front may end TLS.
    /// </summary>
    private static bool IsWelcome(HttpContext? http, AllowedOrigins origins)
    {
        var origin = http?.Request.Headers.Origin.ToString();
        if (string.IsNullOrEmpty(origin))
        {
            return true;
        }

        return (Uri.TryCreate(origin, UriKind.Absolute, out var site) && site.Authority == http!.Request.Host.Value) || origins.Includes(origin);
    }
}
