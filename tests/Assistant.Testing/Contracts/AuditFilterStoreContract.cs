using System.Globalization;
using Assistant.Domain.Audit;
using Assistant.Domain.Audit.Filters;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Xunit;

namespace Assistant.Testing.Contracts;

/// <summary>What every <see cref="IAuditFilterStore"/> must hold.</summary>
public abstract class AuditFilterStoreContract
{
    private static readonly TenantId Own = TenantId.Default;
    private static readonly TenantId Other = new("other");
    private static readonly UserId Ada = new(Guid.Parse("0198c0de-0000-7000-8000-00000000ada0"));
    private static readonly UserId Ben = new(Guid.Parse("0198c0de-0000-7000-8000-00000000be00"));
    private static readonly DateTimeOffset Now = new(2026, 3, 24, 9, 0, 0, TimeSpan.Zero);

    /// <summary>Cancels with the test.</summary>
    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>An empty store of a house with these tenants.</summary>
    protected abstract Task<IAuditFilterStore> CreateAsync(params TenantId[] tenants);

    [Fact]
    public async Task A_filter_comes_back_as_it_was_saved_and_the_next_of_its_name_takes_its_place()
    {
        var store = await CreateAsync(Own);
        var whole = new AuditFilter("user.signin", "Ada", "user/1", "锅炉 🙂", Now, Now.AddDays(1));

        Assert.True(await store.SaveAsync(Own, Ada, new("sign-ins", new AuditFilter(Action: "user.signout"), Now), Cancel));
        Assert.True(await store.SaveAsync(Own, Ada, new("Later", new AuditFilter(Text: "x"), Now), Cancel));
        Assert.True(await store.SaveAsync(Own, Ada, new("sign-ins", whole, Now.AddMinutes(1)), Cancel));

        Assert.Equal(
            [new("Later", new AuditFilter(Text: "x"), Now), new SavedAuditFilter("sign-ins", whole, Now.AddMinutes(1))], await store.ListAsync(Own, Ada, Cancel));
    }

    [Fact]
    public async Task Each_user_has_filters_of_their_own_in_each_tenant()
    {
        var store = await CreateAsync(Own, Other);
        (TenantId Tenant, UserId User)[] owners = [(Own, Ada), (Own, Ben), (Other, Ada)];
        foreach (var (tenant, user) in owners)
        {
            Assert.True(await store.SaveAsync(tenant, user, new("mine", new AuditFilter(Text: $"{tenant} {user}"), Now), Cancel));
        }

        Assert.False(await store.DeleteAsync(Other, Ben, "mine", Cancel));
        foreach (var (tenant, user) in owners)
        {
            Assert.Equal($"{tenant} {user}", Assert.Single(await store.ListAsync(tenant, user, Cancel)).Filter.Text);
        }

        Assert.True(await store.DeleteAsync(Own, Ada, "mine", Cancel));
        Assert.False(await store.DeleteAsync(Own, Ada, "mine", Cancel));
        Assert.Empty(await store.ListAsync(Own, Ada, Cancel));
        Assert.Single(await store.ListAsync(Own, Ben, Cancel));
        Assert.Single(await store.ListAsync(Other, Ada, Cancel));
    }

    [Fact]
    public async Task Saving_anew_in_one_place_leaves_the_same_name_elsewhere_alone()
    {
        var store = await CreateAsync(Own, Other);
        await store.SaveAsync(Own, Ben, new("mine", new AuditFilter(Text: "Ben's"), Now), Cancel);
        await store.SaveAsync(Other, Ada, new("mine", new AuditFilter(Text: "elsewhere"), Now), Cancel);

        await store.SaveAsync(Own, Ada, new("mine", new AuditFilter(Text: "first"), Now), Cancel);
        await store.SaveAsync(Own, Ada, new("mine", new AuditFilter(Text: "second"), Now), Cancel);

        Assert.Equal("second", Assert.Single(await store.ListAsync(Own, Ada, Cancel)).Filter.Text);
        Assert.Equal("Ben's", Assert.Single(await store.ListAsync(Own, Ben, Cancel)).Filter.Text);
        Assert.Equal("elsewhere", Assert.Single(await store.ListAsync(Other, Ada, Cancel)).Filter.Text);
    }

    [Fact]
    public async Task A_user_keeps_so_many_and_may_still_replace_one()
    {
        var store = await CreateAsync(Own, Other);
        await store.SaveAsync(Other, Ada, new("elsewhere", new AuditFilter(Text: "x"), Now), Cancel);
        await store.SaveAsync(Own, Ben, new("Ben's", new AuditFilter(Text: "x"), Now), Cancel);
        for (var i = 0; i < SavedAuditFilter.MaxPerUser; i++)
        {
            Assert.True(await store.SaveAsync(Own, Ada, new(string.Create(CultureInfo.InvariantCulture, $"filter {i}"), new AuditFilter(Text: "x"), Now), Cancel));
        }

        Assert.False(await store.SaveAsync(Own, Ada, new("one more", new AuditFilter(Text: "x"), Now), Cancel));
        Assert.True(await store.SaveAsync(Own, Ada, new("filter 7", new AuditFilter(Text: "another"), Now), Cancel));
        Assert.Equal(SavedAuditFilter.MaxPerUser, (await store.ListAsync(Own, Ada, Cancel)).Count);
    }
}
