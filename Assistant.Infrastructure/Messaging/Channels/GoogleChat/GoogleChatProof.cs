using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.GoogleChat;

/// <summary>The two forms of token that Google Chat sends along: https://developers.google.com/workspace/chat/verify-requests-from-chat. Pure.</summary>
internal static class GoogleChatProof
{
    public const string Chat = "chat@system.gserviceaccount.com";
    public const string ChatKeys = "https://www.googleapis.com/service_accounts/v1/jwk/chat@system.gserviceaccount.com";
    public const string IdentityKeys = "https://www.googleapis.com/oauth2/v3/certs";

    private const string Identity = "https://accounts.google.com";

    /// <param name="endpoint">Our address, for the form that names it.</param>
    public static BearerRule RuleOf(GoogleChatSettings settings, string endpoint)
        => settings.UsesEndpoint ? new(Identity, endpoint) : new(Chat, settings.ProjectNumber);

    /// <summary>
    /// Whether it is Chat that speaks. An identity token for our address can be had by every account of Google's, so it must be the one Chat uses; for an
    /// app that is an add-on that is the account of its project.
    /// </summary>
    public static bool IsChat(BearerVerdict.Genuine token, GoogleChatSettings settings)
        => !settings.UsesEndpoint || (token.IsTrue("email_verified") && token.Text("email") is { } email
            && (email == Chat || (settings.ProjectNumber.Length > 0 && email == $"service-{settings.ProjectNumber}@gcp-sa-gsuiteaddons.iam.gserviceaccount.com")));
}
