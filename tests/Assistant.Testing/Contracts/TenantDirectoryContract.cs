using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Xunit;

namespace Assistant.Testing.Contracts;

/// <summary>What every <see cref="ITenantDirectory"/> must hold.</summary>
public abstract class TenantDirectoryContract : PathContract
{
    [Fact]
    public async Task A_tenant_is_created_once_and_keeps_its_first_name()
    {
        var cellar = new TenantId("cellar");

        var created = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Ports.Tenants.EnsureAsync(cellar, "Cellar", Cancel)));

        Assert.Single(created, c => c);
        Assert.False(await Ports.Tenants.EnsureAsync(cellar, "Another name", Cancel));
        Assert.Equal(["Cellar"], (await Ports.Tenants.ListAsync(Cancel)).Where(t => t.Id == cellar).Select(t => t.DisplayName));
    }

    [Fact]
    public async Task A_tenants_log_begins_with_who_made_it()
    {
        var (cellar, ada) = (new TenantId("cellar"), new Actor("user", "1", "Ada"));
        var audit = new AuditDraft(cellar, Ports.Clock.GetUtcNow(), ada, AuditActions.TenantCreated, $"tenant/{cellar}", "192.0.2.7", AuditDraft.NoDetails);

        Assert.True(await Ports.Tenants.EnsureAsync(cellar, "Cellar", audit, Cancel));
        Assert.False(await Ports.Tenants.EnsureAsync(cellar, "Cellar", audit, Cancel));

        var written = Assert.Single(await AuditOfAsync(cellar));
        Assert.Equal((1L, ada, "192.0.2.7"), (written.Seq, written.What.Actor, written.What.Origin));
    }

    [Fact]
    public async Task A_tenant_is_shown_by_another_name_with_an_event_where_it_is_another()
    {
        var cellar = new TenantId("cellar");
        await Ports.Tenants.EnsureAsync(cellar, "Cellar", Cancel);
        var others = (await Ports.Tenants.ListAsync(Cancel)).Where(t => t.Id != cellar).ToList();

        Assert.True(await RenameAsync(cellar, "Wine cellar"));
        Assert.False(await RenameAsync(cellar, "Wine cellar"));
        Assert.False(await RenameAsync(new TenantId("nowhere"), "Wine cellar"));

        Assert.Equal(["Wine cellar"], (await Ports.Tenants.ListAsync(Cancel)).Where(t => t.Id == cellar).Select(t => t.DisplayName));
        Assert.Equal(others, (await Ports.Tenants.ListAsync(Cancel)).Where(t => t.Id != cellar));
        Assert.Equal(1, await Ports.Audit.ReadAsync(cellar, 1, Cancel).CountAsync(e => e.What.Action == AuditActions.TenantRenamed, Cancel));
    }

    [Fact]
    public async Task Tenants_are_listed_by_name()
    {
        await Ports.Tenants.EnsureAsync(new TenantId("attic"), "Attic", Cancel);

        Assert.Equal(["attic", "default", "office"], (await Ports.Tenants.ListAsync(Cancel)).Select(t => t.Id.Value));
    }

    [Fact]
    public async Task A_message_for_a_tenant_that_does_not_exist_is_refused()
    {
        var stray = HomeLine with { Tenant = new TenantId("nowhere") };

        await Assert.ThrowsAsync<TenantUnknownException>(() => StoreAsync(stray, Said(stray, "1", "hello")));
    }

    private Task<bool> RenameAsync(TenantId id, string displayName) => Ports.Tenants.RenameAsync(
        id, displayName, new AuditDraft(id, Ports.Clock.GetUtcNow(), Actor.System, AuditActions.TenantRenamed, $"tenant/{id}", "local", AuditDraft.NoDetails), Cancel);
}
