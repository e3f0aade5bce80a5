using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Security.ApiKeys;
using Assistant.Infrastructure.Security.Identity;
using Assistant.Infrastructure.Security.Memberships;
using Assistant.Infrastructure.Tests.Persistence;
using Assistant.Testing.Contracts;
using Assistant.Testing.InMemory;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Xunit;

namespace Assistant.Infrastructure.Tests.Security;

public abstract class SqlMembershipStoreTests(bool onPostgres) : MembershipStoreContract, IAsyncDisposable
{
    private Stores? _stores;
    private PasswordHashing? _passwords;
    private AccessRights? _rights;

    protected override async Task<MembershipPorts> CreateAsync(TimeProvider clock, params TenantId[] tenants)
    {
        _stores = await Stores.CreateAsync(onPostgres, clock, tenants);
        _rights = new AccessRights(_stores.Reads);
        var options = Options.Create(new SignInOptions { PasswordIterations = 1000 });
        _passwords = new PasswordHashing(options);
        var keys = new Sealing(_stores, clock: clock);
        return new MembershipPorts(
            new SqlUserDirectory(_stores.Reads, _stores.Writes, keys.Sealer, keys.Writes, new OtpNetTotp(clock), _passwords, options, _rights, clock),
            new SqlMembershipStore(_stores.Reads, _stores.Writes, _rights), new SqlRoleStore(_stores.Reads, _stores.Writes, _rights), _rights,
            new SqlApiKeyStore(_stores.Reads, _stores.Writes, clock, NullLogger<SqlApiKeyStore>.Instance), _stores.Audit);
    }

    [Fact]
    public async Task Somebody_made_by_another_process_a_moment_ago_can_begin_a_session()
    {
        var ports = await CreateAsync(TimeProvider.System, TenantId.Default);
        using var here = new AccessRights(_stores!.Reads);
        await here.LoadAsync(TestContext.Current.CancellationToken);
        var ada = await AddAsync(ports, "ada@example.org", Roles.Operator);
        var stamp = await SignInAsync(ports, ada);
        Assert.False(here.IsInForce(ada.Id, stamp));

        await here.LoadAsync(ada.Id, stamp, TestContext.Current.CancellationToken);

        Assert.True(here.IsInForce(ada.Id, stamp));
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

public sealed class SqliteMembershipStoreTests() : SqlMembershipStoreTests(onPostgres: false);

public sealed class PostgresMembershipStoreTests() : SqlMembershipStoreTests(onPostgres: true);

public sealed class InMemoryMembershipStoreTests : MembershipStoreContract
{
    protected override Task<MembershipPorts> CreateAsync(TimeProvider clock, params TenantId[] tenants)
    {
        var audit = new InMemoryAuditLog();
        var users = new InMemoryUserDirectory(audit, clock, tenants);
        var memberships = new InMemoryMembershipStore(users, audit);
        var keys = new InMemoryApiKeyStore(audit, clock);
        var roles = new InMemoryRoleStore(memberships, keys, audit);
        return Task.FromResult(new MembershipPorts(users, memberships, roles, new InMemoryAccessRights(users, memberships, roles), keys, audit));
    }
}
