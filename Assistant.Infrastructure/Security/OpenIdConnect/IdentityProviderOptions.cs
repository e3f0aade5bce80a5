using System.Text.RegularExpressions;
using Assistant.Domain.Security.External;
using Microsoft.Extensions.Options;

namespace Assistant.Infrastructure.Security.OpenIdConnect;

/// <summary>The OpenID Connect providers people may sign in at, by their keys.</summary>
public sealed class IdentityProvidersOptions
{
    public const string Section = "Assistant:SignIn:OpenIdConnect";

    /// <summary>None by default: then nobody is offered to sign in elsewhere.</summary>
    public Dictionary<string, IdentityProviderOptions> Providers { get; } = new(StringComparer.OrdinalIgnoreCase);
}

/// <summary>One OpenID Connect provider.</summary>
public sealed class IdentityProviderOptions
{
    /// <summary>As people see it on the button. Required, up to <see cref="ExternalLogin.MaxProviderLength"/> characters.</summary>
    public string Name { get; set; } = "";

    /// <summary>Address of the issuer, below which <c>/.well-known/openid-configuration</c> is. Https, or http on this very machine.</summary>
    public string Authority { get; set; } = "";

    /// <summary>What the provider knows this installation by. Required.</summary>
    public string ClientId { get; set; } = "";

    /// <summary>The secret that goes with it. Required, here or in <see cref="ClientSecretFile"/>; never shown nor logged.</summary>
    public string ClientSecret { get; set; } = "";

    /// <summary>A file with the secret instead, read at the start; white space around it does not count.</summary>
    public string ClientSecretFile { get; set; } = "";

    /// <summary>
    /// Authentication context classes of which an ID token must carry one (<c>acr</c>), with spaces between; asked for and demanded. None by
    /// default. With it the provider's sign-in counts as more than one factor.
    /// </summary>
    public string RequiredAcr { get; set; } = "";

    /// <summary>Authentication methods of which an ID token must carry one (<c>amr</c>, RFC 8176), with spaces between. As <see cref="RequiredAcr"/>.</summary>
    public string RequiredAmr { get; set; } = "";

    /// <summary>Whether the operator demands more than one factor of the provider.</summary>
    public bool IsMultiFactor => Words(RequiredAcr).Length > 0 || Words(RequiredAmr).Length > 0;

    /// <summary>The secret, from wherever it is.</summary>
    public string ReadSecret() => ClientSecret.Length > 0 ? ClientSecret : File.ReadAllText(ClientSecretFile).Trim();

    internal static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}

/// <summary>Says in plain sentences what is wrong with the settings of a provider.</summary>
internal sealed partial class IdentityProvidersCheck : IValidateOptions<IdentityProvidersOptions>
{
    public ValidateOptionsResult Validate(string? name, IdentityProvidersOptions options)
    {
        var problems = options.Providers.SelectMany(provider => Problems(provider.Key.ToLowerInvariant(), provider.Value)
            .Select(problem => $"{IdentityProvidersOptions.Section}:{provider.Key}{problem}")).ToList();
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static IEnumerable<string> Problems(string key, IdentityProviderOptions provider)
    {
        if (!Key().IsMatch(key))
        {
            yield return " is no key of a provider: use up to 32 letters, digits and hyphens.";
        }

        if (provider.Name.Trim().Length is 0 or > ExternalLogin.MaxProviderLength)
        {
            yield return $":Name is missing or longer than {ExternalLogin.MaxProviderLength} characters.";
        }

        if (!IsAuthority(provider.Authority))
        {
            yield return ":Authority is no address of a provider: it begins with https:// (http:// only on this machine) and has no query.";
        }

        if (provider.ClientId.Length == 0)
        {
            yield return ":ClientId is missing.";
        }

        if ((provider.ClientSecret.Length > 0) == (provider.ClientSecretFile.Length > 0))
        {
            yield return " wants a secret, either in ClientSecret or in the file that ClientSecretFile names.";
        }
        else if (provider.ClientSecretFile.Length > 0 && !HasSecret(provider.ClientSecretFile))
        {
            yield return ":ClientSecretFile names a file that is not there, cannot be read, or is empty.";
        }
    }

    private static bool IsAuthority(string text) => Uri.TryCreate(text, UriKind.Absolute, out var authority)
        && (authority.Scheme == Uri.UriSchemeHttps || (authority.Scheme == Uri.UriSchemeHttp && authority.IsLoopback))
        && authority.Query.Length == 0 && authority.Fragment.Length == 0 && authority.UserInfo.Length == 0;

    private static bool HasSecret(string file)
    {
        try
        {
            return !string.IsNullOrWhiteSpace(File.ReadAllText(file));
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return false; // said in the sentence above
        }
    }

    [GeneratedRegex("^[a-z0-9][a-z0-9-]{0,31}$", RegexOptions.CultureInvariant)]
    private static partial Regex Key();
}
