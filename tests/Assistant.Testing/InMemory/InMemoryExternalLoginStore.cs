using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Security.External;
using Assistant.Domain.Tenancy;

namespace Assistant.Testing.InMemory;

/// <summary>Logins at identity providers in memory, of the users of one directory.</summary>
public sealed class InMemoryExternalLoginStore(InMemoryUserDirectory users, InMemoryAuditLog log) : IExternalLoginStore
{
    private readonly Lock _lock = new();
    private readonly List<ExternalLogin> _logins = [];

    public Task<IReadOnlyList<ExternalLogin>> ListAsync(TenantId tenant, UserId user, CancellationToken cancellationToken)
        => Locked<IReadOnlyList<ExternalLogin>>(() => [.. _logins.Where(login => login.Tenant == tenant && login.User == user)]);

    public Task<ExternalLogin?> FindAsync(ExternalIdentity identity, CancellationToken cancellationToken)
        => Locked(() => _logins.Find(login => login.Identity == identity));

    public Task<bool> AddAsync(ExternalLogin login, AuditDraft audit, CancellationToken cancellationToken) => Locked(() =>
    {
        if (_logins.Exists(other => other.Identity == login.Identity) || users.Session(login.Tenant, login.User, null, endsOthers: false) is null)
        {
            return false;
        }

        _logins.Add(login);
        log.Append(audit);
        return true;
    });

    public Task<SignInOutcome.SignedIn?> UseAsync(ExternalLogin login, AuditDraft audit, CancellationToken cancellationToken) => Locked(() =>
    {
        if (_logins.FindIndex(other => other.Id == login.Id) is var index && index < 0)
        {
            return null;
        }

        _logins[index] = _logins[index] with { LastUsedAt = audit.At };
        log.Append(audit);
        return users.Session(login.Tenant, login.User, audit.At, endsOthers: false);
    });

    public Task<SignInOutcome.SignedIn?> RemoveAsync(TenantId tenant, UserId user, ExternalLoginId id, AuditDraft audit, CancellationToken cancellationToken)
        => Locked(() =>
        {
            if (_logins.RemoveAll(login => login.Tenant == tenant && login.User == user && login.Id == id) == 0)
            {
                return null;
            }

            log.Append(audit);
            return users.Session(tenant, user, null, endsOthers: true);
        });

    private Task<T> Locked<T>(Func<T> work)
    {
        lock (_lock)
        {
            return Task.FromResult(work());
        }
    }
}
