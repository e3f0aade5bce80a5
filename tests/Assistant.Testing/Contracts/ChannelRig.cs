using Xunit;
using Assistant.Domain.Messaging;
using Assistant.Testing.Messaging;

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
        return failure;
    }

    /// <summary>The chat of a person with the assistant.</summary>
    public abstract ExternalChat ChatOf(int person);

    /// <summary>Somebody writes to the assistant.</summary>
    public abstract Task SayAsync(int person, string text);

    /// <summary>Texts the assistant's messages show in a chat, oldest first.</summary>
    public abstract IReadOnlyList<string> ShownTo(int person);

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

    /// <summary>Somebody edits the last thing they said.</summary>
    public virtual Task EditLastAsync(int person, string text) => throw new NotSupportedException();

    /// <summary>Somebody presses a button under the assistant's last message.</summary>
    public virtual Task PressAsync(int person, string data) => throw new NotSupportedException();

    /// <summary>Somebody sends a file.</summary>
    public virtual Task SendFileAsync(int person, byte[] content) => throw new NotSupportedException();

    public virtual async ValueTask DisposeAsync()
    {
        if (_stop is not null)
        {
            await StopAsync();
        }

        GC.SuppressFinalize(this);
    }
}
