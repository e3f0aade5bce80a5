using Assistant.Domain.Observability;
using Assistant.Domain.People;
using Assistant.Domain.Security;
using Assistant.Web.Components.Pages.People;

namespace Assistant.Web.Tests.Components.Pages.People;

public sealed class PeoplePageModelTests
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;
    private readonly DeskFixture _house = new();

    [Fact]
    public async Task Open_requests_are_shown_and_expired_ones_and_those_of_others_are_not()
    {
        var open = Ask("Chen");
        _house.People.Ask(DeskFixture.Other, "Stranger", DeskFixture.Telegram, "OTHER222", TimeSpan.FromHours(1));
        _house.People.Ask(DeskFixture.Acme, "Late", DeskFixture.Telegram, "LATE2222", TimeSpan.Zero);

        var room = await ShownAsync();

        Assert.Equal([open.Id], room.Requests.Select(request => request.Id));
    }

    [Theory]
    [InlineData(PairingDecision.Approve, Standing.Approved)]
    [InlineData(PairingDecision.Decline, Standing.Unknown)]
    [InlineData(PairingDecision.Block, Standing.Blocked)]
    public async Task A_decision_settles_the_request_and_the_standing(PairingDecision decision, Standing standing)
    {
        var request = Ask("Chen");
        var room = await ShownAsync();

        await room.DecideAsync(request, decision, Cancel);

        Assert.Empty(room.Requests);
        Assert.False(room.WasTooLate);
        Assert.Equal(standing, room.People.Single().Standings.Single().Standing);
    }

    [Fact]
    public async Task A_request_a_colleague_decided_first_is_said_to_be_decided()
    {
        var request = Ask("Chen");
        var room = await ShownAsync();
        await _house.Pairing.DecideAsync(_house.Anna, request.Id, PairingDecision.Approve, Cancel);

        await room.DecideAsync(request, PairingDecision.Block, Cancel);

        Assert.True(room.WasTooLate);
        Assert.Equal(Standing.Approved, room.People.Single().Standings.Single().Standing);
    }

    [Fact]
    public async Task A_new_request_appears_by_itself()
    {
        var room = await ShownAsync();
        Ask("Chen");

        Assert.True(await room.ApplyAsync(DeskFixture.Batch(new LiveEvent.PairingChanged(DeskFixture.Acme)), Cancel));
        Assert.Single(room.Requests);
    }

    [Fact]
    public async Task Blocking_shows_in_the_list_and_beside_it()
    {
        var person = _house.People.Add(DeskFixture.Acme, "Li Wei", DeskFixture.Telegram, Standing.Approved);
        var room = await ShownAsync(person);

        await room.SetStandingAsync(person, DeskFixture.Telegram, Standing.Blocked, Cancel);

        Assert.Equal(Standing.Blocked, room.Selected?.Standings.Single().Standing);
        Assert.Equal(Standing.Blocked, room.People.Single().Standings.Single().Standing);
    }

    [Fact]
    public async Task A_person_of_another_tenant_is_not_there()
    {
        var stranger = _house.People.Add(DeskFixture.Other, "Stranger", DeskFixture.Telegram, Standing.Approved);

        var room = await ShownAsync(stranger);

        Assert.True(room.IsMissing);
        Assert.Empty(room.People);
    }

    [Fact]
    public async Task Asking_twice_for_more_people_shows_them_once()
    {
        AddPeople(PeoplePageModel.PageSize * 3);
        var (store, gate) = Gated.Over<IPeopleStore>(_house.People, nameof(IPeopleStore.ListAsync));
        var room = await ShownAsync(store: store);
        gate.Close();
        var both = Task.WhenAll(room.LoadMoreAsync(Cancel), room.LoadMoreAsync(Cancel));
        gate.Open();
        await both;

        Assert.Equal(PeoplePageModel.PageSize * 2, room.People.Select(row => row.Person.Id).Distinct().Count());
        Assert.Equal(PeoplePageModel.PageSize * 2, room.People.Count);
    }

    [Fact]
    public async Task More_people_of_another_search_are_not_shown_under_this_one()
    {
        AddPeople(PeoplePageModel.PageSize * 2);
        var chen = _house.People.Add(DeskFixture.Acme, "Chen", DeskFixture.Telegram, Standing.Approved);
        var (store, gate) = Gated.Over<IPeopleStore>(_house.People, nameof(IPeopleStore.ListAsync));
        var room = await ShownAsync(store: store);
        gate.Close();
        var more = room.LoadMoreAsync(Cancel);
        var release = gate.HoldWhoCame();
        await room.ShowAsync("Chen", null, Cancel);
        release();
        await more;

        Assert.Equal([chen], room.People.Select(row => row.Person.Id));
    }

    [Fact]
    public async Task News_of_another_search_are_not_shown_under_this_one()
    {
        AddPeople(2);
        var chen = _house.People.Add(DeskFixture.Acme, "Chen", DeskFixture.Telegram, Standing.Approved);
        var (store, gate) = Gated.Over<IPeopleStore>(_house.People, nameof(IPeopleStore.ListAsync));
        var room = await ShownAsync(store: store);
        gate.Close();
        var news = room.ApplyAsync(DeskFixture.Batch(new LiveEvent.PairingChanged(DeskFixture.Acme)), Cancel);
        var release = gate.HoldWhoCame();
        await room.ShowAsync("Chen", null, Cancel);
        release();
        await news;

        Assert.Equal([chen], room.People.Select(row => row.Person.Id));
    }

    [Fact]
    public async Task A_person_who_is_not_there_is_still_not_there_after_news()
    {
        var room = await ShownAsync(new PersonId(Guid.CreateVersion7()));
        Assert.True(room.IsMissing);
        Ask("Chen");

        await room.ApplyAsync(DeskFixture.Batch(new LiveEvent.PairingChanged(DeskFixture.Acme)), Cancel);

        Assert.True(room.IsMissing);
    }

    [Fact]
    public async Task Who_may_only_look_decides_nothing()
    {
        var request = Ask("Chen");
        var room = new PeoplePageModel(_house.Pairing, DeskFixture.Operator("Vera", DeskFixture.Acme, Roles.Viewer), _house.Clock);
        await room.ShowAsync(null, null, Cancel);

        Assert.False(room.MayManage);
        await Assert.ThrowsAsync<PermissionDeniedException>(() => room.DecideAsync(request, PairingDecision.Approve, Cancel));
    }

    private PairingRequest Ask(string name) => _house.People.Ask(DeskFixture.Acme, name, DeskFixture.Telegram, "K7QM2XPA", TimeSpan.FromHours(1));

    private void AddPeople(int count)
    {
        for (var i = 0; i < count; i++)
        {
            _house.People.Add(DeskFixture.Acme, $"Person {i}", DeskFixture.Telegram, Standing.Approved);
        }
    }

    private async Task<PeoplePageModel> ShownAsync(PersonId? selected = null, IPeopleStore? store = null)
    {
        var room = new PeoplePageModel(_house.PairingOver(store ?? _house.People), _house.Me, _house.Clock);
        await room.ShowAsync(null, selected, Cancel);
        return room;
    }
}
