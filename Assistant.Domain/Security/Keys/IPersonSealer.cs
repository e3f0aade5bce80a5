using Assistant.Domain.Audit;
using Assistant.Domain.People;
using Assistant.Domain.Tenancy;

namespace Assistant.Domain.Security.Keys;

/// <summary>Seals what belongs to one person under a key of theirs, made on its first use. Safe for concurrent use.</summary>
/// <remarks>Destroying the key makes everything sealed under it unreadable, wherever a copy of it may lie.</remarks>
public interface IPersonSealer
{
    /// <summary>Encrypts for one place; opened elsewhere, or as another person's, it fails.</summary>
    /// <param name="place">Table, row and column, e.g. <c>turns/42/text</c>: authenticated, not stored.</param>
    /// <exception cref="PersonKeyDestroyedException">The person was forgotten; they get no second key.</exception>
    Task<byte[]> SealAsync(TenantId tenant, PersonId person, string place, ReadOnlyMemory<byte> plaintext, CancellationToken cancellationToken);

    /// <returns><see langword="null"/> when the person's key was destroyed.</returns>
    /// <exception cref="SealBrokenException">Wrong key, wrong person, wrong place or altered bytes.</exception>
    Task<byte[]?> OpenAsync(TenantId tenant, PersonId person, string place, ReadOnlyMemory<byte> sealedBytes, CancellationToken cancellationToken);

    /// <summary>Destroys the person's key and writes the event in one transaction. No open process remembers the key.</summary>
    /// <returns><see langword="false"/> when it was destroyed before; then no event is written.</returns>
    Task<bool> DestroyPersonKeyAsync(TenantId tenant, PersonId person, AuditDraft audit, CancellationToken cancellationToken);
}

/// <summary>Something was to be sealed for a person whose key was destroyed.</summary>
public sealed class PersonKeyDestroyedException(PersonId person)
    : InvalidOperationException($"The key of person {person} was destroyed; nothing is sealed for them any more.");
