using Microsoft.AspNetCore.Identity;

namespace Assistant.Infrastructure.Security.Passkeys;

/// <summary>A user as far as one ceremony needs one.</summary>
/// <param name="Passkeys">Those the ceremony is about.</param>
internal sealed record PasskeyHolder(string Id, string Name, IList<UserPasskeyInfo> Passkeys);

/// <summary>
/// What the framework's handler asks its store for, answered from what was read before: it finds this one holder and changes nothing,
/// because whatever a ceremony changes is written with its audit event.
/// </summary>
internal sealed class OneHolderStore(PasskeyHolder? holder) : IUserPasskeyStore<PasskeyHolder>
{
    public Task<PasskeyHolder?> FindByIdAsync(string userId, CancellationToken cancellationToken)
        => Task.FromResult(holder?.Id == userId ? holder : null);

    public Task<PasskeyHolder?> FindByNameAsync(string normalizedUserName, CancellationToken cancellationToken) => Task.FromResult<PasskeyHolder?>(null);

    public Task<PasskeyHolder?> FindByPasskeyIdAsync(byte[] credentialId, CancellationToken cancellationToken)
        => Task.FromResult(holder is not null && Find(holder, credentialId) is not null ? holder : null);

    public Task<UserPasskeyInfo?> FindPasskeyAsync(PasskeyHolder user, byte[] credentialId, CancellationToken cancellationToken)
        => Task.FromResult(Find(user, credentialId));

    public Task<IList<UserPasskeyInfo>> GetPasskeysAsync(PasskeyHolder user, CancellationToken cancellationToken) => Task.FromResult(user.Passkeys);

    public Task<string> GetUserIdAsync(PasskeyHolder user, CancellationToken cancellationToken) => Task.FromResult(user.Id);

    public Task<string?> GetUserNameAsync(PasskeyHolder user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.Name);

    public Task<string?> GetNormalizedUserNameAsync(PasskeyHolder user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.Name);

    public Task AddOrUpdatePasskeyAsync(PasskeyHolder user, UserPasskeyInfo passkey, CancellationToken cancellationToken) => throw Unchangeable();

    public Task RemovePasskeyAsync(PasskeyHolder user, byte[] credentialId, CancellationToken cancellationToken) => throw Unchangeable();

    public Task SetUserNameAsync(PasskeyHolder user, string? userName, CancellationToken cancellationToken) => throw Unchangeable();

    public Task SetNormalizedUserNameAsync(PasskeyHolder user, string? normalizedName, CancellationToken cancellationToken) => throw Unchangeable();

    public Task<IdentityResult> CreateAsync(PasskeyHolder user, CancellationToken cancellationToken) => throw Unchangeable();

    public Task<IdentityResult> UpdateAsync(PasskeyHolder user, CancellationToken cancellationToken) => throw Unchangeable();

    public Task<IdentityResult> DeleteAsync(PasskeyHolder user, CancellationToken cancellationToken) => throw Unchangeable();

    public void Dispose()
    {
        // Nothing is held.
    }

    private static UserPasskeyInfo? Find(PasskeyHolder user, byte[] credentialId)
        => user.Passkeys.FirstOrDefault(passkey => passkey.CredentialId.AsSpan().SequenceEqual(credentialId));

    private static NotSupportedException Unchangeable() => new("A ceremony changes no account.");
}
