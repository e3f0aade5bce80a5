using Assistant.Domain.Security;
using Assistant.Web.Components.Layout;
using Assistant.Web.Components.Pages.Conversations;
using Assistant.Web.Components.Pages.People;
using Assistant.Web.Components.Shared;
using Assistant.Web.Tests.Components.Pages;

namespace Assistant.Web.Tests.Components.Shared;

public sealed class PaletteTests
{
    private readonly DeskFixture _desk = new();
    private readonly KeyRegistry _keys = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_untouched_palette_offers_the_rooms_and_what_can_be_done_now()
    {
        _keys.Add(new RoomKey("t", "Take over", () => true, () => Task.CompletedTask));
        _keys.Add(new RoomKey("h", "Hand back", () => false, () => Task.CompletedTask));

        var palette = await FindAsync(_desk.Me, "");

        Assert.Equal([.. Rooms.All.Select(room => room.Label()), "Take over"], palette.Found.Select(item => item.Label));
    }

    [Fact]
    public async Task Rooms_and_acts_fit_by_any_part_of_their_name()
    {
        _keys.Add(new RoomKey("t", "Take over", () => true, () => Task.CompletedTask));

        Assert.Equal("Take over", Assert.Single((await FindAsync(_desk.Me, " TAKE ")).Found).Label);
    }

    [Fact]
    public async Task People_and_conversations_are_found_by_what_is_typed()
    {
        var conversation = _desk.Conversations.Add(DeskFixture.Acme, "Li Wei", DeskFixture.Telegram);

        var found = (await FindAsync(_desk.Me, "wei")).Found;

        Assert.Contains(new PaletteItem.Place("Li Wei", "Conversation", $"conversations/{conversation}"), found);
    }

    [Fact]
    public async Task Nothing_is_found_for_who_may_not_see_it()
    {
        _desk.Conversations.Add(DeskFixture.Acme, "Li Wei", DeskFixture.Telegram);
        var nobody = _desk.Me with { Permissions = new HashSet<string>() };

        Assert.Empty((await FindAsync(nobody, "wei")).Found);
    }

    [Fact]
    public async Task The_ends_of_the_list_meet()
    {
        var palette = await FindAsync(_desk.Me, "");

        palette.Move(-1);
        Assert.Equal(Rooms.All[^1].Label(), palette.Chosen!.Label);
        palette.Move(1);
        Assert.Equal(Rooms.All[0].Label(), palette.Chosen!.Label);
    }

    private async Task<Palette> FindAsync(Caller caller, string text)
    {
        var palette = new Palette([new PersonPaletteSource(_desk.Pairing), new ConversationPaletteSource(_desk.Conversations)], _keys);
        await palette.FindAsync(Rooms.All, caller, text, Cancel);
        return palette;
    }
}
