using Assistant.Domain.Audit;
using Assistant.Domain.Tenancy;

namespace Assistant.Domain.Security.Keys;

/// <summary>The steps by which keys are replaced while the program goes on. Safe for concurrent use, also by several processes.</summary>
/// <remarks>How far a rotation has come stands in the sealed values themselves: each names the version of its key. A rotation that was cut off goes on where it was.</remarks>
public interface IKeyRotation
{
    Task<KeyStatus> ReadStatusAsync(CancellationToken cancellationToken);

    /// <summary>Gives the tenant a new version, which seals everything from now on; a rotation that was begun is gone on with instead.</summary>
    /// <param name="audit">Written together with the new version, and only then.</param>
    /// <returns>The version that seals.</returns>
    Task<int> BeginAsync(TenantId tenant, AuditDraft audit, CancellationToken cancellationToken);

    /// <summary>Seals again, under the newest version, what lies under an older one. What somebody changes meanwhile is left to them.</summary>
    Task<ResealPass> ResealAsync(TenantId tenant, CancellationToken cancellationToken);

    /// <summary>Deletes the older versions if nothing refers to them, looking once more in the transaction that deletes.</summary>
    /// <param name="audit">Written together with the deletion, and only then.</param>
    /// <returns><see langword="false"/> when something still refers to one: reseal again.</returns>
    Task<bool> RetireAsync(TenantId tenant, AuditDraft audit, CancellationToken cancellationToken);

    /// <summary>Wraps every key again, under a new master key, in one transaction.</summary>
    Task<MasterRotateOutcome> RotateMasterAsync(AuditDraft audit, CancellationToken cancellationToken);
}

/// <summary>How changing the master key ended.</summary>
public abstract record MasterRotateOutcome
{
    private MasterRotateOutcome() { }

    /// <param name="Master">Where the new one is, for the operator; begins a sentence.</param>
    public sealed record Rotated(string Master) : MasterRotateOutcome;

    /// <summary>Nothing has changed.</summary>
    /// <param name="Reason">Why, and what to do.</param>
    public sealed record Refused(string Reason) : MasterRotateOutcome;
}

/// <summary>What one pass over the sealed values did.</summary>
/// <param name="Resealed">Values now under the newest version.</param>
/// <param name="Broken">Places whose value does not open; it stays as it is, and so does its key.</param>
public sealed record ResealPass(int Resealed, IReadOnlyList<string> Broken);

/// <summary>The keys there are; nothing of them.</summary>
/// <param name="Master">Where the master key comes from.</param>
public sealed record KeyStatus(string Master, IReadOnlyList<TenantKeys> Tenants)
{
    public bool IsRotating => Tenants.Any(tenant => tenant.IsRotating);
}

/// <summary>A tenant's keys.</summary>
/// <param name="Versions">Oldest first; the last one seals.</param>
/// <param name="People">Persons who have a key.</param>
/// <param name="Forgotten">Persons whose key was destroyed.</param>
public sealed record TenantKeys(TenantId Tenant, IReadOnlyList<TenantKeyVersion> Versions, int People, int Forgotten)
{
    /// <summary>A rotation is going on, or was cut off and waits for the next run.</summary>
    public bool IsRotating => Versions.Count > 1;
}

/// <summary>One version of a tenant's key.</summary>
/// <param name="Number">1, 2, 3… within the tenant; a number is never used again.</param>
/// <param name="Values">Sealed values that name it.</param>
public sealed record TenantKeyVersion(int Number, DateTimeOffset CreatedAt, int Values);
