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
    private List<PaletteItem> _found = [];
    private string _text = "";
    private int _at;

    [Parameter, EditorRequired]
    public required IReadOnlyList<Room> Allowed { get; set; }

    protected override void OnInitialized() => Keys.Changed += KeysChanged;

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
    public Task OpenPaletteAsync() => FindAsync("");

    private Task TypeAsync(ChangeEventArgs e) => FindAsync(e.Value?.ToString() ?? "");

    private async Task FindAsync(string text)
    {
        _text = text;
        await _search.CancelAsync();
        _search.Dispose();
        _search = new CancellationTokenSource();
        var cancellationToken = _search.Token;
        var found = Allowed
            .Where(room => room.Label().Contains(text, StringComparison.CurrentCultureIgnoreCase))
            .Select(room => new PaletteItem(room.Label(), Texts.KindRoom, room.Path, $"g {room.Key}"))
            .ToList();
        if (text.Trim().Length > 0 && await Callers.FindAsync() is { } caller)
        {
            foreach (var source in Sources)
            {
                found.AddRange(await source.FindAsync(caller, text.Trim(), cancellationToken));
            }
        }

        if (!cancellationToken.IsCancellationRequested)
        {
            (_found, _at) = (found, 0);
            StateHasChanged();
        }
    }

    private async Task MoveAsync(KeyboardEventArgs e)
    {
        switch (e.Key)
        {
            case "ArrowDown" when _found.Count > 0:
                _at = (_at + 1) % _found.Count;
                break;
            case "ArrowUp" when _found.Count > 0:
                _at = (_at - 1 + _found.Count) % _found.Count;
                break;
            case "Enter" when _found.Count > 0:
                await GoAsync(_found[_at]);
                break;
        }
    }

    private async Task GoAsync(PaletteItem item)
    {
        if (_listener is not null)
        {
            await _listener.InvokeVoidAsync("closePalette");
        }

        Navigation.NavigateTo(item.Href);
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
        try
        {
            if (_listener is not null)
            {
                await _listener.InvokeVoidAsync("stop");
            }
        }
        catch (JSDisconnectedException)
        {
            // The page is gone, and its listener with it.
        }

        await _listener.ReleaseAsync();
        await _module.ReleaseAsync();
        _self?.Dispose();
    }
}
