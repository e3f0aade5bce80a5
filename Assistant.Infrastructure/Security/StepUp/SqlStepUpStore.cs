// Each step of a request is one conditional update: of several requests at once, or a replay, one row changes and the others none.
using System.Text.Json;
using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Security.StepUp;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Persistence;

namespace Assistant.Infrastructure.Security.StepUp;

/// <inheritdoc cref="IStepUpStore"/>
internal sealed class SqlStepUpStore(IReadPool reads, IWriteQueue writes) : IStepUpStore
{
    private const string Insert =
        "INSERT INTO step_ups (id, tenant_id, actor_kind, actor_id, actor_name, operation, subject, shown, hash, created_at, expires_at, state) "
        + "VALUES (@p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7, @p8, @p9, @p10, 'Pending')";

    private const string Forget = "DELETE FROM step_ups WHERE tenant_id = @p0 AND expires_at < @p1";

    private const string Select =
        "SELECT actor_kind, actor_id, actor_name, operation, subject, shown, hash, created_at, expires_at, state, proven_by, proven_at "
        + "FROM step_ups WHERE tenant_id = @p0 AND id = @p1";

    private const string Prove =
        "UPDATE step_ups SET state = 'Proven', proven_by = @p2, proven_at = @p3 WHERE tenant_id = @p0 AND id = @p1 AND state = 'Pending' AND expires_at > @p3";

    private const string Decline =
        "UPDATE step_ups SET state = 'Declined' WHERE tenant_id = @p0 AND id = @p1 AND state = 'Pending' AND expires_at > @p2";

    private const string Use =
        "UPDATE step_ups SET state = 'Used' WHERE tenant_id = @p0 AND id = @p1 AND state = 'Proven' AND actor_kind = @p2 AND actor_id = @p3 "
        + "AND hash = @p4 AND proven_at >= @p5";

    private static readonly TimeSpan KeptAfterwards = TimeSpan.FromDays(1);

    public Task AddAsync(StepUpRequest request, AuditDraft audit, CancellationToken cancellationToken)
    {
        var shown = JsonSerializer.Serialize(request.Shown);
        return writes.ExecuteAsync(
            TenantScope.Of(request.Tenant),
            session =>
            {
                session.Execute(Forget, request.Tenant.Value, request.CreatedAt - KeptAfterwards);
                session.Execute(
                    Insert, request.Id.Value, request.Tenant.Value, request.RequestedBy.Kind, request.RequestedBy.Id, request.RequestedBy.Name,
                    request.Operation, request.Subject, shown, request.Hash.ToArray(), request.CreatedAt, request.ExpiresAt);
                return session.Audit(audit);
            },
            cancellationToken);
    }

    public async Task<StepUpRequest?> FindAsync(TenantId tenant, StepUpId id, CancellationToken cancellationToken)
        => await reads.ReadAsync(
            TenantScope.Of(tenant),
            session => session.QueryFirst(
                Select,
                row => new StepUpRequest(
                    id, tenant, new Actor(row.GetString(0), row.GetString(1), row.GetString(2)), row.GetString(3), row.GetString(4),
                    JsonSerializer.Deserialize<Dictionary<string, string>>(row.GetString(5))!, row.GetBytes(6), row.Time(7), row.Time(8),
                    row.Enum<StepUpState>(9), row.GuidOrNull(10) is { } by ? new UserId(by) : null, row.TimeOrNull(11)),
                tenant.Value, id.Value),
            cancellationToken);

    public Task<bool> ProveAsync(TenantId tenant, StepUpId id, UserId by, AuditDraft audit, CancellationToken cancellationToken)
        => ChangeAsync(tenant, session => session.Execute(Prove, tenant.Value, id.Value, by.Value, audit.At), audit, cancellationToken);

    public Task<bool> DeclineAsync(TenantId tenant, StepUpId id, AuditDraft audit, CancellationToken cancellationToken)
        => ChangeAsync(tenant, session => session.Execute(Decline, tenant.Value, id.Value, audit.At), audit, cancellationToken);

    public Task<bool> UseAsync(
        TenantId tenant, StepUpId id, Actor by, ReadOnlyMemory<byte> hash, AuditDraft audit, CancellationToken cancellationToken)
    {
        var bound = hash.ToArray();
        return ChangeAsync(
            tenant,
            session => session.Execute(Use, tenant.Value, id.Value, by.Kind, by.Id, bound, audit.At - SensitiveOperations.MaxProofAge),
            audit, cancellationToken);
    }

    private Task<bool> ChangeAsync(TenantId tenant, Func<WriteSession, int> change, AuditDraft audit, CancellationToken cancellationToken)
        => writes.ExecuteAsync(
            TenantScope.Of(tenant),
            session =>
            {
                if (change(session) == 0)
                {
                    return false;
                }

                session.Audit(audit);
                return true;
            },
            cancellationToken);
}
