using Assistant.Domain.Conversations;
using Assistant.Web.Components.Pages.Conversations;
using Assistant.Web.Components.Shared;
using Assistant.Web.Tests.Console;
using Assistant.Web.Tests.Localization;
using Bunit;
using Microsoft.Extensions.DependencyInjection;

namespace Assistant.Web.Tests.Components.Pages.Conversations;

/// <summary>The way through a long thread for somebody who presses buttons.</summary>
public sealed class ThreadPaneTests : BunitContext
{
    private readonly SpokenLanguage _english = new("en");
    private readonly DeskFixture _house = new();
    private readonly ConversationId _id;
    private readonly ConversationsPageModel _room;

    public ThreadPaneTests()
    {
        _id = _house.Conversations.Add(DeskFixture.Acme, "Li Wei", DeskFixture.Telegram);
        for (var number = 1; number <= 500; number++)
        {
            _house.Conversations.Say(_id, AuthorKind.Person, "Li Wei", $"message {number}");
        }

        _room = _house.Room();
        Services.AddSingleton<TimeProvider>(_house.Clock);
        JSInterop.Mode = JSRuntimeMode.Loose;
        JSInterop.SetupModule("/console/thread.js").Mode = JSRuntimeMode.Loose;
        JSInterop.SetupModule("/console/composer.js").Mode = JSRuntimeMode.Loose;
    }

    private static CancellationToken Cancel => Xunit.TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_newer_page_has_a_button_while_there_is_one_and_the_keyboard_stays_in_the_thread()
    {
        var pane = await FarBackAsync();
        Assert.Equal((141, 440), (Shown(pane)[0], Shown(pane)[^1]));

        await pane.Find("button.newer").ClickAsync(new());

        Assert.Equal(Enumerable.Range(201, 300), Shown(pane));
        Assert.Empty(pane.FindAll("button.newer"));
        JSInterop.VerifyFocusAsyncInvoke();
    }

    [Fact]
    public async Task The_older_page_has_a_button_while_there_is_one_and_the_keyboard_stays_in_the_thread()
    {
        var pane = await FarBackAsync();

        await pane.Find("button.older").ClickAsync(new());

        Assert.Equal(Enumerable.Range(81, 300), Shown(pane));
        JSInterop.VerifyFocusAsyncInvoke();
    }

    [Fact]
    public async Task A_reply_that_grows_is_not_drawn_below_a_gap()
    {
        var pane = await FarBackAsync();

        _room.Thread.Apply([new Domain.Observability.LiveEvent.ReplyProgress(DeskFixture.Acme, _id, Guid.CreateVersion7(), "You asked")]);
        pane.Render();

        Assert.DoesNotContain("You asked", pane.Markup, StringComparison.Ordinal);
        await pane.InvokeAsync(() => _room.Thread.JumpToEndAsync(Cancel));
        pane.Render();
        Assert.Contains("You asked", pane.Markup, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(".acts .primary")]
    [InlineData(".closed .button")]
    public async Task Taking_over_that_fails_leaves_the_thread_and_may_be_pressed_again(string button)
    {
        var (store, gate) = Gated.Over<IConversationStore>(_house.Conversations, nameof(IConversationStore.TakeOverAsync));
        var room = _house.Room(desk: _house.DeskOver(store));
        await room.ShowAsync(new ConversationFilter(), _id, Cancel);
        var pane = Draw(room);
        gate.FailNext(new TimeoutException("The database is restarted."));

        await pane.Find(button).ClickAsync(new());
        pane.Render();
        Assert.Equal("That could not be done just now. Try again.", pane.Find(".told .grow").TextContent);
        Assert.NotEmpty(Shown(pane));
        await pane.Find(button).ClickAsync(new());
        pane.Render();

        Assert.Empty(pane.FindAll(".told"));
        Assert.True(room.Thread.Control?.CanReply);
    }

    [Fact]
    public async Task A_screen_reader_is_told_what_comes_and_not_the_history_that_is_loaded()
    {
        var pane = await FarBackAsync();
        Assert.Equal("off", pane.Find("[role=log]").GetAttribute("aria-live"));

        await pane.InvokeAsync(() => _room.Thread.LoadOlderAsync(Cancel));
        pane.Render();
        Assert.Equal("", Told(pane));
        Hear(AuthorKind.Operator, _house.Me.Actor.Name, "What I wrote myself I know.");
        pane.Render();
        Assert.Equal("", Told(pane));
        Hear(AuthorKind.Person, "Li Wei", "Is **anybody** there? 😀");
        pane.Render();

        Assert.Equal("Li Wei: Is anybody there? 😀", Told(pane));
    }

    protected override void Dispose(bool disposing)
    {
        _english.Dispose();
        base.Dispose(disposing);
    }

    private async Task<IRenderedComponent<ThreadPane>> FarBackAsync()
    {
        await _room.ShowAsync(new ConversationFilter(), _id, Cancel);
        _room.Thread.ReaderMoved(isAtEnd: false);
        while (!_room.Thread.HasNewer)
        {
            await _room.Thread.LoadOlderAsync(Cancel);
        }

        return Draw(_room);
    }

    private IRenderedComponent<ThreadPane> Draw(ConversationsPageModel room) => Render<ThreadPane>(
        p => p.Add(t => t.Model, room).Add(t => t.Looks, new ChannelLooks(new StageChannels(_house.Clock))).Add(t => t.PersonHref, "person"));

    private void Hear(AuthorKind author, string name, string text) =>
        _room.Thread.Apply([DeskFixture.Changed(_house.Conversations.Say(_id, author, name, text))]);

    private static string Told(IRenderedComponent<ThreadPane> pane) => pane.Find(".for-screen-readers[role=status]").TextContent;

    private static List<int> Shown(IRenderedComponent<ThreadPane> pane) =>
        [.. pane.FindAll("[data-row^=m]").Select(row => int.Parse(row.GetAttribute("data-row")![1..], System.Globalization.CultureInfo.InvariantCulture))];
}
