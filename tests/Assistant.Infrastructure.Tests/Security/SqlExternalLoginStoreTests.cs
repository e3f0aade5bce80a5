using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Security.External;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Security.External;
using Assistant.Infrastructure.Security.Identity;
using Assistant.Infrastructure.Security.Memberships;
using Assistant.Infrastructure.Tests.Persistence;
using Assistant.Testing.Contracts;
using Assistant.Testing.InMemory;
using Microsoft.Extensions.Options;

namespace Assistant.Infrastructure.Tests.Security;

public abstract class SqlExternalLoginStoreTests(bool onPostgres) : ExternalLoginStoreContract, IAsyncDisposable
{
    private Stores? _stores;
    private PasswordHashing? _passwords;
    private AccessRights? _rights;

    protected override async Task<(IExternalLoginStore Logins, IUserDirectory Users, IAuditLog Audit)> CreateAsync(TimeProvider clock, params TenantId[] tenants)
    {
        _stores = await Stores.CreateAsync(onPostgres, clock, tenants);
        var options = Options.Create(new SignInOptions { PasswordIterations = 1000 });
        _passwords = new PasswordHashing(options);
        var keys = new Sealing(_stores, clock: clock);
        _rights = new AccessRights(_stores.Reads);
        var users = new SqlUserDirectory(
            _stores.Reads, _stores.Writes, keys.Sealer, keys.Writes, new OtpNetTotp(clock), _passwords, options, _rights, clock);
        return (new SqlExternalLoginStore(_stores.Database, _stores.Writes, _rights), users, _stores.Audit);
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

public sealed class SqliteExternalLoginStoreTests() : SqlExternalLoginStoreTests(onPostgres: false);

public sealed class PostgresExternalLoginStoreTests() : SqlExternalLoginStoreTests(onPostgres: true);

public sealed class InMemoryExternalLoginStoreTests : ExternalLoginStoreContract
{
    protected override Task<(IExternalLoginStore Logins, IUserDirectory Users, IAuditLog Audit)> CreateAsync(TimeProvider clock, params TenantId[] tenants)
    {
        var audit = new InMemoryAuditLog();
        var users = new InMemoryUserDirectory(audit, clock, tenants);
        return Task.FromResult<(IExternalLoginStore, IUserDirectory, IAuditLog)>((new InMemoryExternalLoginStore(users, audit), users, audit));
    }
}
