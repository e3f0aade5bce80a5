using Assistant.Web.Components.Shared;
using Assistant.Web.Localization;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Assistant.Web.Components.Pages.Conversations;

/// <summary>Where an operator writes. The text, its draft and the keys are in <c>composer.js</c>; sending is decided here.</summary>
public sealed partial class Composer : IAsyncDisposable
{
    private readonly CancellationTokenSource _left = new();
    private ElementReference _form;
    private IJSObjectReference? _module;
    private IJSObjectReference? _writer;
    private DotNetObjectReference<Composer>? _self;
    private string? _draftKey;
    private Guid? _rewriting;
    private string? _preview;
    private bool _focusNext;

    [Parameter, EditorRequired]
    public required ConversationsPageModel Model { get; set; }

    [Parameter, EditorRequired]
    public required ConversationControl Control { get; set; }

    /// <summary>Something was stored.</summary>
    [Parameter]
    public EventCallback Sent { get; set; }

    [Inject]
    private IJSRuntime Js { get; set; } = default!;

    private bool IsNote => Model.Mode is ComposerMode.Note;

    private bool IsOpen => IsNote ? Control.CanNote : Control.CanReply;

    private string ClosedWhy => Control switch
    {
        { MayReply: false } => DeskTexts.ComposerReadOnly,
        { State: ControlState.Closed } => DeskTexts.ComposerClosed,
        { State: ControlState.WithColleague } => DeskTexts.ComposerWithColleague(Control.Colleague ?? ""),
        { State: ControlState.Waiting } => DeskTexts.ComposerWaiting,
        _ => DeskTexts.ComposerWithAssistant,
    };

    /// <summary>Chooses the mode and puts the caret into the text.</summary>
    internal void Write(ComposerMode mode)
    {
        _focusNext = true;
        Model.Choose(mode);
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            _self = DotNetObjectReference.Create(this);
            _module = await Js.InvokeAsync<IJSObjectReference>("import", "/console/composer.js");
            _writer = await _module.InvokeAsync<IJSObjectReference>("attach", _self, _form);
        }

        if (_writer is null)
        {
            return;
        }

        var key = $"{Model.Thread.Id}.{Model.Mode}";
        if (key != _draftKey)
        {
            _draftKey = key;
            _preview = null;
            await _writer.InvokeVoidAsync("open", key);
        }

        if (Model.Rewriting?.EntryId != _rewriting)
        {
            _rewriting = Model.Rewriting?.EntryId;
            if (Model.Rewriting is { } held)
            {
                await _writer.InvokeVoidAsync("setText", held.Body.Markdown);
                _focusNext = true;
            }
        }

        if (_focusNext && IsOpen)
        {
            _focusNext = false;
            await _writer.InvokeVoidAsync("focus");
        }
    }

    /// <summary>Called by the script. The text is cleared there only when this returns <see langword="true"/>.</summary>
    [JSInvokable]
    public async Task<bool> SendAsync(string text)
    {
        var isStored = await Model.SendAsync(text, _left.Token);
        _preview = isStored ? null : _preview;
        await Sent.InvokeAsync();
        return isStored;
    }

    /// <summary>Called by the script while somebody writes, every few seconds at most.</summary>
    [JSInvokable]
    public void Typing() => Model.ShowTyping();

    /// <summary>Called by the script: shows the text as it will look, or stops showing it.</summary>
    [JSInvokable]
    public void Preview(string text)
    {
        _preview = _preview is null && !string.IsNullOrWhiteSpace(text) ? text : null;
        StateHasChanged();
    }

    private async Task TakeOverAsync()
    {
        _focusNext = true;
        await Model.TakeOverAsync(_left.Token);
        await Sent.InvokeAsync();
    }

    private async Task StopRewritingAsync()
    {
        Model.Rewrite(null);
        if (_writer is not null)
        {
            await _writer.InvokeVoidAsync("setText", "");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _left.CancelAsync();
        await _writer.StopAsync();
        await _module.ReleaseAsync();
        _self?.Dispose();
        _left.Dispose();
    }
}
