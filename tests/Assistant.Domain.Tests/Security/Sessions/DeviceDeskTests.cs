using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Security.Sessions;
using Assistant.Testing.InMemory;
using Xunit;
using static Assistant.Domain.Tests.Security.Sessions.SessionRig;

namespace Assistant.Domain.Tests.Security.Sessions;

/// <summary>When a device is news, and to whom.</summary>
public sealed class DeviceDeskTests
{
    private static readonly DeviceLook Firefox = new("Firefox", "Windows");
    private static readonly DeviceLook Chrome = new("Chrome", "Linux");

    private readonly SessionRig _rig = new();
    private readonly DeviceDesk _desk;

    public DeviceDeskTests() => _desk = new DeviceDesk(new InMemoryKnownDeviceStore(_rig.Users, _rig.Audit), _rig.Clock);

    [Fact]
    public async Task The_first_device_is_no_news_and_the_second_is_until_it_is_confirmed_on_another()
    {
        var user = await _rig.AddAsync("ada@example.org");
        var (first, second) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        var (here, there) = (await CallerAsync(user, first), await CallerAsync(user, second));

        Assert.False(await _desk.SeeAsync(user, first, Firefox, "192.0.2.1", Cancel));
        Assert.True(await _desk.SeeAsync(user, second, Chrome, "192.0.2.2", Cancel));

        Assert.Equal(second, Assert.Single(await _desk.ListNewAsync(here, Cancel)).Id);
        Assert.Empty(await _desk.ListNewAsync(there, Cancel));
        Assert.False(await _desk.ConfirmAsync(there, second, Cancel));
        Assert.True(await _desk.ConfirmAsync(here, second, Cancel));
        Assert.Empty(await _desk.ListNewAsync(here, Cancel));
        Assert.Equal("new", Assert.Single((await _rig.Audit.ListAsync(Own, new AuditFilter(AuditActions.DeviceSeen), null, 10, Cancel)).Items).What.Details["was"]);
    }

    [Fact]
    public async Task A_device_that_looks_different_from_the_last_time_is_news_and_the_same_one_is_not()
    {
        var user = await _rig.AddAsync("ada@example.org");
        var device = Guid.CreateVersion7();
        await _desk.SeeAsync(user, device, Firefox, "192.0.2.1", Cancel);

        Assert.False(await _desk.SeeAsync(user, device, Firefox, "198.51.100.9", Cancel)); // an address alone is none
        Assert.True(await _desk.SeeAsync(user, device, Chrome, "192.0.2.1", Cancel));
    }

    [Fact]
    public async Task What_was_not_confirmed_stays_news_at_the_next_sign_in_on_it()
    {
        var user = await _rig.AddAsync("ada@example.org");
        var (first, second) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await _desk.SeeAsync(user, first, Firefox, "192.0.2.1", Cancel);
        await _desk.SeeAsync(user, second, Chrome, "192.0.2.2", Cancel);

        Assert.False(await _desk.SeeAsync(user, second, Chrome, "192.0.2.2", Cancel));

        Assert.Single(await _desk.ListNewAsync(await CallerAsync(user, first), Cancel));
    }

    [Fact]
    public async Task A_new_device_confirms_itself_neither_without_its_cookie_nor_by_another_new_one()
    {
        var user = await _rig.AddAsync("ada@example.org");
        var (first, second, third) = (Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7());
        foreach (var (device, look) in new[] { (first, Firefox), (second, Chrome), (third, Chrome) })
        {
            await _desk.SeeAsync(user, device, look, "192.0.2.1", Cancel);
        }

        foreach (var device in new Guid?[] { null, Guid.CreateVersion7(), third })
        {
            var caller = await CallerAsync(user, device);
            Assert.Empty(await _desk.ListNewAsync(caller, Cancel));
            Assert.False(await _desk.ConfirmAsync(caller, second, Cancel));
        }

        var here = await CallerAsync(user, first);
        Assert.Equal(2, (await _desk.ListNewAsync(here, Cancel)).Count);
        Assert.True(await _desk.ConfirmAsync(here, second, Cancel));
        Assert.True(await _desk.ConfirmAsync(await CallerAsync(user, second), third, Cancel)); // told, it may speak for others
    }

    [Fact]
    public async Task Where_none_is_confirmed_the_one_that_was_seen_first_is_asked()
    {
        var user = await _rig.AddAsync("ada@example.org");
        var (first, second, third) = (Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7());
        await _desk.SeeAsync(user, first, Firefox, "192.0.2.1", Cancel);
        await _desk.SeeAsync(user, first, Chrome, "192.0.2.1", Cancel); // it changed, and no other was there to say so
        _rig.Clock.Advance(TimeSpan.FromDays(1));
        await _desk.SeeAsync(user, second, Chrome, "198.51.100.9", Cancel);
        _rig.Clock.Advance(TimeSpan.FromDays(1));
        await _desk.SeeAsync(user, third, Chrome, "198.51.100.9", Cancel);

        Assert.False(await _desk.ConfirmAsync(await CallerAsync(user, second), third, Cancel));
        Assert.False(await _desk.ConfirmAsync(await CallerAsync(user, third), second, Cancel));
        Assert.Equal(2, (await _desk.ListNewAsync(await CallerAsync(user, first), Cancel)).Count);
        Assert.True(await _desk.ConfirmAsync(await CallerAsync(user, first), second, Cancel));
    }

    [Fact]
    public async Task A_forgotten_device_is_known_no_more_and_only_its_owner_forgets_it()
    {
        var (ada, bob) = (await _rig.AddAsync("ada@example.org"), await _rig.AddAsync("bob@example.org"));
        var device = Guid.CreateVersion7();
        await _desk.SeeAsync(ada, device, Firefox, "192.0.2.1", Cancel);
        Assert.True(await _desk.IsKnownAsync("ADA@example.org", device, Cancel));
        Assert.False(await _desk.IsKnownAsync("bob@example.org", device, Cancel));

        Assert.False(await _desk.ForgetAsync(await CallerAsync(bob, null), device, Cancel));
        Assert.True(await _desk.ForgetAsync(await CallerAsync(ada, device), device, Cancel));

        Assert.False(await _desk.IsKnownAsync("ada@example.org", device, Cancel));
    }

    private async Task<Caller> CallerAsync(User user, Guid? device) => await _rig.SignInAsync(user) with { Device = device };
}
