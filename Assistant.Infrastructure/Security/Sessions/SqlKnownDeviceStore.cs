using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Security.Sessions;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Persistence;

namespace Assistant.Infrastructure.Security.Sessions;

/// <inheritdoc cref="IKnownDeviceStore"/>
/// <remarks>Users exist across tenants, and what is theirs is found by them: every statement spans tenants.</remarks>
internal sealed class SqlKnownDeviceStore(IReadPool reads, IWriteQueue writes) : IKnownDeviceStore
{
    private const string Select =
        "SELECT d.device_id, d.user_id, d.tenant_id, d.browser, d.platform, d.address, d.first_seen_at, d.last_seen_at, d.told_at FROM known_devices d ";

    private const string SelectAll = Select + "WHERE d.user_id = @p0 ORDER BY d.last_seen_at DESC, d.device_id";
    private const string SelectByEmail = Select + "JOIN users u ON u.id = d.user_id WHERE u.normalized_email = @p0 AND d.device_id = @p1";

    private const string Upsert =
        "INSERT INTO known_devices (device_id, user_id, tenant_id, browser, platform, address, first_seen_at, last_seen_at, told_at) "
        + "VALUES (@p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7, @p8) ON CONFLICT (user_id, device_id) DO UPDATE SET "
        + "browser = excluded.browser, platform = excluded.platform, address = excluded.address, last_seen_at = excluded.last_seen_at, told_at = excluded.told_at";

    private const string Confirm = "UPDATE known_devices SET told_at = @p2 WHERE user_id = @p0 AND device_id = @p1";
    private const string Forget = "DELETE FROM known_devices WHERE user_id = @p0 AND device_id = @p1";

    public async Task<IReadOnlyList<KnownDevice>> ListAsync(UserId user, CancellationToken cancellationToken)
        => await reads.ReadAsync(TenantScope.System, session => session.Query(SelectAll, Map, user.Value), cancellationToken);

    public async Task<KnownDevice?> FindAsync(string email, Guid device, CancellationToken cancellationToken)
    {
        var normalized = EmailAddress.Normalize(email);
        return await reads.ReadAsync(TenantScope.System, session => session.QueryFirst(SelectByEmail, Map, normalized, device), cancellationToken);
    }

    public Task SeeAsync(KnownDevice device, AuditDraft? audit, CancellationToken cancellationToken) => writes.ExecuteAsync(
        TenantScope.System,
        session =>
        {
            session.Execute(
                Upsert, device.Id, device.User.Value, device.Tenant.Value, device.Look.Browser, device.Look.Platform, device.Address, device.FirstSeenAt,
                device.LastSeenAt, device.ToldAt);
            return audit is null ? 0 : session.Audit(audit);
        },
        cancellationToken);

    public async Task<bool> ConfirmAsync(UserId user, Guid device, DateTimeOffset at, CancellationToken cancellationToken)
        => await writes.ExecuteAsync(TenantScope.System, session => session.Execute(Confirm, user.Value, device, at), cancellationToken) > 0;

    public Task<bool> ForgetAsync(UserId user, Guid device, AuditDraft audit, CancellationToken cancellationToken) => writes.ExecuteAsync(
        TenantScope.System,
        session =>
        {
            if (session.Execute(Forget, user.Value, device) == 0)
            {
                return false;
            }

            session.Audit(audit);
            return true;
        },
        cancellationToken);

    private static KnownDevice Map(SqlRow row) => new(
        row.GetGuid(0), new UserId(row.GetGuid(1)), new TenantId(row.GetString(2)), new DeviceLook(row.GetString(3), row.GetString(4)), row.GetString(5), row.Time(6),
        row.Time(7), row.TimeOrNull(8));
}
