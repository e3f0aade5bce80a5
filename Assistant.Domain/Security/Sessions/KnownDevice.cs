using Assistant.Domain.Audit;
using Assistant.Domain.Tenancy;

namespace Assistant.Domain.Security.Sessions;

/// <summary>A browser on which somebody signed in. It proves nothing about who sits there.</summary>
/// <param name="Id">As its sealed cookie carries it.</param>
/// <param name="Tenant">Where the account is at home.</param>
/// <param name="ToldAt">When its person said that it is theirs; <see langword="null"/> while they are still to be asked.</param>
public sealed record KnownDevice(
    Guid Id, UserId User, TenantId Tenant, DeviceLook Look, string Address, DateTimeOffset FirstSeenAt, DateTimeOffset LastSeenAt, DateTimeOffset? ToldAt);

/// <summary>The devices of the console's users. Safe for concurrent use.</summary>
public interface IKnownDeviceStore
{
    /// <summary>The user's devices, the one seen last first.</summary>
    Task<IReadOnlyList<KnownDevice>> ListAsync(UserId user, CancellationToken cancellationToken);

    /// <summary>The device if the account signed in on it before and did not forget it since, else <see langword="null"/>.</summary>
    /// <param name="email">In any spelling; of an account that need not exist.</param>
    Task<KnownDevice?> FindAsync(string email, Guid device, CancellationToken cancellationToken);

    /// <summary>Notes a sign-in: a device that is there keeps its first time, one that is not is added.</summary>
    /// <param name="audit">Written with a device that is new or looks different; <see langword="null"/> for one that is known.</param>
    Task SeeAsync(KnownDevice device, AuditDraft? audit, CancellationToken cancellationToken);

    /// <summary>Notes that the person knows this device.</summary>
    /// <returns><see langword="false"/> when the user has no such device.</returns>
    Task<bool> ConfirmAsync(UserId user, Guid device, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>Forgets a device, in one transaction with its audit event: the next sign-in on it is one on a new device.</summary>
    /// <returns><see langword="false"/> when the user has no such device; then nothing is written.</returns>
    Task<bool> ForgetAsync(UserId user, Guid device, AuditDraft audit, CancellationToken cancellationToken);
}
