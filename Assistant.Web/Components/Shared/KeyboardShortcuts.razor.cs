using Assistant.Web.Components.Layout;
using Assistant.Web.Localization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.JSInterop;

namespace Assistant.Web.Components.Shared;

/// <summary>Keys that work everywhere, the sheet that lists them, and the palette. The listening is in <c>keys.js</c>.</summary>
public sealed partial class KeyboardShortcuts
{
    private ElementReference _sheet;
    private ElementReference _palette;
    private IJSObjectReference? _module;
    private IJSObjectReference? _listener;
    private DotNetObjectReference<KeyboardShortcuts>? _self;
    private CancellationTokenSource _search = new();
    private Task _finding = Task.CompletedTask;
    private Palette _found = default!;

    [Parameter, EditorRequired]
    public required IReadOnlyList<Room> Allowed { get; set; }

    protected override void OnInitialized()
    {
        _found = new Palette(Sources, Keys);
        Keys.Changed += KeysChanged;
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            _self = DotNetObjectReference.Create(this);
            _module = await Js.InvokeAsync<IJSObjectReference>("import", "/console/keys.js");
            _listener = await _module.InvokeAsync<IJSObjectReference>("listen", _self, _sheet, _palette);
            await TellKeysAsync();
        }
    }

    /// <summary>Called by the script for a key the room has registered.</summary>
    [JSInvokable]
    public Task PressAsync(string key) => Keys.Find(key)?.PressAsync() ?? Task.CompletedTask;

    /// <summary>Called by the script when the palette opens.</summary>
    [JSInvokable]
    public Task OpenPaletteAsync() => _finding = FindAsync("");

    private Task TypeAsync(ChangeEventArgs e) => _finding = FindAsync(e.Value?.ToString() ?? "");

    private async Task FindAsync(string text)
    {
        // Exchanged before anything is waited for: the next key ends this search, and disposes of no later one's source.
        var earlier = _search;
        _search = new CancellationTokenSource();
        var cancellationToken = _search.Token;
        await earlier.CancelAsync();
        earlier.Dispose();
        await _found.FindAsync(Allowed, await Callers.FindAsync(), text, cancellationToken);
        StateHasChanged();
    }

    private async Task MoveAsync(KeyboardEventArgs e)
    {
        switch (e.Key)
        {
            case "ArrowDown":
                _found.Move(1);
                break;
            case "ArrowUp":
                _found.Move(-1);
                break;
            case "Enter":
                await _finding; // what is typed decides, not what was on screen before
                if (_found.Chosen is { } chosen)
                {
                    await ChooseAsync(chosen);
                }

                break;
        }
    }

    private async Task ChooseAsync(PaletteItem item)
    {
        if (_listener is not null)
        {
            await _listener.InvokeVoidAsync("closePalette");
        }

        switch (item)
        {
            case PaletteItem.Place place:
                Navigation.NavigateTo(place.Href);
                break;
            case PaletteItem.Act act:
                await act.Key.PressAsync();
                break;
        }
    }

    private void KeysChanged() => _ = InvokeAsync(async () =>
    {
        StateHasChanged();
        await TellKeysAsync();
    });

    private async Task TellKeysAsync()
    {
        if (_listener is not null)
        {
            await _listener.InvokeVoidAsync("setKeys", Keys.All.Select(k => k.Key).Distinct());
        }
    }

    public async ValueTask DisposeAsync()
    {
        Keys.Changed -= KeysChanged;
        _search.Dispose();
        await _listener.StopAsync();
        await _module.ReleaseAsync();
        _self?.Dispose();
    }
}
