using System.ComponentModel.DataAnnotations;
using Assistant.Infrastructure.Messaging;
using Microsoft.Extensions.Options;

namespace Assistant.Infrastructure.Security.Passkeys;

/// <summary>Whom passkeys are made for, and by which authenticators.</summary>
public sealed class PasskeyOptions : IValidatableObject
{
    public const string Section = "Assistant:Passkeys";

    /// <summary>
    /// The relying party id: the domain passkeys belong to, without scheme and port. Default: the host of
    /// <c>Assistant:Public:BaseUrl</c>, or <c>localhost</c>. Passkeys made for one domain are worth nothing under another.
    /// </summary>
    public string? RelyingPartyId { get; set; }

    /// <summary>
    /// Origins the console is used at, such as <c>https://assistant.example.org</c>. Default: any port of the relying party
    /// id itself, over HTTPS, or over HTTP where it is <c>localhost</c>.
    /// </summary>
    public IList<string> Origins { get; } = [];

    /// <summary>AAGUIDs of the only models of authenticator that may be added. Empty, the default: all.</summary>
    public IList<Guid> AllowedModels { get; } = [];

    /// <summary>AAGUIDs of models that may not be added. Empty by default.</summary>
    public IList<Guid> DeniedModels { get; } = [];

    /// <summary>Whether authenticators have to tell their model.</summary>
    internal bool HasModelPolicy => AllowedModels.Count + DeniedModels.Count > 0;

    internal bool Accepts(Guid aaguid) => (AllowedModels.Count == 0 || AllowedModels.Contains(aaguid)) && !DeniedModels.Contains(aaguid);

    internal bool AcceptsOrigin(string origin)
    {
        if (Origins.Count > 0)
        {
            return Origins.Any(known => string.Equals(known.TrimEnd('/'), origin, StringComparison.OrdinalIgnoreCase));
        }

        return Uri.TryCreate(origin, UriKind.Absolute, out var uri)
            && string.Equals(uri.IdnHost, RelyingPartyId, StringComparison.OrdinalIgnoreCase)
            && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && RelyingPartyId == "localhost"));
    }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (RelyingPartyId is { } id && Uri.CheckHostName(id) != UriHostNameType.Dns)
        {
            yield return new ValidationResult($"{Section}:{nameof(RelyingPartyId)} is a domain name such as assistant.example.org, not '{id}'.", [nameof(RelyingPartyId)]);
        }
    }

    /// <summary>Fills in the relying party id from where the installation is reached.</summary>
    internal sealed class Defaults(IOptions<PublicAddressOptions> address) : IPostConfigureOptions<PasskeyOptions>
    {
        public void PostConfigure(string? name, PasskeyOptions options)
        {
            if (string.IsNullOrWhiteSpace(options.RelyingPartyId))
            {
                // An address that is a number is no domain: passkeys then work at localhost alone.
                options.RelyingPartyId = address.Value.BaseUrl is { IsAbsoluteUri: true, HostNameType: UriHostNameType.Dns } url ? url.IdnHost : "localhost";
            }
        }
    }
}
