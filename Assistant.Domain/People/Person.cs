using Assistant.Domain.Tenancy;

namespace Assistant.Domain.People;

/// <summary>Id of a person; ordered by creation.</summary>
public readonly record struct PersonId(Guid Value)
{
    public static PersonId Create() => new(Guid.CreateVersion7());

    public override string ToString() => Value.ToString();
}

/// <summary>Somebody who talks to the assistant; one or more identities on messengers.</summary>
/// <param name="Locale">BCP 47 tag, or <see langword="null"/> while unknown.</param>
public sealed record Person(PersonId Id, TenantId Tenant, string DisplayName, string? Locale, DateTimeOffset CreatedAt)
{
    /// <summary>Whether the product speaks Chinese to them, else English.</summary>
    /// <remarks>The tag comes from the messenger: untrusted, so compared rather than looked up as a culture.</remarks>
    public bool SpeaksChinese => Locale?.StartsWith("zh", StringComparison.OrdinalIgnoreCase) == true;
}

/// <summary>An account of a person on a messenger.</summary>
/// <param name="ExternalId">The messenger's stable user id.</param>
public sealed record Identity(Guid Id, PersonId Person, TenantId Tenant, string ChannelType, string ExternalId, string DisplayName);

/// <summary>How a sender stands on a connection.</summary>
public enum Standing { Unknown, Pending, Approved, Blocked }
