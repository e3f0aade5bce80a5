namespace Assistant.Domain.Messaging.WebChat;

/// <summary>Somebody at a web chat: their chat and their sender id at once.</summary>
public readonly record struct VisitorId(Guid Value)
{
    public static VisitorId Create() => new(Guid.CreateVersion7());

    /// <summary>The chat the visitor has on a web chat connection.</summary>
    public ExternalChat Chat => new(ToString());

    /// <summary>Four characters that tell visitors apart on a screen; not a secret, not unique.</summary>
    public string Tag => ToString()[^4..].ToUpperInvariant();

    public override string ToString() => Value.ToString("N");
}

/// <summary>A visitor as proven by a token.</summary>
/// <param name="ShouldRenew">The token is genuine but ageing: give the device a fresh one.</param>
public sealed record VisitorTicket(VisitorId Visitor, bool ShouldRenew);

/// <summary>Signs who a visitor is, so that a device can come back without an account. Safe for concurrent use.</summary>
/// <remarks>A token opens the visitor's conversation on one connection of one tenant, and nothing else. Treat it as a password.</remarks>
public interface IVisitorTokens
{
    /// <summary>A token for a device to keep.</summary>
    string Issue(Connection connection, VisitorId visitor);

    /// <summary>Who holds the token, or <see langword="null"/> when it is not ours, for another connection, or too old.</summary>
    VisitorTicket? Read(Connection connection, string token);

    /// <summary>A code that brings one more device into the visitor's conversation, once, within a few minutes.</summary>
    string IssuePass(Connection connection, VisitorId visitor);

    /// <summary>Uses up a code; <see langword="null"/> when it is not ours, expired, or used by somebody else.</summary>
    /// <param name="device">
    /// A word of the device's own, which brings it in again with the same code: its line may have fallen before it heard that it was in. Without one the code
    /// works once.
    /// </param>
    VisitorId? RedeemPass(Connection connection, string pass, string? device = null);

    /// <summary>Makes a code good again that was used up for a device which did not come in after all.</summary>
    void ReturnPass(string pass);
}
