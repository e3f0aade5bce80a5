using Assistant.Domain.Attachments;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging.Outbox;
using Assistant.Web.Components.Shared;
using Assistant.Web.Localization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;
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
    private string? _filesKey;
    private string? _preview;
    private bool _focusNext;
    private readonly List<GivenFile> _files = [];
    private readonly List<string> _reading = []; // names of files that are still coming up
    private string? _readFor; // what they were chosen for
    private Task<bool> _read = Task.FromResult(true);
    private int _taken; // a new choice of files each time: the same one can be chosen again

    [Parameter, EditorRequired]
    public required ConversationsPageModel Model { get; set; }

    [Parameter, EditorRequired]
    public required ConversationControl Control { get; set; }

    [Parameter, EditorRequired]
    public required ChannelLooks Looks { get; set; }

    /// <summary>Something was stored.</summary>
    [Parameter]
    public EventCallback Sent { get; set; }

    [Inject]
    private IJSRuntime Js { get; set; } = default!;

    private string WritingKey => $"{Model.Thread.Id}.{Model.Mode}";

    // Other words for a held reply are a draft of their own: what somebody was writing stays what it was.
    private string DraftKey => Rewritten is { } held ? KeyOf(held) : WritingKey;

    private HeldReply? Rewritten => IsNote ? null : Model.Rewriting;

    private bool IsNote => Model.Mode is ComposerMode.Note;

    private bool MayAttach => !IsNote && Model is { Rewriting: null, LargestFile: > 0 };

    private bool IsOpen => IsNote ? Control.CanNote : Control.CanReply;

    private string ClosedWhy => Control switch
    {
        { MayReply: false } => DeskTexts.ComposerReadOnly,
        { State: ControlState.Closed } => DeskTexts.ComposerClosed,
        { State: ControlState.WithColleague } => DeskTexts.ComposerWithColleague(Control.Colleague ?? ""),
        { State: ControlState.Waiting, Colleague: { } holder } => DeskTexts.ComposerHolderGone(holder),
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
        // Files are for the conversation they were chosen in, whether or not the script has loaded by then.
        if (WritingKey != _filesKey)
        {
            _filesKey = WritingKey;
            _files.Clear();
            _reading.Clear();
        }

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

        var key = DraftKey;
        if (key != _draftKey)
        {
            _draftKey = key;
            _preview = null;
            _focusNext |= Rewritten is not null;
            await _writer.InvokeVoidAsync("open", key, Rewritten?.Body.Markdown ?? "");
        }

        if (_focusNext && IsOpen)
        {
            _focusNext = false;
            await _writer.InvokeVoidAsync("focus");
        }
    }

    /// <summary>Called by the script. The text is cleared there only when this returns <see langword="true"/>.</summary>
    /// <param name="key">The draft it was written in: what is on screen may be a moment behind what is open here, and words go where they were written.</param>
    /// <param name="name">Of the message: the script sends it again under the same one where the line fell before the answer.</param>
    [JSInvokable]
    public async Task<bool> SendAsync(string key, string text, string name)
    {
        // A file that is still coming up goes with this reply; where it is refused, a line says that nothing was sent because of it.
        // Until it is here, something else may have been opened.
        if (key != DraftKey || (MayAttach && _readFor == WritingKey && !await _read) || key != DraftKey)
        {
            return false;
        }

        var writing = WritingKey;
        List<GivenFile> files = [.. _files];
        var result = await Model.SendAsync(name, text, MayAttach ? files : [], _left.Token);
        if (result is not SendResult.Refused && writing == WritingKey)
        {
            _preview = null;
            _files.RemoveAll(file => result is SendResult.Stored && files.Contains(file)); // one chosen since it was sent is for the next
        }

        await Sent.InvokeAsync();
        return result is not SendResult.Refused;
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

    private Task TakeFilesAsync(InputFileChangeEventArgs choice) => _read = ReadFilesAsync(choice.GetMultipleFiles(choice.FileCount));

    /// <returns>Whether all of them go with what is written.</returns>
    private async Task<bool> ReadFilesAsync(IReadOnlyList<IBrowserFile> files)
    {
        var writing = _readFor = WritingKey;
        _reading.AddRange(files.Select(file => file.Name));
        try
        {
            foreach (var file in files)
            {
                if (file.Size > Model.LargestFile || _files.Count == OutgoingFiles.MaxCount)
                {
                    Model.RefuseFile(file.Name, _files.Count == OutgoingFiles.MaxCount ? OutgoingFiles.TooMany : FileCheck.TooLarge(Model.LargestFile));
                    return false;
                }

                using var content = new MemoryStream((int)file.Size);
                await using var source = file.OpenReadStream(Model.LargestFile, _left.Token);
                await source.CopyToAsync(content, _left.Token);
                if (writing != WritingKey)
                {
                    return false; // Another conversation is open by now.
                }

                _reading.Remove(file.Name);
                _files.Add(new GivenFile(file.Name, content.ToArray()));
                StateHasChanged();
            }

            return true;
        }
        catch (Exception exception) when (exception is TimeoutException or IOException or JSException or OperationCanceledException or ObjectDisposedException)
        {
            // The line fell, the file is gone from its disk, or the page was left: that must not end the page.
            if (writing == WritingKey && !_left.IsCancellationRequested && _reading is [var lost, ..])
            {
                Model.RefuseFile(lost, OutgoingFiles.NotReceived);
            }

            return false;
        }
        finally
        {
            _readFor = null;
            _reading.Clear();
            _taken++; // only now: the browser reads the files out of the field that was chosen in
        }
    }

    private Task ChooseAsync(object? conversation)
        => Guid.TryParse(conversation?.ToString(), out var to) ? Model.ChooseAsync(new ConversationId(to), _left.Token) : Task.CompletedTask;

    private async Task TakeOverAsync()
    {
        _focusNext = true;
        await Model.TakeOverAsync(_left.Token);
        if (Model.Thread.Control is { CanReply: true })
        {
            await Sent.InvokeAsync();
        }
    }

    private async Task StopRewritingAsync()
    {
        var given = Model.Rewriting;
        Model.Rewrite(null);
        if (_writer is not null && given is not null)
        {
            await _writer.InvokeVoidAsync("drop", KeyOf(given));
        }
    }

    private static string KeyOf(HeldReply held) => $"{held.Conversation}.{held.EntryId}";

    public async ValueTask DisposeAsync()
    {
        await _left.CancelAsync();
        await _writer.StopAsync();
        await _module.ReleaseAsync();
        _self?.Dispose();
        _left.Dispose();
    }
}
