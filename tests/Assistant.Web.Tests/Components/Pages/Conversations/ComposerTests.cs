using Assistant.Domain.Conversations;
using Assistant.Web.Components.Pages.Conversations;
using Assistant.Web.Components.Shared;
using Assistant.Web.Tests.Console;
using Assistant.Web.Tests.Localization;
using Bunit;
using Microsoft.Extensions.DependencyInjection;

namespace Assistant.Web.Tests.Components.Pages.Conversations;

/// <summary>What is on screen is a moment behind what is open at the server: words go where they were written, or nowhere.</summary>
public sealed class ComposerTests : BunitContext
{
    private readonly SpokenLanguage _english = new("en");
    private readonly DeskFixture _house = new();
    private readonly ConversationsPageModel _room;

    public ComposerTests()
    {
        _room = _house.Room();
        Services.AddSingleton<TimeProvider>(_house.Clock);
        JSInterop.Mode = JSRuntimeMode.Loose;
        JSInterop.SetupModule("/console/composer.js").Mode = JSRuntimeMode.Loose;
    }

    private static CancellationToken Cancel => Xunit.TestContext.Current.CancellationToken;

    [Fact]
    public async Task Words_of_one_conversation_are_not_sent_in_the_one_that_was_opened_since()
    {
        var (here, there) = (await HeldAsync("Li Wei"), await HeldAsync("Anna"));
        var composer = await OpenAsync(here);
        await _room.ShowAsync(new ConversationFilter(), there, Cancel);

        Assert.False(await composer.InvokeAsync(() => composer.Instance.SendAsync($"{here}.Reply", "For Li Wei")));

        Assert.All([here, there], id => Assert.DoesNotContain(_house.Conversations.Messages(id), message => message.Body.Markdown == "For Li Wei"));
    }

    [Fact]
    public async Task A_note_is_not_sent_as_the_reply_that_was_chosen_since()
    {
        var here = await HeldAsync("Li Wei");
        var composer = await OpenAsync(here);
        _room.Choose(ComposerMode.Reply);

        Assert.False(await composer.InvokeAsync(() => composer.Instance.SendAsync($"{here}.Note", "A difficult customer")));
        Assert.DoesNotContain(_house.Conversations.Messages(here), message => message.Body.Markdown == "A difficult customer");

        Assert.True(await composer.InvokeAsync(() => composer.Instance.SendAsync($"{here}.Reply", "Good morning")));
        Assert.Contains(_house.Conversations.Messages(here), message => message.Body.Markdown == "Good morning");
    }

    protected override void Dispose(bool disposing)
    {
        _english.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>A conversation the user has taken over.</summary>
    private async Task<ConversationId> HeldAsync(string name)
    {
        var id = _house.Conversations.Add(DeskFixture.Acme, name, DeskFixture.Telegram);
        await _house.Desk.TakeOverAsync(_house.Me, id, Cancel);
        return id;
    }

    private async Task<IRenderedComponent<Composer>> OpenAsync(ConversationId id)
    {
        await _room.ShowAsync(new ConversationFilter(), id, Cancel);
        return Render<Composer>(p => p.Add(c => c.Model, _room).Add(c => c.Control, _room.Thread.Control!).Add(c => c.Looks, new ChannelLooks(new StageChannels(_house.Clock))));
    }
}
