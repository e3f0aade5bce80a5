using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Security.Keys;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Tests.Persistence;
using Assistant.Testing.Contracts;
using Assistant.Testing.InMemory;
using Xunit;

namespace Assistant.Infrastructure.Tests.Security;

/// <summary>Keeps the fake honest.</summary>
public sealed class InMemoryKeyRotationTests : KeyRotationContract
{
    protected override Task<(IKeyRotation Keys, IAuditLog Audit)> CreateAsync(int values, params TenantId[] tenants)
    {
        var log = new InMemoryAuditLog();
        var keys = new InMemoryKeyRotation(log);
        Array.ForEach(tenants, tenant => keys.Add(tenant, values));
        return Task.FromResult<(IKeyRotation, IAuditLog)>((keys, log));
    }
}

public abstract class SqlKeyRotationTests(bool onPostgres) : KeyRotationContract, IAsyncDisposable
{
    private Stores? _stores;

    public async ValueTask DisposeAsync()
    {
        if (_stores is not null)
        {
            await _stores.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Every_place_that_seals_is_sealed_again_and_opens_in_a_new_process()
    {
        var house = await OpenAsync();
        await house.FillAsync(Own);

        await RotateAsync(house.Keys, Own);

        Assert.Equal([(2, SealedHouse.Values)], await VersionsAsync(house.Keys.Rotation, Own));
        await new SealedHouse(_stores!, new Sealing(_stores!)).AssertOpensAsync(Own);
    }

    [Fact]
    public async Task A_rotation_touches_nothing_that_another_tenant_sealed_in_any_place()
    {
        var house = await OpenAsync();
        await house.FillAsync(Other);
        await house.SaveEngineAsync(Own, "own", "a key");
        var before = await house.ReadSealedAsync(Other);
        Assert.Equal(SealedHouse.Values, before.Count);

        await RotateAsync(house.Keys, Own);

        Assert.Equal(
            before.Select(value => (value.Place, Convert.ToHexString(value.Bytes))),
            (await house.ReadSealedAsync(Other)).Select(value => (value.Place, Convert.ToHexString(value.Bytes))));
        Assert.Equal([(1, SealedHouse.Values)], await VersionsAsync(house.Keys.Rotation, Other));
    }

    [Fact]
    public async Task A_rotation_leaves_another_tenants_row_that_holds_the_same_bytes_under_the_same_name()
    {
        var house = await OpenAsync();
        await house.SaveEngineAsync(Own, "shared", "a key");
        await house.SaveEngineAsync(Other, "shared", "another key");
        await _stores!.Writes.ExecuteAsync(
            TenantScope.System,
            session => session.Execute(
                "UPDATE engines SET sealed_settings = (SELECT sealed_settings FROM engines WHERE tenant_id = @p0) WHERE tenant_id = @p1", Own.Value, Other.Value),
            Cancel);
        var before = await ReadAsync();

        await RotateAsync(house.Keys, Own);

        Assert.Equal(before, await ReadAsync());

        async Task<byte[]> ReadAsync() => (await house.ReadSealedAsync(Other)).Single(value => value.Place == "engines/shared/settings").Bytes;
    }

    [Fact]
    public async Task No_sealed_value_opens_at_the_place_of_another()
    {
        var house = await OpenAsync();
        await house.FillAsync(Own);
        var values = await house.ReadSealedAsync(Own);
        Assert.Equal(SealedHouse.Values, values.Count);

        foreach (var value in values)
        {
            Assert.NotEmpty(await house.Keys.Sealer.OpenAsync(Own, value.Place, value.Bytes, Cancel));
            await Assert.ThrowsAsync<SealBrokenException>(() => house.Keys.Sealer.OpenAsync(Other, value.Place, value.Bytes, Cancel));
            foreach (var other in values.Where(v => v.Place != value.Place))
            {
                await Assert.ThrowsAsync<SealBrokenException>(() => house.Keys.Sealer.OpenAsync(Own, other.Place, value.Bytes, Cancel));
            }
        }
    }

    [Fact]
    public async Task A_process_that_has_not_noticed_the_rotation_loses_nothing_it_writes_after_it()
    {
        var house = await OpenAsync();
        await house.SaveEngineAsync(Own, "first", "before");

        await RotateAsync(new Sealing(_stores!), Own); // another process: the old key is gone, this one still has it in mind
        await house.SaveEngineAsync(Own, "second", "after");

        var fresh = new SealedHouse(_stores!, new Sealing(_stores!));
        Assert.Equal("before", await fresh.ReadEngineAsync(Own, "first"));
        Assert.Equal("after", await fresh.ReadEngineAsync(Own, "second"));
        Assert.Equal([(2, 3)], await VersionsAsync(house.Keys.Rotation, Own));
    }

    [Fact]
    public async Task Secrets_written_by_another_process_while_keys_are_rotated_again_and_again_all_open()
    {
        var house = await OpenAsync();
        await using var queue = _stores!.OpenSecondQueue();
        var server = new SealedHouse(_stores, new Sealing(_stores, writes: queue), queue);
        await server.SaveEngineAsync(Own, "engine-0", "0");
        using var stop = new CancellationTokenSource();
        var writing = Task.Run(
            async () =>
            {
                var written = new Dictionary<string, string>();
                for (var i = 0; !stop.IsCancellationRequested || i < 20; i++)
                {
                    var name = $"engine-{i % 7}";
                    written[name] = $"{i}";
                    await server.SaveEngineAsync(Own, name, written[name]);
                    Assert.Equal(written[name], await server.ReadEngineAsync(Own, name));
                }

                return written;
            },
            Cancel);

        for (var i = 0; i < 6; i++)
        {
            await RotateAsync(house.Keys, Own, TimeSpan.FromMilliseconds(50));
        }

        await stop.CancelAsync();
        var fresh = new SealedHouse(_stores, new Sealing(_stores));
        foreach (var (name, value) in await writing)
        {
            Assert.Equal(value, await fresh.ReadEngineAsync(Own, name));
        }

        Assert.Equal(7, Assert.Single(await VersionsAsync(house.Keys.Rotation, Own)).Number);
    }

    [Fact]
    public async Task More_values_than_a_page_are_sealed_again_in_one_pass()
    {
        var house = await OpenAsync();
        for (var i = 0; i < 230; i++)
        {
            await house.Keys.People.SealAsync(Own, Domain.People.PersonId.Create(), "turns/1/text", "x"u8.ToArray(), Cancel);
        }

        await house.Keys.Rotation.BeginAsync(Own, Draft(Own, AuditActions.KeyRotationBegun), Cancel);

        Assert.Equal(231, (await house.Keys.Rotation.ResealAsync(Own, Cancel)).Resealed);
        Assert.Equal([(1, 0), (2, 231)], await VersionsAsync(house.Keys.Rotation, Own));
    }

    [Fact]
    public async Task What_is_sealed_for_a_person_opens_after_the_tenants_key_was_replaced_and_a_destroyed_key_stays_destroyed()
    {
        var house = await OpenAsync();
        var (ada, ben) = (Domain.People.PersonId.Create(), Domain.People.PersonId.Create());
        var adas = await house.Keys.People.SealAsync(Own, ada, "turns/1/text", "hers"u8.ToArray(), Cancel);
        var bens = await house.Keys.People.SealAsync(Own, ben, "turns/2/text", "his"u8.ToArray(), Cancel);
        await house.Keys.People.DestroyPersonKeyAsync(Own, ben, Draft(Own, AuditActions.PersonKeyDestroyed), Cancel);

        await RotateAsync(house.Keys, Own);

        var people = new Sealing(_stores!).People;
        Assert.Equal("hers"u8.ToArray(), await people.OpenAsync(Own, ada, "turns/1/text", adas, Cancel));
        Assert.Null(await people.OpenAsync(Own, ben, "turns/2/text", bens, Cancel));
        var keys = (await house.Keys.Rotation.ReadStatusAsync(Cancel)).Tenants.Single(tenant => tenant.Tenant == Own);
        Assert.Equal((1, 1), (keys.People, keys.Forgotten));
    }

    [Fact]
    public async Task Persons_keys_are_counted_in_their_own_tenant()
    {
        var house = await OpenAsync();
        var gone = Domain.People.PersonId.Create();
        await house.Keys.People.SealAsync(Own, Domain.People.PersonId.Create(), "turns/1/text", "hers"u8.ToArray(), Cancel);
        await house.Keys.People.SealAsync(Other, Domain.People.PersonId.Create(), "turns/2/text", "his"u8.ToArray(), Cancel);
        await house.Keys.People.SealAsync(Other, gone, "turns/3/text", "theirs"u8.ToArray(), Cancel);
        await house.Keys.People.DestroyPersonKeyAsync(Other, gone, Draft(Other, AuditActions.PersonKeyDestroyed), Cancel);

        var tenants = (await house.Keys.Rotation.ReadStatusAsync(Cancel)).Tenants;

        Assert.Equal([(Own, 1, 0), (Other, 1, 1)], tenants.Select(keys => (keys.Tenant, keys.People, keys.Forgotten)));
    }

    [Fact]
    public async Task A_value_that_does_not_open_is_named_and_keeps_its_key()
    {
        var house = await OpenAsync();
        await house.SaveEngineAsync(Own, "good", "1");
        await house.SaveEngineAsync(Own, "altered", "2");
        await house.AlterEngineAsync("altered");

        await house.Keys.Rotation.BeginAsync(Own, Draft(Own, AuditActions.KeyRotationBegun), Cancel);
        var pass = await house.Keys.Rotation.ResealAsync(Own, Cancel);

        Assert.Equal(["engines/altered/settings"], pass.Broken);
        Assert.Equal(2, pass.Resealed);
        Assert.False(await house.Keys.Rotation.RetireAsync(Own, Draft(Own, AuditActions.KeyRotated), Cancel));
    }

    protected override async Task<(IKeyRotation Keys, IAuditLog Audit)> CreateAsync(int values, params TenantId[] tenants)
    {
        var house = await OpenAsync(tenants);
        foreach (var tenant in tenants)
        {
            await house.Keys.Sealer.SealAsync(tenant, "nowhere", "makes the first version"u8.ToArray(), Cancel);
            for (var i = 1; i < values; i++) // the key of the audit log is one
            {
                await house.SaveEngineAsync(tenant, $"engine-{i}", "secret");
            }
        }

        return (house.Keys.Rotation, _stores!.Audit);
    }

    private async Task<SealedHouse> OpenAsync(params TenantId[] tenants)
    {
        _stores = await Stores.CreateAsync(onPostgres, TimeProvider.System, tenants is [] ? [Own, Other] : tenants);
        return new SealedHouse(_stores, new Sealing(_stores));
    }

    private static async Task RotateAsync(Sealing keys, TenantId tenant, TimeSpan grace = default)
    {
        await keys.Rotation.BeginAsync(tenant, Draft(tenant, AuditActions.KeyRotationBegun), Cancel);
        var passes = 0;
        do
        {
            Assert.True(passes++ < 1000, "the older version is never retired");
            Assert.Empty((await keys.Rotation.ResealAsync(tenant, Cancel)).Broken);
            await Task.Delay(grace, Cancel);
        }
        while (!await keys.Rotation.RetireAsync(tenant, Draft(tenant, AuditActions.KeyRotated), Cancel));
    }
}

public sealed class SqliteKeyRotationTests() : SqlKeyRotationTests(onPostgres: false);

public sealed class PostgresKeyRotationTests() : SqlKeyRotationTests(onPostgres: true);
