using Assistant.Domain.Audit;
using Assistant.Domain.People;
using Assistant.Domain.People.Accounts;
using Assistant.Domain.People.Links;
using Assistant.Infrastructure.Tests.Persistence;
using Xunit;

namespace Assistant.Infrastructure.Tests.People;

/// <summary>Who is together is together within a tenant, whomever rows of another one name.</summary>
public sealed class HandedOverLinkTests : HandedOverRows
{
    [Fact]
    public async Task A_link_of_another_tenant_leads_nowhere()
    {
        var (lin, wu, mei) = (await PersonAsync("lin"), await PersonAsync("wu"), await PersonAsync("mei"));
        await LinkAsync(lin, wu);
        await LinkAsync(wu, mei);
        var far = (await Ports.Links.ListOfAsync(Home, mei, Cancel)).Single(link => link.First == mei || link.Second == mei);

        Assert.Equal(1, await ExecuteAsync("UPDATE person_links SET tenant_id = @p0 WHERE id = @p1", Office.Value, far.Id));

        Assert.Equal(wu, Assert.Single(await Ports.Links.ListOfAsync(Home, lin, Cancel)).OtherThan(lin));
        Assert.Null(await Ports.Links.UnlinkAsync(Home, far.Id, Draft(Home, AuditActions.PersonUnlinked, "person/x"), Cancel));
    }

    [Fact]
    public async Task A_code_of_another_tenant_is_not_taken_back()
    {
        var lin = await PersonAsync("lin");
        await OfferAsync(lin);
        await HandOverAsync("person_link_codes");

        await OfferAsync(lin);

        Assert.Equal(2, await CountAsync("person_link_codes"));
    }

    [Fact]
    public async Task A_code_of_another_tenant_shows_nobody()
    {
        var (lin, wu) = (await PersonAsync("lin"), await PersonAsync("wu"));
        var code = await OfferAsync(lin);
        await HandOverAsync("person_link_codes");

        Assert.Null(await Ports.Links.FindOfferAsync(Home, code.Id, wu, Ports.Clock.GetUtcNow(), Cancel));
        Assert.Equal(JoinOutcome.NoSuchCode, await Ports.Links.RedeemAsync(Home, code.Id, wu, Draft(Home, AuditActions.PersonLinked, "person/x"), Cancel));
    }

    private async Task<PersonId> PersonAsync(string sender)
        => (await BeginAsync(await HearAsync(HomeLine, $"1-{sender}", "hello", $"chat-{sender}", sender))).Person.Id;

    private Task<JoinOutcome> LinkAsync(PersonId one, PersonId other) => Ports.Links.LinkAsync(
        PersonLink.Between(Home, one, other, LinkProof.Operator, Ports.Clock.GetUtcNow()), Draft(Home, AuditActions.PersonLinked, "person/x"), Cancel);

    private async Task<LinkCode> OfferAsync(PersonId person)
    {
        var code = LinkCode.Create();
        await Ports.Links.OfferAsync(
            new OfferedLink(code.Id, Home, person, Ports.Clock.GetUtcNow() + LinkCode.Lifetime), Draft(Home, AuditActions.PersonLinkOffered, "person/x"), Cancel);
        return code;
    }
}
