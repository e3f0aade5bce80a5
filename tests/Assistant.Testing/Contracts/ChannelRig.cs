using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Testing.Messaging;
using Xunit;

namespace Assistant.Testing.Contracts;

/// <summary>A channel with an emulated messenger behind it, as the contract drives it.</summary>
public abstract class ChannelRig : IAsyncDisposable
{
    private CancellationTokenSource? _stop;
    private IChannelSession? _session;
    private Task _running = Task.CompletedTask;

    protected ChannelRig() => Host = new FakeChannelHost(Gateway);

    public RecordingGateway Gateway { get; } = new();

    public FakeChannelHost Host { get; }

    public abstract IChannel Channel { get; }

    public abstract Connection Connection { get; }

    public IChannelSession Session => _session ?? throw new InvalidOperationException("Start the session first.");

    /// <summary>Why nothing reaches the assistant of what is said while nobody listens; <see langword="null"/> where the messenger keeps it.</summary>
    public virtual string? ForgetsWhileAway => null;

    /// <summary>Why what was said while nobody listened cannot be found again without the cursor; <see langword="null"/> where the messenger keeps the place itself.</summary>
    public virtual string? NeedsCursor => null;

    /// <summary>Whether a session is open.</summary>
    public bool IsRunning => _stop is not null;

    /// <summary>Whether receiving has ended, be it by a fault.</summary>
    public bool HasEnded => _running.IsCompleted;

    /// <summary>Opens a session and lets it receive.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _session = Channel.Open(Connection);
        _stop = new CancellationTokenSource();
        _running = Task.Run(() => _session.RunAsync(Host, _stop.Token), CancellationToken.None);
        await Task.WhenAny(Host.WaitAsync(ConnectionState.Up, cancellationToken), _running);
    }

    /// <summary>Ends the session in good order; a fault of its receiving rises.</summary>
    public async Task StopAsync()
    {
        if (_stop is null)
        {
            return;
        }

        await _stop.CancelAsync();
        try
        {
            await _running.WaitAsync(TimeSpan.FromSeconds(10));
        }
        catch (OperationCanceledException)
        {
            // One of the two ways to end.
        }
        finally
        {
            await _session!.DisposeAsync();
            _stop.Dispose();
            _stop = null;
            Host.Report(ConnectionState.Off, Phrase.Of("connection.off")); // as the supervisor does
        }
    }

    /// <summary>Waits for receiving to end by itself.</summary>
    /// <returns>Its fault, or <see langword="null"/>.</returns>
    public async Task<Exception?> WaitForEndAsync()
    {
        var failure = await Record.ExceptionAsync(() => _running.WaitAsync(TimeSpan.FromSeconds(10)));
        await _session!.DisposeAsync();
        _stop?.Dispose();
        _stop = null;
        Host.Report(ConnectionState.Down, Phrase.Of("connection.again"));
        return failure;
    }

    /// <summary>The chat of a person with the assistant.</summary>
    public abstract ExternalChat ChatOf(int person);

    /// <summary>Somebody writes to the assistant.</summary>
    public abstract Task SayAsync(int person, string text);

    /// <summary>Somebody answers the assistant's last message; as good as writing, where a chat is one conversation.</summary>
    public virtual Task AnswerAsync(int person, string text) => SayAsync(person, text);

    /// <summary>Texts the assistant's messages show in a chat, oldest first.</summary>
    public abstract IReadOnlyList<string> ShownTo(int person);

    /// <summary>What one message shows at most: more than the manifest promises where the messenger takes more, and the form of a text needs it.</summary>
    public virtual TextLimit ShownLimit => Channel.Manifest.TextLimit;

    /// <summary>The next send is answered with "wait <paramref name="seconds"/> seconds". Not shown.</summary>
    public abstract void FloodNextSend(int seconds);

    /// <summary>The next send meets a fault of the messenger. Not shown.</summary>
    public abstract void BreakNextSend();

    /// <summary>The next send is shown, but its answer is lost.</summary>
    public abstract void LoseNextAnswer();

    /// <summary>The messenger refuses whatever is sent to the person from now on.</summary>
    public abstract void Refuse(int person);

    /// <summary>Settings the messenger does not accept, in the right form.</summary>
    public abstract Domain.Settings.SettingValues WrongSettings { get; }

    // What a messenger has not got stays as it is here, and the facts about it are skipped with the reason. A capability of the manifest
    // leaves no such choice: the contract then calls these without asking.

    /// <summary>Somebody edits the last thing they said.</summary>
    public virtual Task EditLastAsync(int person, string text) => throw new NotSupportedException();

    /// <summary>Somebody takes back the last thing they said.</summary>
    public virtual Task DeleteLastAsync(int person) => throw new NotSupportedException();

    /// <summary>Somebody reacts to a message, their own or the assistant's, or take that back.</summary>
    /// <param name="message">As the channel names it.</param>
    /// <param name="isTakenBack">The reaction goes, and nothing comes.</param>
    public virtual Task ReactAsync(int person, string message, string emoji, bool isTakenBack = false) => throw new NotSupportedException();

    /// <summary>The messenger delivers the last reaction once more.</summary>
    public virtual Task RedeliverReactionAsync() => throw new NotSupportedException("The messenger delivers nothing twice.");

    /// <summary>The messenger reports a reaction of the assistant itself.</summary>
    public virtual Task ReactAsAssistantAsync(int person, string message) => throw new NotSupportedException("The assistant reacts to nothing there.");

    /// <summary>Somebody presses a button under the assistant's last message.</summary>
    public virtual Task PressAsync(int person, string data) => throw new NotSupportedException();

    /// <summary>Somebody sends a file.</summary>
    public virtual Task SendFileAsync(int person, byte[] content) => throw new NotSupportedException();

    /// <summary>Somebody sends a voice note.</summary>
    public virtual Task SendVoiceAsync(int person, byte[] content) => throw new NotSupportedException("The messenger has no voice notes, and carries no files.");

    /// <summary>What a voice note arrives as: <c>audio</c> where the messenger does not tell it from other sound.</summary>
    public virtual string VoiceKind => "voice";

    /// <summary>The installation that files are fetched from; <see langword="null"/> where they are handed over.</summary>
    public virtual PublicFiles? Files => null;

    /// <summary>Files the assistant's messages show in a chat, oldest first.</summary>
    public virtual IReadOnlyList<(string Name, byte[] Content)> FilesShownTo(int person) => throw new NotSupportedException("The channel sends no files.");

    /// <summary>Why people see no names of files; <see langword="null"/> where they do.</summary>
    public virtual string? ShowsNoFileNames => null;

    /// <summary>Sending the next file is answered with "wait <paramref name="seconds"/> seconds". Not shown.</summary>
    public virtual void FloodNextFile(int seconds) => throw new NotSupportedException("The messenger has no limit of its own for files.");

    /// <summary>Sending the next file meets a fault of the messenger. Not shown.</summary>
    public virtual void BreakNextFile() => throw new NotSupportedException("The channel sends no files.");

    /// <summary>The next file is shown, but the answer is lost.</summary>
    public virtual void LoseNextFileAnswer() => throw new NotSupportedException("The messenger answers nothing to a file.");

    /// <summary>Somebody writes in a group, to the assistant by its name or to nobody.</summary>
    public virtual Task SayInGroupAsync(int person, string text, bool isMention) => throw new NotSupportedException("The messenger has no groups.");

    /// <summary>Another bot writes to the assistant.</summary>
    public virtual Task SayAsBotAsync(string text) => throw new NotSupportedException("The messenger does not tell bots from people.");

    /// <summary>The messenger reports what the assistant itself sent last.</summary>
    public virtual Task EchoLastAsync() => throw new NotSupportedException("The messenger reports nothing the assistant sent.");

    /// <summary>The messenger delivers the last thing somebody said once more.</summary>
    public virtual Task RedeliverLastAsync() => throw new NotSupportedException("The messenger delivers nothing twice.");

    /// <summary>The messenger delivers a kind of event that did not exist when the channel was written.</summary>
    public virtual Task SendUnknownAsync() => throw new NotSupportedException("The messenger has no kinds of events.");

    /// <summary>The messenger no longer takes the token of this session, before its time; a new one can be had.</summary>
    public virtual void EndToken() => throw new NotSupportedException("The credentials have no end.");

    /// <summary>The messenger takes the credentials of the connection no more.</summary>
    public virtual void RevokeCredentials() => throw new NotSupportedException("There are no credentials.");

    /// <summary>A callback with its proof, in which somebody says the text.</summary>
    /// <param name="age">How long ago it was signed.</param>
    public virtual WebhookRequest NewCallback(int person, string text, TimeSpan age) => throw new NotSupportedException("The channel has no webhook.");

    /// <summary>Names of the headers and query values that carry the proof of a callback.</summary>
    public virtual IReadOnlyList<string> ProofNames => [];

    /// <summary>Whether the proof covers the body; a secret that is only sent along covers nothing.</summary>
    public virtual bool ProofCoversBody => true;

    /// <summary>How old a callback may be; <see langword="null"/> where the messenger signs no time.</summary>
    public virtual TimeSpan? CallbackTolerance => null;

    public virtual async ValueTask DisposeAsync()
    {
        if (_stop is not null)
        {
            await StopAsync();
        }

        GC.SuppressFinalize(this);
    }
}
