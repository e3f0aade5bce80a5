using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Security.Identity;
using Assistant.Infrastructure.Security.Memberships;
using Assistant.Infrastructure.Tests.Persistence;
using Assistant.Testing.Contracts;
using Assistant.Testing.InMemory;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Infrastructure.Tests.Security;

public abstract class SqlUserDirectoryTests(bool onPostgres) : UserDirectoryContract, IAsyncDisposable
{
    private Stores? _stores;
    private PasswordHashing? _passwords;
    private AccessRights? _rights;

    protected override async Task<(IUserDirectory Users, IAuditLog Audit)> CreateAsync(TimeProvider clock, params TenantId[] tenants)
    {
        _stores = await Stores.CreateAsync(onPostgres, clock, tenants);
        // Fewer iterations than the options allow in production: the contract signs in some fifty times.
        var options = Options.Create(new SignInOptions { PasswordIterations = 1000 });
        _passwords = new PasswordHashing(options);
        var keys = new Sealing(_stores, clock: clock);
        _rights = new AccessRights(_stores.Reads);
        return (
            new SqlUserDirectory(_stores.Reads, _stores.Writes, keys.Sealer, keys.Writes, new OtpNetTotp(clock), _passwords, options, _rights, clock),
            _stores.Audit);
    }

    [Fact]
    public async Task Neither_password_nor_seed_is_readable_at_rest()
    {
        var clock = new FakeTimeProvider();
        var (users, _) = await CreateAsync(clock, TenantId.Default);
        var secret = TotpSecret.Create();
        var user = new NewUser(new UserId(Guid.CreateVersion7()), TenantId.Default, "ada@example.org", Roles.Owner, "correct horse battery", secret);
        await users.CreateAsync(user, false, UserDesk.LocalCaller(TenantId.Default).Audit(clock.GetUtcNow(), "x", "y"), TestContext.Current.CancellationToken);

        await using var context = _stores!.Database.OpenContext(TenantScope.System);
        var row = await context.Set<UserRow>().SingleAsync(TestContext.Current.CancellationToken);

        Assert.DoesNotContain("correct horse", row.PasswordHash, StringComparison.Ordinal);
        Assert.Equal(-1, row.TotpSecret.AsSpan().IndexOf(secret.Bytes.Span));
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

public sealed class SqliteUserDirectoryTests() : SqlUserDirectoryTests(onPostgres: false);

public sealed class PostgresUserDirectoryTests() : SqlUserDirectoryTests(onPostgres: true);

public sealed class InMemoryUserDirectoryTests : UserDirectoryContract
{
    protected override Task<(IUserDirectory Users, IAuditLog Audit)> CreateAsync(TimeProvider clock, params TenantId[] tenants)
    {
        var audit = new InMemoryAuditLog();
        return Task.FromResult<(IUserDirectory, IAuditLog)>((new InMemoryUserDirectory(audit, clock, tenants), audit));
    }
}
