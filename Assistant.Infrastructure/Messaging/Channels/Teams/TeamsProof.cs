using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Teams;

/// <summary>What the proof of an activity says beyond the token itself. Pure.</summary>
internal static class TeamsProof
{
    /// <summary>The rule for the tokens of a cloud.</summary>
    public static BearerRule RuleOf(TeamsSettings settings) => new(settings.Cloud.Issuer, settings.AppId);

    /// <summary>
    /// Whether the token was made for this activity: for the server it says it came from, with a key that vouches for its channel. Otherwise whoever may
    /// sign for one channel could speak for all, and tell us to answer, with our token, wherever they like.
    /// </summary>
    public static bool Covers(BearerVerdict.Genuine token, TeamsActivity activity)
        => activity is { ServiceUrl: { Length: > 0 } service, ChannelId: { Length: > 0 } channel }
            && string.Equals(token.Text("serviceurl") ?? token.Text("serviceUrl"), service, StringComparison.Ordinal)
            && token.Key.Endorsements.Contains(channel, StringComparer.Ordinal);
}
