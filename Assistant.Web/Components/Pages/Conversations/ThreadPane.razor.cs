using Assistant.Domain.Conversations;
using Assistant.Web.Components.Shared;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Assistant.Web.Components.Pages.Conversations;

/// <summary>The thread. Following the end and keeping the reader's place is the browser's work: <c>thread.js</c>.</summary>
public sealed partial class ThreadPane : IAsyncDisposable
{
    private readonly CancellationTokenSource _left = new();
    private ElementReference _scroller;
    private ElementReference _content;
    private Composer? _composer;
    private IJSObjectReference? _module;
    private IJSObjectReference? _follower;
    private DotNetObjectReference<ThreadPane>? _self;
    private ConversationId? _followed;

    [Parameter, EditorRequired]
    public required ConversationsPageModel Model { get; set; }

    [Parameter, EditorRequired]
    public required ChannelLooks Looks { get; set; }

    [Parameter, EditorRequired]
    public required string PersonHref { get; set; }

    [CascadingParameter]
    private Preferences Preferences { get; set; } = Preferences.Default;

    [Inject]
    private IJSRuntime Js { get; set; } = default!;

    private ThreadModel Thread => Model.Thread;

    private TimeZoneInfo Zone => TimeZoneInfo.TryFindSystemTimeZoneById(Preferences.TimeZone, out var zone) ? zone : TimeZoneInfo.Utc;

    /// <summary>Opens the composer in a mode and puts the caret there.</summary>
    internal void Write(ComposerMode mode) => _composer?.Write(mode);

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        var shown = Thread is { IsLoaded: true, Row: not null } ? Thread.Id : null;
        if (shown == _followed)
        {
            return;
        }

        _followed = shown;
        if (shown is not null)
        {
            _self ??= DotNetObjectReference.Create(this);
            _module ??= await Js.InvokeAsync<IJSObjectReference>("import", "/console/thread.js");
            await _follower.StopAsync();
            _follower = await _module.InvokeAsync<IJSObjectReference>("follow", _self, _scroller, _content);
        }
    }

    /// <summary>Called by the script when the reader came to, or left, the end.</summary>
    [JSInvokable]
    public async Task ReaderMovedAsync(bool isAtEnd)
    {
        await Model.ReaderMovedAsync(isAtEnd, _left.Token);
        StateHasChanged();
    }

    /// <summary>Called by the script when the reader nears the beginning of what is shown.</summary>
    [JSInvokable]
    public async Task LoadOlderAsync()
    {
        await Thread.LoadOlderAsync(_left.Token);
        StateHasChanged();
    }

    /// <summary>Called by the script when the reader nears the end of what is shown while there is more.</summary>
    [JSInvokable]
    public async Task LoadNewerAsync()
    {
        await Thread.LoadNewerAsync(_left.Token);
        StateHasChanged();
    }

    private async Task ShowOlderAsync()
    {
        await LoadOlderAsync();
        await ReadOnAsync();
    }

    private async Task ShowNewerAsync()
    {
        await LoadNewerAsync();
        await ReadOnAsync();
    }

    // A button that was pressed is now a page away, or gone: the keyboard goes on where the reader is.
    private ValueTask ReadOnAsync() => _scroller.FocusAsync(preventScroll: true);

    private async Task JumpAsync()
    {
        await Thread.JumpToEndAsync(_left.Token);
        await Model.ReaderMovedAsync(isAtEnd: true, _left.Token);
        StateHasChanged();
        if (_follower is not null)
        {
            await _follower.InvokeVoidAsync("toEnd");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _left.CancelAsync();
        await _follower.StopAsync();
        await _module.ReleaseAsync();
        _self?.Dispose();
        _left.Dispose();
    }
}
