using Assistant.Domain.Security.External;
using Microsoft.AspNetCore.Authentication;

namespace Assistant.Web.Security;

/// <summary>What somebody wanted when they went to an identity provider.</summary>
internal enum ExternalPurpose { SignIn, Connect, Invitation }

/// <summary>Somebody who came back from an identity provider, and what they had left for.</summary>
/// <param name="ReturnUrl">Where to go once signed in.</param>
/// <param name="User">Whose account the login is to be connected with, when that was the purpose.</param>
/// <param name="Session">The session it was asked for in.</param>
/// <param name="Invitation">Token of the invitation to be accepted, when that was the purpose.</param>
internal sealed record ExternalTicket(ExternalProof Proof, ExternalPurpose Purpose, string ReturnUrl, string User, string Session, string Invitation);

/// <summary>
/// Keeps, for the few minutes in between, what an identity provider vouched for: in a sealed cookie that no page of another site can make the
/// browser send. It is no session and opens nothing by itself.
/// </summary>
internal sealed class ExternalTickets(IdentityProviders providers)
{
    public const string Scheme = "external";

    private const string PurposeKey = "assistant:purpose";
    private const string ReturnKey = "assistant:return"; // not the framework's, which would be followed at once
    private const string UserKey = "assistant:user";
    private const string SessionKey = "assistant:session";
    private const string InvitationKey = "assistant:invitation";

    /// <summary>What travels along, sealed, to the provider and back.</summary>
    public static AuthenticationProperties For(ExternalPurpose purpose, string returnUrl, string user = "", string session = "", string invitation = "")
        => new(new Dictionary<string, string?>
        {
            [PurposeKey] = purpose.ToString(), [ReturnKey] = returnUrl, [UserKey] = user, [SessionKey] = session, [InvitationKey] = invitation,
        });

    /// <summary>What somebody had left for, when the provider's answer was not believed.</summary>
    public static (ExternalPurpose Purpose, string Invitation) PurposeOf(AuthenticationProperties? properties)
        => (Enum.TryParse<ExternalPurpose>(Item(properties, PurposeKey), out var purpose) ? purpose : ExternalPurpose.SignIn, Item(properties, InvitationKey));

    /// <summary>What this browser came back with, or <see langword="null"/> when that is over.</summary>
    public async Task<ExternalTicket?> FindAsync(HttpContext http)
    {
        if (await http.AuthenticateAsync(Scheme) is not { Succeeded: true, Principal: { } said, Properties: { } properties }
            || providers.FindByScheme(said.Identity?.AuthenticationType) is not { } provider
            || said.FindFirst(ExternalIdentity.IssuerClaim)?.Value is not { } issuer
            || said.FindFirst(ExternalIdentity.SubjectClaim)?.Value is not { } subject)
        {
            return null;
        }

        var (purpose, invitation) = PurposeOf(properties);
        return new ExternalTicket(
            new ExternalProof(new ExternalIdentity(issuer, subject), provider.Name, provider.IsMultiFactor), purpose, LocalUrl.OrHome(Item(properties, ReturnKey)),
            Item(properties, UserKey), Item(properties, SessionKey), invitation);
    }

    /// <summary>Whatever came of it, it is used up in this browser.</summary>
    public static Task DropAsync(HttpContext http) => http.SignOutAsync(Scheme);

    private static string Item(AuthenticationProperties? properties, string key) => properties?.Items.TryGetValue(key, out var value) == true ? value ?? "" : "";
}
