using System.Text;
using Assistant.Domain.Conversations;
using Assistant.Web.Components.Pages.Conversations;
using Assistant.Web.Components.Shared;
using Assistant.Web.Tests.Console;
using Assistant.Web.Tests.Localization;
using Bunit;
using Microsoft.AspNetCore.Components.Forms;
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

        Assert.False(await composer.InvokeAsync(() => composer.Instance.SendAsync($"{here}.Reply", "For Li Wei", "first")));

        Assert.All([here, there], id => Assert.DoesNotContain(_house.Conversations.Messages(id), message => message.Body.Markdown == "For Li Wei"));
    }

    [Fact]
    public async Task A_note_is_not_sent_as_the_reply_that_was_chosen_since()
    {
        var here = await HeldAsync("Li Wei");
        var composer = await OpenAsync(here);
        _room.Choose(ComposerMode.Reply);

        Assert.False(await composer.InvokeAsync(() => composer.Instance.SendAsync($"{here}.Note", "A difficult customer", "first")));
        Assert.DoesNotContain(_house.Conversations.Messages(here), message => message.Body.Markdown == "A difficult customer");

        Assert.True(await composer.InvokeAsync(() => composer.Instance.SendAsync($"{here}.Reply", "Good morning", "first")));
        Assert.Contains(_house.Conversations.Messages(here), message => message.Body.Markdown == "Good morning");
    }

    [Fact]
    public async Task A_file_chosen_since_the_answer_was_lost_stays_for_the_next_reply()
    {
        var here = await HeldAsync("Li Wei");
        var composer = await OpenAsync(here);
        await composer.InvokeAsync(() => composer.Instance.SendAsync($"{here}.Reply", "See here", "first"));
        await ChooseAsync(composer, new SlowFile("port.txt", "It is 8080.", new Gate()));

        Assert.True(await composer.InvokeAsync(() => composer.Instance.SendAsync($"{here}.Reply", "See here", "first")));

        Assert.Empty(Assert.Single(_house.Conversations.Messages(here)).Attachments);
        composer.Render();
        Assert.Single(composer.FindAll("[data-file]"));
    }

    [Fact]
    public async Task A_reply_waits_for_the_file_that_is_still_coming_up()
    {
        var here = await HeldAsync("Li Wei");
        var composer = await OpenAsync(here);
        var gate = new Gate();
        gate.Close();
        var choosing = ChooseAsync(composer, new SlowFile("port.txt", "It is 8080.", gate));
        Assert.Equal("Reading port.txt…", composer.Find(".chosen [data-file]").TextContent.Trim());

        var sending = composer.InvokeAsync(() => composer.Instance.SendAsync($"{here}.Reply", "See here", "first"));
        Assert.False(sending.IsCompleted);
        gate.Open();

        Assert.True(await sending);
        await choosing;
        Assert.Equal("port.txt", Assert.Single(_house.Conversations.Messages(here)[^1].Attachments).FileName);
        composer.Render();
        Assert.Empty(composer.FindAll("[data-file]"));
    }

    [Fact]
    public async Task A_reply_does_not_go_without_the_file_that_is_refused_meanwhile()
    {
        var here = await HeldAsync("Li Wei");
        var composer = await OpenAsync(here);
        var gate = new Gate();
        gate.Close();
        var choosing = ChooseAsync(composer, new SlowFile("port.txt", "It is 8080.", gate), new SlowFile("book.txt", new string('x', 1_001), gate));

        var sending = composer.InvokeAsync(() => composer.Instance.SendAsync($"{here}.Reply", "See here", "first"));
        gate.Open();

        Assert.False(await sending);
        await choosing;
        Assert.Equal("book.txt", Assert.IsType<DeskNotice.FileRefused>(_room.Notice).Name);
        Assert.Empty(_house.Conversations.Messages(here));
        composer.Render();
        Assert.Contains("port.txt", Assert.Single(composer.FindAll("[data-file]")).TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_whose_line_fell_is_named_and_the_page_goes_on()
    {
        var here = await HeldAsync("Li Wei");
        var composer = await OpenAsync(here);
        var gate = new Gate();
        gate.FailNext(new TimeoutException("Did not receive any data in the allotted time."));

        await ChooseAsync(composer, new SlowFile("port.txt", "It is 8080.", gate));

        Assert.Equal("Nothing was sent because of port.txt. It did not come up; choose it again.", DeskNoticeWords.Say(_room.Notice!));
        composer.Render();
        Assert.Empty(composer.FindAll("[data-file]"));
        await ChooseAsync(composer, new SlowFile("port.txt", "It is 8080.", gate));
        Assert.True(await composer.InvokeAsync(() => composer.Instance.SendAsync($"{here}.Reply", "See here", "first")));
        Assert.Single(_house.Conversations.Messages(here)[^1].Attachments);
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

    private static Task ChooseAsync(IRenderedComponent<Composer> composer, params IBrowserFile[] files)
    {
        var field = composer.FindComponent<InputFile>();
        return composer.InvokeAsync(() => field.Instance.OnChange.InvokeAsync(new InputFileChangeEventArgs(files)));
    }

    /// <summary>A file in the browser whose content comes up once the gate is open.</summary>
    private sealed class SlowFile(string name, string content, Gate gate) : IBrowserFile
    {
        public string Name => name;

        public DateTimeOffset LastModified => default;

        public long Size => content.Length;

        public string ContentType => "text/plain";

        public Stream OpenReadStream(long maxAllowedSize = 512_000, CancellationToken cancellationToken = default) =>
            new SlowStream(Encoding.ASCII.GetBytes(content), gate);
    }

    private sealed class SlowStream(byte[] content, Gate gate) : MemoryStream(content)
    {
        public override async Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken)
        {
            await gate.PassAsync();
            await base.CopyToAsync(destination, bufferSize, cancellationToken);
        }
    }
}
