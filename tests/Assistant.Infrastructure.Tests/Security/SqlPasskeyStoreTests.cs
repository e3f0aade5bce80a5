using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Security.Passkeys;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Security.Identity;
using Assistant.Infrastructure.Security.Memberships;
using Assistant.Infrastructure.Security.Passkeys;
using Assistant.Infrastructure.Tests.Persistence;
using Assistant.Testing.Contracts;
using Assistant.Testing.InMemory;
using Microsoft.Extensions.Options;

namespace Assistant.Infrastructure.Tests.Security;

public abstract class SqlPasskeyStoreTests(bool onPostgres) : PasskeyStoreContract, IAsyncDisposable
{
    private Stores? _stores;
    private PasswordHashing? _passwords;
    private AccessRights? _rights;

    protected override async Task<(IPasskeyStore Passkeys, IUserDirectory Users, IAuditLog Audit)> CreateAsync(TimeProvider clock, params TenantId[] tenants)
    {
        _stores = await Stores.CreateAsync(onPostgres, clock, tenants);
        var options = Options.Create(new SignInOptions { PasswordIterations = 1000 });
        _passwords = new PasswordHashing(options);
        var keys = new Sealing(_stores, clock: clock);
        _rights = new AccessRights(_stores.Reads);
        var users = new SqlUserDirectory(
            _stores.Reads, _stores.Writes, keys.Sealer, keys.Writes, new OtpNetTotp(clock), _passwords, options, _rights, clock);
        return (new SqlPasskeyStore(_stores.Database, _stores.Writes, _rights), users, _stores.Audit);
    }

    public async ValueTask DisposeAsync()
    {
        _passwords?.Dispose();
        _rights?.Dispose();
        if (_stores is not null)
        {
            await _stores.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }
}

public sealed class SqlitePasskeyStoreTests() : SqlPasskeyStoreTests(onPostgres: false);

public sealed class PostgresPasskeyStoreTests() : SqlPasskeyStoreTests(onPostgres: true);

public sealed class InMemoryPasskeyStoreTests : PasskeyStoreContract
{
    protected override Task<(IPasskeyStore Passkeys, IUserDirectory Users, IAuditLog Audit)> CreateAsync(TimeProvider clock, params TenantId[] tenants)
    {
        var audit = new InMemoryAuditLog();
        var users = new InMemoryUserDirectory(audit, clock, tenants);
        return Task.FromResult<(IPasskeyStore, IUserDirectory, IAuditLog)>((new InMemoryPasskeyStore(users, audit), users, audit));
    }
}
