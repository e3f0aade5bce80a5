using Assistant.Domain.Audit;
using Assistant.Domain.Forgetting;
using Assistant.Domain.Messaging;
using Assistant.Domain.People;
using Assistant.Domain.People.Accounts;
using Assistant.Domain.People.Links;
using Assistant.Domain.Tenancy;
using Xunit;

namespace Assistant.Testing.Contracts;

/// <summary>What every store of links between persons must hold.</summary>
public abstract class PersonLinkStoreContract : PathContract
{
    private IPersonLinkStore Links => Ports.Links;

    [Fact]
    public async Task A_code_links_once_and_whoever_typed_it_may_type_it_again()
    {
        var (lin, wu, eve) = (await PersonAsync("lin"), await PersonAsync("wu"), await PersonAsync("eve"));
        var code = await OfferAsync(lin);

        Assert.Equal(lin, await FindAsync(code, wu));
        Assert.Equal(JoinOutcome.Linked, await RedeemAsync(code, wu));
        Assert.Equal(JoinOutcome.Linked, await RedeemAsync(code, wu)); // the turn that brought it may run twice
        Assert.Equal(lin, await FindAsync(code, wu));
        Assert.Null(await FindAsync(code, eve));
        Assert.Equal(JoinOutcome.NoSuchCode, await RedeemAsync(code, eve));

        var link = Assert.Single(await Links.ListOfAsync(Home, lin, Cancel));
        Assert.Equal((LinkProof.Code, wu), (link.Proof, link.OtherThan(lin)));
        Assert.Equal(link, Assert.Single(await Links.ListOfAsync(Home, wu, Cancel)));
        Assert.Single(await AuditOfAsync(Home), e => e.What.Action == AuditActions.PersonLinked);
    }

    [Fact]
    public async Task A_code_is_worth_something_for_its_time_in_its_tenant_until_there_is_a_newer_one()
    {
        var (lin, wu, stranger) = (await PersonAsync("lin"), await PersonAsync("wu"), await PersonAsync("wu", OfficeLine));
        var (old, present) = (await OfferAsync(lin), await OfferAsync(lin));

        Assert.Equal(JoinOutcome.NoSuchCode, await RedeemAsync(old, wu));
        Assert.Equal(JoinOutcome.NoSuchCode, await RedeemAsync(present, stranger, Office));
        Assert.Null(await FindAsync(present, stranger, Office));
        Assert.Equal(JoinOutcome.Same, await RedeemAsync(present, lin));
        Ports.Clock.Advance(LinkCode.Lifetime);
        Assert.Null(await FindAsync(present, wu));
        Assert.Equal(JoinOutcome.NoSuchCode, await RedeemAsync(present, wu));

        Assert.Empty(await Links.ListOfAsync(Home, lin, Cancel));
        Assert.DoesNotContain(await AuditOfAsync(Home), e => e.What.Action == AuditActions.PersonLinked);
    }

    [Fact]
    public async Task Ending_a_link_leaves_what_was_before()
    {
        var (lin, wu, mei) = (await PersonAsync("lin"), await PersonAsync("wu"), await PersonAsync("mei"));
        var before = await Links.ListOfAsync(Home, wu, Cancel);
        await LinkAsync(lin, mei);
        var code = await OfferAsync(lin);
        await RedeemAsync(code, wu);
        var link = (await Links.ListOfAsync(Home, wu, Cancel)).Single(one => one.First == wu || one.Second == wu);

        Assert.Null(await Links.UnlinkAsync(Office, link.Id, Draft(Office, AuditActions.PersonUnlinked, "x/1"), Cancel));
        Assert.Equal(link, await UnlinkAsync(link));
        Assert.Null(await UnlinkAsync(link));

        Assert.Equal(before, await Links.ListOfAsync(Home, wu, Cancel));
        Assert.Equal(mei, Assert.Single(await Links.ListOfAsync(Home, lin, Cancel)).OtherThan(lin));
        Assert.Equal(JoinOutcome.NoSuchCode, await RedeemAsync(code, wu)); // a code that was used makes no second link
        Assert.Single(await AuditOfAsync(Home), e => e.What.Action == AuditActions.PersonUnlinked);
    }

    [Fact]
    public async Task Whoever_can_be_reached_is_together()
    {
        var (lin, wu, mei, eve) = (await PersonAsync("lin"), await PersonAsync("wu"), await PersonAsync("mei"), await PersonAsync("eve"));
        await LinkAsync(lin, wu);
        await LinkAsync(wu, mei);
        Assert.Equal(JoinOutcome.Linked, await LinkAsync(mei, wu));
        Assert.Equal(JoinOutcome.Linked, await LinkAsync(mei, lin)); // a circle

        foreach (var person in new[] { lin, wu, mei })
        {
            var links = await Links.ListOfAsync(Home, person, Cancel);
            Assert.Equal(3, links.Count);
            Assert.Equal(new[] { lin, wu, mei }.ToHashSet(), PersonLinks.Together(person, links).ToHashSet());
            Assert.Equal(person, PersonLinks.Together(person, links)[0]);
        }

        Assert.Empty(await Links.ListOfAsync(Home, eve, Cancel));
        Assert.Empty(await Links.ListOfAsync(Office, lin, Cancel));
    }

    [Fact]
    public async Task A_human_being_is_so_many_persons_and_no_more()
    {
        var first = await PersonAsync("p0");
        for (var i = 1; i < PersonLinkDesk.MaxTogether; i++)
        {
            Assert.Equal(JoinOutcome.Linked, await LinkAsync(first, await PersonAsync($"p{i}")));
        }

        Assert.Equal(JoinOutcome.TooMany, await LinkAsync(first, await PersonAsync("one-too-many")));
        Assert.Equal(JoinOutcome.TooMany, await RedeemAsync(await OfferAsync(await PersonAsync("another")), first));
    }

    [Fact]
    public async Task Only_persons_of_the_tenant_are_linked()
    {
        var (lin, stranger) = (await PersonAsync("lin"), await PersonAsync("lin", OfficeLine));

        Assert.Equal(JoinOutcome.NoSuchPerson, await LinkAsync(lin, stranger));
        Assert.Equal(JoinOutcome.NoSuchPerson, await LinkAsync(lin, PersonId.Create()));
        Assert.Equal(JoinOutcome.NoSuchPerson, await LinkAsync(stranger, lin, Office));
        Assert.Equal(JoinOutcome.Same, await LinkAsync(lin, lin));
        Assert.DoesNotContain(await AuditOfAsync(Home), e => e.What.Action == AuditActions.PersonLinked);
    }

    [Fact]
    public async Task Of_several_at_once_nobody_is_lost_or_doubled()
    {
        var (lin, wu) = (await PersonAsync("lin"), await PersonAsync("wu"));

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => Task.Run(() => i % 2 == 0 ? LinkAsync(lin, wu) : LinkAsync(wu, lin), Cancel)));

        Assert.All(outcomes, outcome => Assert.Equal(JoinOutcome.Linked, outcome));
        Assert.Single(await Links.ListOfAsync(Home, lin, Cancel));
        Assert.Single(await AuditOfAsync(Home), e => e.What.Action == AuditActions.PersonLinked);
    }

    [Fact]
    public async Task Whoever_is_being_forgotten_is_together_with_nobody_from_that_moment()
    {
        var (lin, wu, mei) = (await PersonAsync("lin"), await PersonAsync("wu"), await PersonAsync("mei"));
        await LinkAsync(lin, wu);
        await LinkAsync(lin, mei);
        var code = await OfferAsync(lin);
        var preview = (await Ports.Erasures.PreviewAsync(Home, ErasureScope.Of(lin), Cancel))!;

        Assert.IsType<BeginErasureOutcome.Begun>(await Ports.Erasures.BeginAsync(
            ErasureId.Create(), ErasureScope.Of(lin), preview.Digest, 0, Draft(Home, AuditActions.ErasureBegun, $"person/{lin}"), Cancel));

        Assert.Empty(await Links.ListOfAsync(Home, wu, Cancel));
        Assert.Empty(await Links.ListOfAsync(Home, lin, Cancel));
        Assert.Null(await FindAsync(code, wu));
        Assert.Equal(JoinOutcome.NoSuchCode, await RedeemAsync(code, wu));
        Assert.Equal(JoinOutcome.NoSuchPerson, await LinkAsync(lin, wu));
    }

    private async Task<PersonId> PersonAsync(string sender, Connection? line = null)
        => (await BeginAsync(await HearAsync(line ?? HomeLine, $"1-{sender}", "hello", $"chat-{sender}", sender))).Person.Id;

    private async Task<LinkCode> OfferAsync(PersonId person)
    {
        var code = LinkCode.Create();
        await Links.OfferAsync(
            new OfferedLink(code.Id, Home, person, Ports.Clock.GetUtcNow() + LinkCode.Lifetime), Draft(Home, AuditActions.PersonLinkOffered, $"person/{person}"), Cancel);
        return code;
    }

    private Task<PersonId?> FindAsync(LinkCode code, PersonId person, TenantId? tenant = null)
        => Links.FindOfferAsync(tenant ?? Home, code.Id, person, Ports.Clock.GetUtcNow(), Cancel);

    private Task<JoinOutcome> RedeemAsync(LinkCode code, PersonId person, TenantId? tenant = null)
        => Links.RedeemAsync(tenant ?? Home, code.Id, person, Draft(tenant ?? Home, AuditActions.PersonLinked, $"person/{person}"), Cancel);

    private Task<JoinOutcome> LinkAsync(PersonId one, PersonId other, TenantId? tenant = null) => Links.LinkAsync(
        PersonLink.Between(tenant ?? Home, one, other, LinkProof.Operator, Ports.Clock.GetUtcNow()),
        Draft(tenant ?? Home, AuditActions.PersonLinked, $"person/{one}"), Cancel);

    private Task<PersonLink?> UnlinkAsync(PersonLink link) => Links.UnlinkAsync(Home, link.Id, Draft(Home, AuditActions.PersonUnlinked, $"person/{link.First}"), Cancel);
}
