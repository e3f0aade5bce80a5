using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Security.Sessions;
using Assistant.Domain.Tenancy;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Testing.Contracts;

/// <summary>What every store of known devices must do.</summary>
public abstract class KnownDeviceStoreContract
{
    private static readonly TenantId Own = TenantId.Default;

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 28, 9, 0, 0, TimeSpan.Zero));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>An empty store over a directory without users, in which the tenants exist.</summary>
    protected abstract Task<(IKnownDeviceStore Devices, IUserDirectory Users, IAuditLog Audit)> CreateAsync(TimeProvider clock, params TenantId[] tenants);

    [Fact]
    public async Task A_device_is_found_by_its_accounts_address_and_by_no_others()
    {
        var (devices, users, audit) = await CreateAsync(_clock, Own);
        var (ada, bob) = (await AddUserAsync(users, "ada@example.org"), await AddUserAsync(users, "bob@example.org"));
        var seen = Device(ada);

        await devices.SeeAsync(seen, Draft(AuditActions.DeviceSeen), Cancel);
        await devices.SeeAsync(Device(bob), null, Cancel);

        Assert.Equal(seen, await devices.FindAsync(" ADA@example.org", seen.Id, Cancel));
        Assert.Null(await devices.FindAsync("bob@example.org", seen.Id, Cancel));
        Assert.Null(await devices.FindAsync("eve@example.org", seen.Id, Cancel));
        Assert.Equal([seen], await devices.ListAsync(ada.Id, Cancel));
        Assert.Equal(1, await CountAsync(audit, AuditActions.DeviceSeen));
    }

    [Fact]
    public async Task One_browser_of_two_people_is_a_device_of_each_and_keeps_its_first_time()
    {
        var (devices, users, _) = await CreateAsync(_clock, Own);
        var (ada, bob) = (await AddUserAsync(users, "ada@example.org"), await AddUserAsync(users, "bob@example.org"));
        var seen = Device(ada);
        await devices.SeeAsync(seen, null, Cancel);
        await devices.SeeAsync(Device(bob) with { Id = seen.Id }, null, Cancel);
        var later = seen with { Look = new DeviceLook("Chrome", "Linux"), FirstSeenAt = seen.FirstSeenAt.AddDays(1), LastSeenAt = seen.LastSeenAt.AddDays(1), ToldAt = _clock.GetUtcNow() };

        await devices.SeeAsync(later, null, Cancel);

        Assert.Equal([later with { FirstSeenAt = seen.FirstSeenAt }], await devices.ListAsync(ada.Id, Cancel));
        Assert.Single(await devices.ListAsync(bob.Id, Cancel));
    }

    [Fact]
    public async Task Confirming_and_forgetting_are_its_users_alone_and_forgetting_is_written()
    {
        var (devices, users, audit) = await CreateAsync(_clock, Own);
        var (ada, bob) = (await AddUserAsync(users, "ada@example.org"), await AddUserAsync(users, "bob@example.org"));
        var seen = Device(ada);
        await devices.SeeAsync(seen, null, Cancel);

        Assert.False(await devices.ConfirmAsync(bob.Id, seen.Id, _clock.GetUtcNow(), Cancel));
        Assert.False(await devices.ForgetAsync(bob.Id, seen.Id, Draft(AuditActions.DeviceForgotten), Cancel));
        Assert.True(await devices.ConfirmAsync(ada.Id, seen.Id, _clock.GetUtcNow(), Cancel));
        Assert.Equal(_clock.GetUtcNow(), Assert.Single(await devices.ListAsync(ada.Id, Cancel)).ToldAt);
        Assert.True(await devices.ForgetAsync(ada.Id, seen.Id, Draft(AuditActions.DeviceForgotten), Cancel));
        Assert.False(await devices.ForgetAsync(ada.Id, seen.Id, Draft(AuditActions.DeviceForgotten), Cancel));

        Assert.Null(await devices.FindAsync("ada@example.org", seen.Id, Cancel));
        Assert.Equal(1, await CountAsync(audit, AuditActions.DeviceForgotten));
    }

    private KnownDevice Device(User user) => new(
        Guid.CreateVersion7(), user.Id, user.Tenant, new DeviceLook("Firefox", "Windows"), "192.0.2.7", _clock.GetUtcNow(), _clock.GetUtcNow(), null);

    private AuditDraft Draft(string action) => new(Own, _clock.GetUtcNow(), Actor.System, action, "user/x", "local", AuditDraft.NoDetails);

    private static async Task<int> CountAsync(IAuditLog audit, string action)
        => (await audit.ListAsync(Own, new AuditFilter(action), null, 50, Cancel)).Items.Count;

    private async Task<User> AddUserAsync(IUserDirectory users, string email) => Assert.IsType<CreateUserOutcome.Created>(
        await users.CreateAsync(
            new NewUser(new UserId(Guid.CreateVersion7()), Own, email, Roles.Owner, "correct horse battery"), onlyFirst: false, Draft(AuditActions.UserCreated), Cancel)).User;
}
