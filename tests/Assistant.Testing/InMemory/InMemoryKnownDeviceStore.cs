using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Security.Sessions;

namespace Assistant.Testing.InMemory;

/// <summary>Devices in memory, of the users of one directory.</summary>
public sealed class InMemoryKnownDeviceStore(InMemoryUserDirectory users, InMemoryAuditLog log) : IKnownDeviceStore
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(UserId User, Guid Device), KnownDevice> _devices = [];

    public Task<IReadOnlyList<KnownDevice>> ListAsync(UserId user, CancellationToken cancellationToken) => Locked<IReadOnlyList<KnownDevice>>(()
        => [.. _devices.Values.Where(d => d.User == user).OrderByDescending(d => d.LastSeenAt).ThenBy(d => d.Id)]);

    public async Task<KnownDevice?> FindAsync(string email, Guid device, CancellationToken cancellationToken)
        => await users.FindByEmailAsync(email, cancellationToken) is { } user ? await Locked(() => _devices.GetValueOrDefault((user.Id, device))) : null;

    public Task SeeAsync(KnownDevice device, AuditDraft? audit, CancellationToken cancellationToken) => Locked(() =>
    {
        var first = _devices.GetValueOrDefault((device.User, device.Id))?.FirstSeenAt ?? device.FirstSeenAt;
        _devices[(device.User, device.Id)] = device with { FirstSeenAt = first };
        if (audit is not null)
        {
            log.Append(audit);
        }

        return true;
    });

    public Task<bool> ConfirmAsync(UserId user, Guid device, DateTimeOffset at, CancellationToken cancellationToken) => Locked(() =>
    {
        if (!_devices.TryGetValue((user, device), out var found))
        {
            return false;
        }

        _devices[(user, device)] = found with { ToldAt = at };
        return true;
    });

    public Task<bool> ForgetAsync(UserId user, Guid device, AuditDraft audit, CancellationToken cancellationToken) => Locked(() =>
    {
        if (!_devices.Remove((user, device)))
        {
            return false;
        }

        log.Append(audit);
        return true;
    });

    private Task<T> Locked<T>(Func<T> work)
    {
        lock (_lock)
        {
            return Task.FromResult(work());
        }
    }
}
