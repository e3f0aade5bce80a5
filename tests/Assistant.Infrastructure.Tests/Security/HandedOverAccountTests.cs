using System.Security.Cryptography;
using Assistant.Domain.Audit;
using Assistant.Domain.People.Accounts;
using Assistant.Domain.Security;
using Assistant.Domain.Security.External;
using Assistant.Domain.Security.Passkeys;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Security.Identity;
using Assistant.Infrastructure.Tests.Persistence;
using Assistant.Testing;
using Xunit;

namespace Assistant.Infrastructure.Tests.Security;

/// <summary>What opens an account opens it in its tenant: an account that is at home elsewhere by now is none.</summary>
public sealed class HandedOverAccountTests : HandedOverRows
{
    [Fact]
    public async Task A_passkey_begins_no_session_of_an_account_of_another_tenant()
    {
        var user = await AddUserAsync();
        var credential = new PasskeyCredential(RandomNumberGenerator.GetBytes(64), RandomNumberGenerator.GetBytes(77), 7, ["internal"], Guid.CreateVersion7(), true, false);
        var passkey = new Passkey(new PasskeyId(Guid.CreateVersion7()), Home, user, "Phone", credential, Ports.Clock.GetUtcNow(), null);
        Assert.True(await House.Get<IPasskeyStore>().AddAsync(passkey, Draft(Home, "test.changed", "user/x"), Cancel));

        await HandOverAsync("users");

        await Assert.ThrowsAsync<InvalidOperationException>(
            () => House.Get<IPasskeyStore>().UseAsync(passkey, credential with { SignCount = 8 }, true, Draft(Home, "test.changed", "user/x"), Cancel));
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => House.Get<IPasskeyStore>().RevokeAsync(Home, user, passkey.Id, Draft(Home, "test.changed", "user/x"), Cancel));
    }

    [Fact]
    public async Task A_login_elsewhere_begins_no_session_of_an_account_of_another_tenant()
    {
        var user = await AddUserAsync();
        var login = new ExternalLogin(
            new ExternalLoginId(Guid.CreateVersion7()), Home, user, new ExternalIdentity("https://id.example.org", "1"), "Example ID", Ports.Clock.GetUtcNow(), null);
        Assert.True(await House.Get<IExternalLoginStore>().AddAsync(login, Draft(Home, "test.changed", "user/x"), Cancel));

        await HandOverAsync("users");

        await Assert.ThrowsAsync<InvalidOperationException>(
            () => House.Get<IExternalLoginStore>().UseAsync(login, Draft(Home, "test.changed", "user/x"), Cancel));
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => House.Get<IExternalLoginStore>().RemoveAsync(Home, user, login.Id, Draft(Home, "test.changed", "user/x"), Cancel));
    }

    /// <summary>A person has one row for their account, whichever tenant it names: this one is not told whose it is.</summary>
    [Fact]
    public async Task A_link_of_another_tenant_is_not_taken_for_this_ones()
    {
        var user = await AddUserAsync();
        var person = (await BeginAsync(await HearAsync(HomeLine, "1", "hello"))).Person.Id;
        var audit = Draft(Home, AuditActions.AccountLinked, $"person/{person}");
        Assert.Equal(LinkOutcome.Linked, await Ports.Accounts.LinkAsync(Home, person, user, audit, Cancel));

        await HandOverAsync("person_accounts");

        Assert.Equal(LinkOutcome.AccountTaken, await Ports.Accounts.LinkAsync(Home, person, user, audit, Cancel));
    }

    /// <summary>The turn that brought a code may run twice; what is taken for its link has to be this tenant's.</summary>
    [Fact]
    public async Task A_used_code_does_not_confirm_a_link_of_another_tenant()
    {
        var user = await AddUserAsync();
        var person = (await BeginAsync(await HearAsync(HomeLine, "1", "hello"))).Person.Id;
        var code = new OfferedCode(Guid.CreateVersion7(), Home, user, Ports.Clock.GetUtcNow().AddMinutes(10));
        var audit = Draft(Home, AuditActions.AccountLinked, $"person/{person}");
        await Ports.Accounts.OfferAsync(code, audit, Cancel);
        Assert.Equal(LinkOutcome.Linked, await Ports.Accounts.RedeemAsync(Home, code.Id, person, audit, Cancel));
        Assert.Equal(LinkOutcome.Linked, await Ports.Accounts.RedeemAsync(Home, code.Id, person, audit, Cancel));

        await HandOverAsync("person_accounts");

        Assert.Equal(LinkOutcome.NoSuchCode, await Ports.Accounts.RedeemAsync(Home, code.Id, person, audit, Cancel));
    }

    /// <summary>In whatever context it is asked, and whichever membership comes first, by age or by name.</summary>
    [Fact]
    public async Task The_role_of_an_account_is_the_one_it_holds_at_home()
    {
        var archive = new TenantId("archive");
        await Ports.Tenants.EnsureAsync(archive, "Archive", Cancel);
        var user = await AddUserAsync();
        await ExecuteAsync("DELETE FROM memberships");
        await House.Get<IMembershipStore>().SetAsync(archive, user, Roles.Auditor, Draft(archive, "test.changed", "user/x"), Cancel);
        await House.Get<IMembershipStore>().SetAsync(Home, user, Roles.Owner, Draft(Home, "test.changed", "user/x"), Cancel);

        var session = await House.Get<IWriteQueue>().ExecuteAsync(TenantScope.System, session => UserRows.SessionOf(session, Home, user), Cancel);

        Assert.Equal(Roles.Owner, session.User.Role);
    }

    private async Task<UserId> AddUserAsync() => Assert.IsType<CreateUserOutcome.Created>(
        await Ports.Users.CreateAsync(
            new NewUser(new UserId(Guid.CreateVersion7()), Home, "ada@example.org", Roles.Owner, "correct horse battery"), onlyFirst: false,
            Draft(Home, AuditActions.UserCreated, "user/x"), Cancel)).User.Id;
}
