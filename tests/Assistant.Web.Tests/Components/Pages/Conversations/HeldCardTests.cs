using Assistant.Web.Components.Pages.Conversations;
using Assistant.Web.Tests.Localization;
using Bunit;

namespace Assistant.Web.Tests.Components.Pages.Conversations;

public sealed class HeldCardTests : BunitContext
{
    [Theory]
    [InlineData("en", 1, "The first part was sent before.")]
    [InlineData("en", 2, "The first 2 parts were sent before.")]
    [InlineData("zh-CN", 2, "前 2 段此前已发出")]
    public void A_reply_that_was_sent_in_part_says_how_much_of_it_is_out(string language, int parts, string said)
    {
        using var _ = new SpokenLanguage(language);
        var house = new DeskFixture();
        var whole = house.Conversations.Hold(house.Conversations.Add(DeskFixture.Acme, "Li Wei", DeskFixture.Telegram), "A long reply");
        var card = Render<HeldCard>(p => p.Add(c => c.Reply, whole).Add(c => c.Model, house.Room()));
        Assert.Empty(card.FindAll("p.quiet"));

        card.Render(p => p.Add(c => c.Reply, whole with { PartsSent = parts }));

        Assert.StartsWith(said, card.Find("p.quiet").TextContent, StringComparison.Ordinal);
    }
}
