using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Testing;
using Assistant.Testing.Fakes;
using Assistant.Testing.InMemory;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Domain.Tests.Security;

/// <summary>Nobody is asked to prove what cannot succeed, where saying so tells the caller nothing they may not know.</summary>
public sealed class VainProofTests
{
    private const string Password = "correct horse battery";

    private static readonly TenantId Own = TenantId.Default;
    private static readonly TenantId Annex = new("annex");

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 28, 9, 0, 0, TimeSpan.Zero));
    private readonly InMemoryAuditLog _audit = new();
    private readonly OpenGuard _guard = new();
    private readonly FakeTenants _tenants = new();
    private readonly InMemoryUserDirectory _users;
    private readonly InMemoryMembershipStore _memberships;

    public VainProofTests()
    {
        _users = new InMemoryUserDirectory(_audit, _clock, Own, Annex);
        _memberships = new InMemoryMembershipStore(_users, _audit);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_address_of_the_own_tenant_is_taken_before_a_proof_is_asked_for()
    {
        await AddAsync("ada@example.org", Own);

        Assert.IsType<CreateUserOutcome.EmailTaken>(await CreateAsync(" ADA@example.org "));

        Assert.Empty(_guard.Demanded);
    }

    [Fact]
    public async Task That_an_address_has_an_account_elsewhere_is_told_after_the_proof_alone()
    {
        await AddAsync("ada@example.org", Annex);

        Assert.IsType<CreateUserOutcome.EmailTaken>(await CreateAsync("ada@example.org"));

        Assert.Single(_guard.Demanded);
    }

    [Fact]
    public async Task The_name_of_a_tenant_one_sees_is_taken_before_a_proof_is_asked_for_and_of_another_after_it()
    {
        await _tenants.EnsureAsync(Annex, "Annex", Cancel);
        var desk = new TenantDesk(_tenants, _memberships, _guard, _clock);
        var caller = new Caller((await AddAsync("ada@example.org", Own)).AsActor, Own, Roles.PermissionsOf(Roles.Owner), "192.0.2.7");

        Assert.IsType<CreateTenantOutcome.Taken>(await desk.CreateAsync(caller, Own.Value, "Again", Cancel));
        Assert.Empty(_guard.Demanded);

        Assert.IsType<CreateTenantOutcome.Taken>(await desk.CreateAsync(caller, Annex.Value, "Again", Cancel));
        Assert.Single(_guard.Demanded);
    }

    private Task<CreateUserOutcome> CreateAsync(string email)
        => new UserDesk(_users, _guard, _clock).CreateAsync(Callers.Of(Roles.Owner), email, Roles.Viewer, Password, totp: null, Cancel);

    private async Task<User> AddAsync(string email, TenantId home) => Assert.IsType<CreateUserOutcome.Created>(
        await new UserDesk(_users, new OpenGuard(), _clock).CreateAsync(
            UserDesk.LocalCaller(home), email, Roles.Owner, Password, totp: null, Cancel)).User;
}
