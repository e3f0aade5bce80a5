using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Security.Sessions;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Persistence;

namespace Assistant.Infrastructure.Security.Sessions;

/// <inheritdoc cref="IUserSessionStore"/>
/// <remarks>Users exist across tenants, and what is theirs is found by them: every statement spans tenants.</remarks>
internal sealed class SqlUserSessionStore(IReadPool reads, IWriteQueue writes) : IUserSessionStore
{
    private const string Select =
        "SELECT id, user_id, tenant_id, created_at, seen_at, method, browser, platform, address, ended_at, end_reason, provider FROM user_sessions ";

    private const string Insert =
        "INSERT INTO user_sessions (id, user_id, tenant_id, created_at, seen_at, method, browser, platform, address, ended_at, end_reason, provider) "
        + "VALUES (@p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7, @p8, @p9, @p10, @p11)";

    private const string SelectOpen = Select + "WHERE ended_at IS NULL";
    private const string SelectOpenOf = Select + "WHERE user_id = @p0 AND ended_at IS NULL ORDER BY seen_at DESC, id";
    private const string SelectOne = Select + "WHERE id = @p0";
    private const string See = "UPDATE user_sessions SET seen_at = @p1 WHERE id = @p0 AND ended_at IS NULL AND seen_at < @p1";

    private const string End =
        "UPDATE user_sessions SET ended_at = @p2, end_reason = @p3 WHERE user_id = @p0 AND id = @p1 AND ended_at IS NULL";

    private const string EndAll =
        "UPDATE user_sessions SET ended_at = @p1, end_reason = @p2 WHERE user_id = @p0 AND ended_at IS NULL";

    private const string EndOthers = EndAll + " AND id <> @p3";
    private const string Forget = "DELETE FROM user_sessions WHERE ended_at < @p0";

    /// <summary>Ends all open sessions of a user within the unit that changes how they sign in.</summary>
    public static void EndAllOf(WriteSession session, Guid user, DateTimeOffset at)
        => session.Within(TenantScope.System, all => all.Execute(EndAll, user, at, SessionEnd.CredentialChanged));

    public Task BeginAsync(UserSession session, CancellationToken cancellationToken)
        => writes.ExecuteAsync(
            TenantScope.Of(session.Tenant),
            unit => unit.Execute(
                Insert, session.Id.Value, session.User.Value, session.Tenant.Value, session.CreatedAt, session.SeenAt, session.Method,
                session.Device.Browser, session.Device.Platform, session.Address, session.EndedAt, session.End, session.Provider),
            cancellationToken);

    public async Task<IReadOnlyList<UserSession>> ListOpenAsync(CancellationToken cancellationToken)
        => await reads.ReadAsync(TenantScope.System, session => session.Query(SelectOpen, Map), cancellationToken);

    public async Task<IReadOnlyList<UserSession>> ListOpenAsync(UserId user, CancellationToken cancellationToken)
        => await reads.ReadAsync(TenantScope.System, session => session.Query(SelectOpenOf, Map, user.Value), cancellationToken);

    public async Task<UserSession?> FindAsync(UserSessionId id, CancellationToken cancellationToken)
        => await reads.ReadAsync(TenantScope.System, session => session.QueryFirst(SelectOne, Map, id.Value), cancellationToken);

    public Task SeeAsync(UserSessionId id, DateTimeOffset at, CancellationToken cancellationToken)
        => writes.ExecuteAsync(TenantScope.System, session => session.Execute(See, id.Value, at), cancellationToken);

    public async Task<bool> EndAsync(UserId user, UserSessionId id, SessionEnd why, AuditDraft audit, CancellationToken cancellationToken)
        => await ChangeAsync(session => session.Execute(End, user.Value, id.Value, audit.At, why), audit, cancellationToken) > 0;

    public Task<int> EndAllAsync(UserId user, UserSessionId? except, SessionEnd why, AuditDraft audit, CancellationToken cancellationToken)
        => ChangeAsync(
            session => except is { } kept
                ? session.Execute(EndOthers, user.Value, audit.At, why, kept.Value)
                : session.Execute(EndAll, user.Value, audit.At, why),
            audit,
            cancellationToken);

    public Task ForgetAsync(DateTimeOffset endedBefore, CancellationToken cancellationToken)
        => writes.ExecuteAsync(TenantScope.System, session => session.Execute(Forget, endedBefore), cancellationToken);

    private Task<int> ChangeAsync(Func<WriteSession, int> change, AuditDraft audit, CancellationToken cancellationToken)
        => writes.ExecuteAsync(
            TenantScope.System,
            session =>
            {
                var count = change(session);
                if (count > 0)
                {
                    session.Audit(audit);
                }

                return count;
            },
            cancellationToken);

    private static UserSession Map(SqlRow row) => new(
        new UserSessionId(row.GetGuid(0)), new UserId(row.GetGuid(1)), new TenantId(row.GetString(2)), row.Time(3), row.Time(4), row.Enum<SignInMethod>(5),
        new DeviceLook(row.GetString(6), row.GetString(7)), row.GetString(8), row.TimeOrNull(9), row.IsDBNull(10) ? null : row.Enum<SessionEnd>(10),
        row.IsDBNull(11) ? null : row.GetString(11));
}
