namespace Assistant.Domain.Security.External;

/// <summary>An identity provider the operator configured.</summary>
/// <param name="Key">Names it in settings and addresses: lower-case letters, digits and hyphens.</param>
/// <param name="Name">As people see it.</param>
/// <param name="IsMultiFactor">Whether the operator demands of it that it asks for more than one factor.</param>
public sealed record IdentityProvider(string Key, string Name, bool IsMultiFactor)
{
    /// <summary>Its scheme of authentication.</summary>
    public string Scheme => "oidc-" + Key;
}

/// <summary>The identity providers people may sign in at; none unless the operator configured one.</summary>
public sealed class IdentityProviders(IReadOnlyList<IdentityProvider> all)
{
    public IReadOnlyList<IdentityProvider> All => all;

    /// <summary>The provider of a key, or <see langword="null"/>.</summary>
    public IdentityProvider? Find(string? key) => all.FirstOrDefault(provider => provider.Key == key);

    /// <summary>The provider of a scheme of authentication, or <see langword="null"/>.</summary>
    public IdentityProvider? FindByScheme(string? scheme) => all.FirstOrDefault(provider => provider.Scheme == scheme);
}
