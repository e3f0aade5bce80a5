using Assistant.Domain.Audit;
using Assistant.Domain.Security.Invitations;
using Assistant.Domain.Tenancy;

namespace Assistant.Testing.InMemory;

/// <summary>Invitations in memory.</summary>
public sealed class InMemoryInvitationStore(InMemoryAuditLog log) : IInvitationStore
{
    private readonly Lock _lock = new();
    private readonly Dictionary<InvitationId, Invitation> _invitations = [];

    public Task AddAsync(Invitation invitation, AuditDraft audit, CancellationToken cancellationToken) => Locked(() =>
    {
        _invitations.Add(invitation.Id, invitation);
        log.Append(audit);
        return true;
    });

    public Task<IReadOnlyList<Invitation>> ListOpenAsync(TenantId tenant, DateTimeOffset now, CancellationToken cancellationToken)
        => Locked<IReadOnlyList<Invitation>>(() =>
            [.. _invitations.Values.Where(i => i.Tenant == tenant && i.IsOpenAt(now)).OrderByDescending(i => i.CreatedAt).ThenBy(i => i.Id.Value)]);

    public Task<Invitation?> FindAsync(InvitationId id, CancellationToken cancellationToken) => Locked(() => _invitations.GetValueOrDefault(id));

    public Task<bool> RevokeAsync(TenantId tenant, InvitationId id, AuditDraft audit, CancellationToken cancellationToken)
        => Change(id, i => i.Tenant == tenant ? i with { RevokedAt = audit.At } : null, audit);

    public Task<bool> ClaimAsync(InvitationId id, AuditDraft audit, CancellationToken cancellationToken)
        => Change(id, i => i with { UsedAt = audit.At }, audit);

    private Task<bool> Change(InvitationId id, Func<Invitation, Invitation?> change, AuditDraft audit) => Locked(() =>
    {
        if (_invitations.GetValueOrDefault(id) is not { } found || !found.IsOpenAt(audit.At) || change(found) is not { } changed)
        {
            return false;
        }

        _invitations[id] = changed;
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
