using Assistant.Domain.Audit;
using Assistant.Domain.Forgetting;
using Assistant.Domain.Messaging;
using Assistant.Domain.People;
using Assistant.Domain.People.Accounts;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Xunit;

namespace Assistant.Testing.Contracts;

/// <summary>What every store of people's accounts must hold.</summary>
public abstract class PersonAccountStoreContract : PathContract
{
    private IPersonAccountStore Accounts => Ports.Accounts;

    [Fact]
    public async Task A_code_links_once_and_whoever_typed_it_may_type_it_again()
    {
        var (ada, lin, wu) = (await UserAsync("ada@example.org"), await PersonAsync("lin"), await PersonAsync("wu"));
        var code = await OfferAsync(ada);

        Assert.Equal(LinkOutcome.Linked, await RedeemAsync(code, lin));
        Assert.Equal(LinkOutcome.Linked, await RedeemAsync(code, lin)); // the turn that brought it may run twice
        Assert.Equal(LinkOutcome.NoSuchCode, await RedeemAsync(code, wu));

        Assert.Equal((ada, "ada@example.org", lin), Of(await Accounts.FindAsync(Home, lin, Cancel)));
        Assert.Equal(lin, Assert.Single(await Accounts.ListOfAsync(ada, Cancel)).Person);
        Assert.Null(await Accounts.FindAsync(Home, wu, Cancel));
        Assert.Single(await AuditOfAsync(Home), e => e.What.Action == AuditActions.AccountLinked);
    }

    [Fact]
    public async Task A_used_code_does_not_bring_back_a_link_that_was_ended()
    {
        var (ada, lin) = (await UserAsync("ada@example.org"), await PersonAsync("lin"));
        var code = await OfferAsync(ada);
        Assert.Equal(LinkOutcome.Linked, await RedeemAsync(code, lin));
        Assert.True(await UnlinkAsync(lin, null));

        Assert.Equal(LinkOutcome.NoSuchCode, await RedeemAsync(code, lin));

        Assert.Null(await Accounts.FindAsync(Home, lin, Cancel));
        Assert.Equal(LinkOutcome.Linked, await LinkAsync(lin, await UserAsync("bob@example.org")));
        Assert.Equal(LinkOutcome.NoSuchCode, await RedeemAsync(code, lin)); // linked again, with another account
    }

    [Fact]
    public async Task A_code_is_worth_something_for_its_time_in_its_tenant_until_there_is_a_newer_one()
    {
        var (ada, lin) = (await UserAsync("ada@example.org"), await PersonAsync("lin"));
        var stranger = await PersonAsync("lin", OfficeLine);
        var (old, present) = (await OfferAsync(ada), await OfferAsync(ada));

        Assert.Equal(LinkOutcome.NoSuchCode, await RedeemAsync(old, lin));
        Assert.Equal(LinkOutcome.NoSuchCode, await RedeemAsync(present, stranger, Office));
        Assert.Equal(LinkOutcome.NoSuchCode, await RedeemAsync(LinkCode.Create(), lin));
        Ports.Clock.Advance(LinkCode.Lifetime);
        Assert.Equal(LinkOutcome.NoSuchCode, await RedeemAsync(present, lin));

        Assert.Empty(await Accounts.ListOfAsync(ada, Cancel));
        Assert.DoesNotContain(await AuditOfAsync(Home), e => e.What.Action == AuditActions.AccountLinked);
    }

    [Fact]
    public async Task A_code_offered_in_one_tenant_takes_none_back_in_another()
    {
        var (ada, lin) = (await UserAsync("ada@example.org"), await PersonAsync("lin"));
        var code = await OfferAsync(ada);

        await OfferAsync(ada, Office);

        Assert.Equal(LinkOutcome.Linked, await RedeemAsync(code, lin));
    }

    [Fact]
    public async Task In_a_tenant_a_person_has_one_account_and_an_account_one_person()
    {
        var (ada, bob, lin, wu) = (await UserAsync("ada@example.org"), await UserAsync("bob@example.org"), await PersonAsync("lin"), await PersonAsync("wu"));
        var elsewhere = await PersonAsync("lin", OfficeLine);
        Assert.Equal(LinkOutcome.Linked, await LinkAsync(lin, ada));

        Assert.Equal(LinkOutcome.PersonTaken, await LinkAsync(lin, bob));
        Assert.Equal(LinkOutcome.AccountTaken, await LinkAsync(wu, ada));
        Assert.Equal(LinkOutcome.Linked, await LinkAsync(elsewhere, ada, Office));
        Assert.Equal(LinkOutcome.NoSuchPerson, await LinkAsync(elsewhere, bob));

        Assert.Equal([Home, Office], (await Accounts.ListOfAsync(ada, Cancel)).Select(link => link.Tenant));
        Assert.Equal(LinkOutcome.PersonTaken, await RedeemAsync(await OfferAsync(bob), lin));
    }

    [Fact]
    public async Task Of_several_accounts_at_once_one_gets_the_person()
    {
        var lin = await PersonAsync("lin");
        var users = new List<UserId>();
        for (var i = 0; i < 6; i++)
        {
            users.Add(await UserAsync($"user{i}@example.org"));
        }

        var outcomes = await Task.WhenAll(users.Select(user => Task.Run(() => LinkAsync(lin, user), Cancel)));

        Assert.Single(outcomes, outcome => outcome == LinkOutcome.Linked);
    }

    [Fact]
    public async Task A_link_is_ended_by_its_own_account_or_by_the_tenant()
    {
        var (ada, bob, lin) = (await UserAsync("ada@example.org"), await UserAsync("bob@example.org"), await PersonAsync("lin"));
        await LinkAsync(lin, ada);

        Assert.False(await UnlinkAsync(lin, bob));
        Assert.False(await UnlinkAsync(lin, ada, Office));
        Assert.False(await UnlinkAsync(lin, null, Office));
        Assert.Null(await Accounts.FindAsync(Office, lin, Cancel));
        Assert.True(await UnlinkAsync(lin, ada));
        Assert.False(await UnlinkAsync(lin, null));

        Assert.Null(await Accounts.FindAsync(Home, lin, Cancel));
        Assert.Equal(LinkOutcome.Linked, await LinkAsync(lin, bob));
        Assert.True(await UnlinkAsync(lin, null));
        Assert.Equal(2, (await AuditOfAsync(Home)).Count(e => e.What.Action == AuditActions.AccountUnlinked));
    }

    [Fact]
    public async Task Whoever_is_being_forgotten_has_no_account_from_that_moment()
    {
        var (ada, lin) = (await UserAsync("ada@example.org"), await PersonAsync("lin"));
        await LinkAsync(lin, ada);
        var code = await OfferAsync(await UserAsync("bob@example.org"));
        var preview = (await Ports.Erasures.PreviewAsync(Home, ErasureScope.Of(lin), Cancel))!;

        Assert.IsType<BeginErasureOutcome.Begun>(await Ports.Erasures.BeginAsync(
            ErasureId.Create(), ErasureScope.Of(lin), preview.Digest, 0, Draft(Home, AuditActions.ErasureBegun, $"person/{lin}"), Cancel));

        Assert.Null(await Accounts.FindAsync(Home, lin, Cancel));
        Assert.Empty(await Accounts.ListOfAsync(ada, Cancel));
        Assert.Equal(LinkOutcome.NoSuchPerson, await RedeemAsync(code, lin));
    }

    private static (UserId, string, PersonId) Of(PersonAccount? link) => (link!.User, link.Email, link.Person);

    private async Task<UserId> UserAsync(string email)
    {
        var user = new NewUser(new UserId(Guid.CreateVersion7()), Home, email, Roles.Viewer, "correct horse battery");
        return Assert.IsType<CreateUserOutcome.Created>(
            await Ports.Users.CreateAsync(user, onlyFirst: false, Draft(Home, AuditActions.UserCreated, $"user/{user.Id}"), Cancel)).User.Id;
    }

    private async Task<PersonId> PersonAsync(string sender, Connection? line = null)
        => (await BeginAsync(await HearAsync(line ?? HomeLine, $"1-{sender}", "hello", $"chat-{sender}", sender))).Person.Id;

    private async Task<LinkCode> OfferAsync(UserId user, TenantId? tenant = null)
    {
        var code = LinkCode.Create();
        await Accounts.OfferAsync(
            new OfferedCode(code.Id, tenant ?? Home, user, Ports.Clock.GetUtcNow() + LinkCode.Lifetime),
            Draft(tenant ?? Home, AuditActions.AccountLinkOffered, $"user/{user}"), Cancel);
        return code;
    }

    private Task<LinkOutcome> RedeemAsync(LinkCode code, PersonId person, TenantId? tenant = null)
        => Accounts.RedeemAsync(tenant ?? Home, code.Id, person, Draft(tenant ?? Home, AuditActions.AccountLinked, $"person/{person}"), Cancel);

    private Task<LinkOutcome> LinkAsync(PersonId person, UserId user, TenantId? tenant = null)
        => Accounts.LinkAsync(tenant ?? Home, person, user, Draft(tenant ?? Home, AuditActions.AccountLinked, $"person/{person}"), Cancel);

    private Task<bool> UnlinkAsync(PersonId person, UserId? user, TenantId? tenant = null)
        => Accounts.UnlinkAsync(tenant ?? Home, person, user, Draft(tenant ?? Home, AuditActions.AccountUnlinked, $"person/{person}"), Cancel);
}
