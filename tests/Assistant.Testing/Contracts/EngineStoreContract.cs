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

        Assert.True(await store.DeleteAsync(Own, "cloud", Audit(Own, AuditActions.EngineDeleted), Cancel));
        Assert.False(await store.DeleteAsync(Own, "cloud", Audit(Own, AuditActions.EngineDeleted), Cancel));

        Assert.DoesNotContain(await store.ListAsync(Own, Cancel), e => e.Name == "cloud");
    }

    [Fact]
    public async Task The_list_is_never_empty()
    {
        var store = await CreateAsync(Own, Other);
        await SaveAsync(store, Some(Own, "cloud"));

        foreach (var engine in await store.ListAsync(Own, Cancel))
        {
            await store.DeleteAsync(Own, engine.Name, Audit(Own, AuditActions.EngineDeleted), Cancel);
        }

        Assert.NotEmpty(await store.ListAsync(Own, Cancel));
    }

    [Fact]
    public async Task Tenants_do_not_see_or_touch_each_others_engines()
    {
        var store = await CreateAsync(Own, Other);
        await SaveAsync(store, Some(Own, "cloud", isDefault: true));
        await SaveAsync(store, Some(Other, "cloud") with { Settings = Settings("sk-other") });
        await SaveAsync(store, Some(Other, "spare", isDefault: true));

        Assert.False(await store.DeleteAsync(Other, "nothing-here", Audit(Other, AuditActions.EngineDeleted), Cancel));
        await store.DeleteAsync(Other, "cloud", Audit(Other, AuditActions.EngineDeleted), Cancel);

        var own = Assert.Single(await store.ListAsync(Own, Cancel), e => e.Name == "cloud");
        Assert.Equal(("sk-secret", true), (own.Settings.Require("apiKey"), own.IsDefault));
        Assert.DoesNotContain(await store.ListAsync(Other, Cancel), e => e.Name == "cloud");
    }

    private static Task SaveAsync(IEngineStore store, Engine engine) => store.SaveAsync(engine, Audit(engine.Tenant, AuditActions.EngineSaved), Cancel);

    private static Engine Some(TenantId tenant, string name, int order = 0, bool isDefault = false)
        => new(name, tenant, "openai", Settings("sk-secret"), isDefault, order, IsProvisioned: false, At);

    private static SettingValues Settings(string key) => new(new Dictionary<string, string> { ["model"] = "m", ["apiKey"] = key });

    private static AuditDraft Audit(TenantId tenant, string action)
        => new(tenant, At, Actor.System, action, "engine/cloud", "local", AuditDraft.NoDetails);
}
