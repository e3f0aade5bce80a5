using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Security.Passkeys;
using Assistant.Domain.Tenancy;

namespace Assistant.Testing.InMemory;

/// <summary>Passkeys and challenges in memory, of the users of one directory.</summary>
public sealed class InMemoryPasskeyStore(InMemoryUserDirectory users, InMemoryAuditLog log) : IPasskeyStore
{
    private readonly Lock _lock = new();
    private readonly List<Passkey> _passkeys = [];
    private readonly Dictionary<Guid, Ceremony> _open = [];

    public Task<IReadOnlyList<Passkey>> ListAsync(TenantId tenant, UserId user, CancellationToken cancellationToken)
        => Locked<IReadOnlyList<Passkey>>(() => [.. _passkeys.Where(p => p.Tenant == tenant && p.User == user)]);

    public Task<Passkey?> FindAsync(byte[] credentialId, CancellationToken cancellationToken)
        => Locked(() => _passkeys.FirstOrDefault(p => p.Credential.CredentialId.AsSpan().SequenceEqual(credentialId)));

    public Task<bool> AddAsync(Passkey passkey, AuditDraft audit, CancellationToken cancellationToken) => Locked(() =>
    {
        if (_passkeys.Any(p => p.Credential.CredentialId.AsSpan().SequenceEqual(passkey.Credential.CredentialId))
            || users.Session(passkey.Tenant, passkey.User, null, endsOthers: false) is null)
        {
            return false;
        }

        _passkeys.Add(passkey);
        log.Append(audit);
        return true;
    });

    public Task<bool> RenameAsync(TenantId tenant, UserId user, PasskeyId id, string name, AuditDraft audit, CancellationToken cancellationToken)
        => Locked(() => Replace(tenant, user, id, p => p with { Name = name }, audit));

    public Task<SignInOutcome.SignedIn?> RevokeAsync(
        TenantId tenant, UserId user, PasskeyId id, AuditDraft audit, CancellationToken cancellationToken)
        => Locked(() => Replace(tenant, user, id, _ => null, audit) ? users.Session(tenant, user, null, endsOthers: true) : null);

    public Task<SignInOutcome.SignedIn?> UseAsync(
        Passkey passkey, PasskeyCredential used, bool isSignIn, AuditDraft audit, CancellationToken cancellationToken) => Locked(() =>
    {
        if (_passkeys.Find(p => p.Id == passkey.Id)?.Credential.SignCount != passkey.Credential.SignCount)
        {
            return null;
        }

        Replace(passkey.Tenant, passkey.User, passkey.Id, p => p with { Credential = used, LastUsedAt = audit.At }, audit);
        return users.Session(passkey.Tenant, passkey.User, isSignIn ? audit.At : null, endsOthers: false);
    });

    public Task OpenAsync(Ceremony ceremony, DateTimeOffset now, CancellationToken cancellationToken)
        => Locked(() => _open[ceremony.Id] = ceremony);

    public Task<Ceremony?> ClaimAsync(Guid id, DateTimeOffset now, CancellationToken cancellationToken)
        => Locked(() => _open.Remove(id, out var found) && found.ExpiresAt > now ? found : null);

    private bool Replace(TenantId tenant, UserId user, PasskeyId id, Func<Passkey, Passkey?> change, AuditDraft audit)
    {
        var index = _passkeys.FindIndex(p => p.Tenant == tenant && p.User == user && p.Id == id);
        if (index < 0)
        {
            return false;
        }

        if (change(_passkeys[index]) is { } changed)
        {
            _passkeys[index] = changed;
        }
        else
        {
            _passkeys.RemoveAt(index);
        }

        log.Append(audit);
        return true;
    }

    private Task<T> Locked<T>(Func<T> work)
    {
        lock (_lock)
        {
            return Task.FromResult(work());
        }
    }
}
