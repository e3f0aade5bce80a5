using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Security.StepUp;
using Assistant.Domain.Tenancy;

namespace Assistant.Testing.InMemory;

/// <summary>Requests for proof in memory.</summary>
public sealed class InMemoryStepUpStore(InMemoryAuditLog log) : IStepUpStore
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(TenantId, StepUpId), StepUpRequest> _requests = [];

    public Task AddAsync(StepUpRequest request, AuditDraft audit, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            foreach (var old in _requests.Values.Where(r => r.Tenant == request.Tenant && r.ExpiresAt < request.CreatedAt.AddDays(-1)).ToList())
            {
                _requests.Remove((old.Tenant, old.Id));
            }

            _requests.Add((request.Tenant, request.Id), request);
            log.Append(audit);
            return Task.CompletedTask;
        }
    }

    public Task<StepUpRequest?> FindAsync(TenantId tenant, StepUpId id, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return Task.FromResult(_requests.GetValueOrDefault((tenant, id)));
        }
    }

    public Task<bool> ProveAsync(TenantId tenant, StepUpId id, UserId by, AuditDraft audit, CancellationToken cancellationToken)
        => Change(tenant, id, audit, r => IsOpen(r, audit.At) ? r with { State = StepUpState.Proven, ProvenBy = by, ProvenAt = audit.At } : null);

    public Task<bool> DeclineAsync(TenantId tenant, StepUpId id, AuditDraft audit, CancellationToken cancellationToken)
        => Change(tenant, id, audit, r => IsOpen(r, audit.At) ? r with { State = StepUpState.Declined } : null);

    public Task<bool> UseAsync(
        TenantId tenant, StepUpId id, Actor by, ReadOnlyMemory<byte> hash, AuditDraft audit, CancellationToken cancellationToken)
        => Change(tenant, id, audit, r => r.State == StepUpState.Proven && r.RequestedBy.Kind == by.Kind && r.RequestedBy.Id == by.Id
            && r.Hash.Span.SequenceEqual(hash.Span) && r.ProvenAt >= audit.At - SensitiveOperations.MaxProofAge
                ? r with { State = StepUpState.Used }
                : null);

    private static bool IsOpen(StepUpRequest request, DateTimeOffset now) => request.State == StepUpState.Pending && request.ExpiresAt > now;

    private Task<bool> Change(TenantId tenant, StepUpId id, AuditDraft audit, Func<StepUpRequest, StepUpRequest?> change)
    {
        lock (_lock)
        {
            if (!_requests.TryGetValue((tenant, id), out var request) || change(request) is not { } changed)
            {
                return Task.FromResult(false);
            }

            _requests[(tenant, id)] = changed;
            log.Append(audit);
            return Task.FromResult(true);
        }
    }
}
