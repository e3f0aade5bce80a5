using Assistant.Domain.Ai;
using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
using Xunit;

namespace Assistant.Testing.Contracts;

/// <summary>What every store of engines must do.</summary>
public abstract class EngineStoreContract
{
    private static readonly DateTimeOffset At = new(2026, 11, 23, 9, 0, 0, TimeSpan.Zero);

    private static readonly TenantId Own = TenantId.Default;
    private static readonly TenantId Other = new("other");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>A store in which both tenants exist and nothing was saved.</summary>
    protected abstract Task<IEngineStore> CreateAsync(params TenantId[] tenants);

    [Fact]
    public async Task A_new_tenant_has_the_embedded_engine_as_its_default()
    {
        var store = await CreateAsync(Own, Other);

        var engine = Assert.Single(await store.ListAsync(Own, Cancel));

        Assert.Equal(("embedded", true), (engine.Type, engine.IsDefault));
    }

    [Fact]
    public async Task What_was_saved_is_read_back_with_its_secrets()
    {
        var store = await CreateAsync(Own, Other);

        await SaveAsync(store, Some(Own, "cloud", order: 3));

        var read = Assert.Single(await store.ListAsync(Own, Cancel), e => e.Name == "cloud");
        Assert.Equal(("openai", 3, false, At), (read.Type, read.Order, read.IsDefault, read.UpdatedAt));
        Assert.Equal("sk-secret", read.Settings.Require("apiKey"));
    }

    [Fact]
    public async Task Saving_a_name_again_replaces_the_engine()
    {
        var store = await CreateAsync(Own, Other);
        await SaveAsync(store, Some(Own, "cloud"));

        await SaveAsync(store, Some(Own, "cloud") with { Settings = Settings("sk-new"), UpdatedAt = At.AddMinutes(1) });

        var read = Assert.Single(await store.ListAsync(Own, Cancel), e => e.Name == "cloud");
        Assert.Equal(("sk-new", At.AddMinutes(1)), (read.Settings.Require("apiKey"), read.UpdatedAt));
    }

    [Fact]
    public async Task A_new_default_replaces_the_old_one_and_comes_first()
    {
        var store = await CreateAsync(Own, Other);
        await SaveAsync(store, Some(Own, "first", order: 1, isDefault: true));
        await SaveAsync(store, Some(Own, "second", order: 2));

        await SaveAsync(store, Some(Own, "third", order: 9, isDefault: true));

        var list = await store.ListAsync(Own, Cancel);
        Assert.Equal(["third", "first", "second"], list.Where(e => e.Type != "embedded").Select(e => e.Name));
        Assert.Equal("third", list[0].Name);
        Assert.Single(list, e => e.IsDefault);
    }

    [Fact]
    public async Task A_deleted_engine_is_gone_and_deleting_it_again_says_so()
    {
        var store = await CreateAsync(Own, Other);
        await SaveAsync(store, Some(Own, "cloud"));

        Assert.True(await store.RemoveAsync(Own, "cloud", Audit(Own, AuditActions.EngineDeleted), Cancel));
        Assert.False(await store.RemoveAsync(Own, "cloud", Audit(Own, AuditActions.EngineDeleted), Cancel));

        Assert.DoesNotContain(await store.ListAsync(Own, Cancel), e => e.Name == "cloud");
    }

    [Fact]
    public async Task The_list_is_never_empty()
    {
        var store = await CreateAsync(Own, Other);
        await SaveAsync(store, Some(Own, "cloud"));

        foreach (var engine in await store.ListAsync(Own, Cancel))
        {
            await store.RemoveAsync(Own, engine.Name, Audit(Own, AuditActions.EngineDeleted), Cancel);
        }

        Assert.NotEmpty(await store.ListAsync(Own, Cancel));
    }

    [Fact]
    public async Task Tenants_do_not_see_or_touch_each_others_engines()
    {
        var store = await CreateAsync(Own, Other);
        await SaveAsync(store, Some(Own, "cloud", isDefault: true));
        await SaveAsync(store, Some(Other, "cloud") with { Settings = Settings("sk-other") });
        await SaveAsync(store, Some(Own, "cloud", isDefault: true));
        Assert.Equal("sk-other", Assert.Single(await store.ListAsync(Other, Cancel)).Settings.Require("apiKey"));
        await SaveAsync(store, Some(Other, "spare", isDefault: true));

        Assert.False(await store.RemoveAsync(Other, "nothing-here", Audit(Other, AuditActions.EngineDeleted), Cancel));
        await store.RemoveAsync(Other, "cloud", Audit(Other, AuditActions.EngineDeleted), Cancel);

        var own = Assert.Single(await store.ListAsync(Own, Cancel), e => e.Name == "cloud");
        Assert.Equal(("sk-secret", true), (own.Settings.Require("apiKey"), own.IsDefault));
        Assert.DoesNotContain(await store.ListAsync(Other, Cancel), e => e.Name == "cloud");
    }

    [Fact]
    public async Task Of_two_changes_from_one_reading_one_is_refused()
    {
        var store = await CreateAsync(Own, Other);
        var cloud = await SaveAsync(store, Some(Own, "cloud", isDefault: true));
        var read = await store.ListAsync(Own, Cancel);

        var first = await TrySaveAsync(store, cloud with { Settings = Settings("sk-first") }, read);
        Assert.Null(await TrySaveAsync(store, cloud with { Order = 7 }, read));

        var only = Assert.Single(await store.ListAsync(Own, Cancel));
        Assert.Equal(("sk-first", 0, first!.UpdatedAt), (only.Settings.Require("apiKey"), only.Order, only.UpdatedAt));
        Assert.True(only.UpdatedAt > cloud.UpdatedAt);
    }

    [Fact]
    public async Task Of_two_changes_at_once_one_is_refused()
    {
        var store = await CreateAsync(Own, Other);
        var cloud = await SaveAsync(store, Some(Own, "cloud", isDefault: true));
        var read = await store.ListAsync(Own, Cancel);

        var saved = await Task.WhenAll(Enumerable.Range(0, 8).Select(
            i => Task.Run(() => TrySaveAsync(store, cloud with { Settings = Settings($"sk-{i}") }, read), Cancel)));

        var only = Assert.Single(saved, one => one is not null);
        Assert.Equal(only!.Settings.Require("apiKey"), Assert.Single(await store.ListAsync(Own, Cancel)).Settings.Require("apiKey"));
    }

    [Fact]
    public async Task The_first_engine_replaces_none_that_was_made_meanwhile()
    {
        var store = await CreateAsync(Own, Other);
        var read = await store.ListAsync(Own, Cancel);
        await SaveAsync(store, Some(Own, "cloud", isDefault: true));

        Assert.Null(await TrySaveAsync(store, Some(Own, "cloud", isDefault: true) with { Settings = Settings("sk-second") }, read));
        Assert.Null(await TrySaveAsync(store, Some(Own, "other", isDefault: true), read));

        Assert.Equal("sk-secret", Assert.Single(await store.ListAsync(Own, Cancel)).Settings.Require("apiKey"));
    }

    [Fact]
    public async Task A_default_replaced_meanwhile_does_not_come_back_with_a_change_of_it()
    {
        var store = await CreateAsync(Own, Other);
        var cloud = await SaveAsync(store, Some(Own, "cloud", isDefault: true));
        var spare = await SaveAsync(store, Some(Own, "spare"));
        var read = await store.ListAsync(Own, Cancel);
        await SaveAsync(store, spare with { IsDefault = true });

        Assert.Null(await TrySaveAsync(store, cloud with { Order = 7 }, read));

        Assert.Equal([("spare", true), ("cloud", false)], (await store.ListAsync(Own, Cancel)).Select(e => (e.Name, e.IsDefault)));
    }

    [Fact]
    public async Task What_was_deleted_does_not_become_the_default_and_what_became_the_default_is_not_deleted()
    {
        var store = await CreateAsync(Own, Other);
        await SaveAsync(store, Some(Own, "cloud", isDefault: true));
        var spare = await SaveAsync(store, Some(Own, "spare"));
        var read = await store.ListAsync(Own, Cancel);
        var third = await SaveAsync(store, Some(Own, "third"));
        var later = await store.ListAsync(Own, Cancel);

        Assert.True(await store.RemoveAsync(Own, "spare", Audit(Own, AuditActions.EngineDeleted), Cancel));
        Assert.Null(await TrySaveAsync(store, spare with { IsDefault = true }, read));
        await SaveAsync(store, third with { IsDefault = true });
        Assert.False(await store.DeleteAsync(Own, "third", later, Audit(Own, AuditActions.EngineDeleted), Cancel));

        Assert.Equal([("third", true), ("cloud", false)], (await store.ListAsync(Own, Cancel)).Select(e => (e.Name, e.IsDefault)));
    }

    private static Task<Engine> SaveAsync(IEngineStore store, Engine engine) => store.PutAsync(engine, Audit(engine.Tenant, AuditActions.EngineSaved), Cancel);

    private static Task<Engine?> TrySaveAsync(IEngineStore store, Engine engine, IReadOnlyList<Engine> read)
        => store.SaveAsync(engine, read, Audit(engine.Tenant, AuditActions.EngineSaved), Cancel);

    private static Engine Some(TenantId tenant, string name, int order = 0, bool isDefault = false)
        => new(name, tenant, "openai", Settings("sk-secret"), isDefault, order, IsProvisioned: false, At);

    private static SettingValues Settings(string key) => new(new Dictionary<string, string> { ["model"] = "m", ["apiKey"] = key });

    private static AuditDraft Audit(TenantId tenant, string action)
        => new(tenant, At, Actor.System, action, "engine/cloud", "local", AuditDraft.NoDetails);
}
