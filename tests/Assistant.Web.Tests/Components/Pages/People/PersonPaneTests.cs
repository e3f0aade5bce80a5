using Assistant.Domain.People;
using Assistant.Web.Components.Pages.Forgetting;
using Assistant.Web.Components.Pages.People;
using Assistant.Web.Components.Shared;
using Assistant.Web.Tests.Console;
using Assistant.Web.Tests.Localization;
using Bunit;
using Bunit.TestDoubles;
using Microsoft.Extensions.DependencyInjection;

namespace Assistant.Web.Tests.Components.Pages.People;

/// <summary>One person after another in the same place. What stands below the standings is not drawn here.</summary>
public sealed class PersonPaneTests : BunitContext
{
    private readonly SpokenLanguage _english = new("en");
    private readonly DeskFixture _house = new();
    private readonly PeoplePageModel _room;

    public PersonPaneTests()
    {
        _room = new PeoplePageModel(_house.Pairing, _house.Me, _house.Clock);
        Services.AddSingleton<TimeProvider>(_house.Clock);
        ComponentFactories.AddStub<PersonLinksPanel>();
        ComponentFactories.AddStub<PersonAccountPanel>();
        ComponentFactories.AddStub<PersonRights>();
    }

    private static CancellationToken Cancel => Xunit.TestContext.Current.CancellationToken;

    [Fact]
    public async Task Another_person_is_drawn_in_place_of_the_first_and_the_first_again_with_another_standing()
    {
        var li = _house.People.Add(DeskFixture.Acme, "Li Wei", DeskFixture.Telegram, Standing.Approved);
        var chen = _house.People.Add(DeskFixture.Acme, "Chen", DeskFixture.Telegram, Standing.Approved);
        await _room.ShowAsync(null, li, Cancel);
        var pane = Render<PersonPane>(p => p.Add(t => t.Model, _room).Add(t => t.Looks, new ChannelLooks(new StageChannels(_house.Clock))));
        var links = pane.FindComponent<Stub<PersonLinksPanel>>().Instance;

        await _room.ShowAsync(null, chen, Cancel);
        pane.Render();
        Assert.Equal("Chen", pane.Find("h2").TextContent);
        Assert.NotSame(links, pane.FindComponent<Stub<PersonLinksPanel>>().Instance); // it reads whose it is but once

        await _house.Pairing.SetStandingAsync(_house.Anna, li, DeskFixture.Telegram, Standing.Blocked, Cancel);
        await _room.ShowAsync(null, li, Cancel);
        pane.Render();

        Assert.Equal("Li Wei", pane.Find("h2").TextContent);
        Assert.Contains(PeopleWords.Say(Standing.Blocked), pane.Find(".standing").TextContent, StringComparison.Ordinal);
    }

    protected override void Dispose(bool disposing)
    {
        _english.Dispose();
        base.Dispose(disposing);
    }
}
