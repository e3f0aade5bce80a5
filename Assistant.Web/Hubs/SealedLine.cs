using System.Text.Json;
using Assistant.Domain.Security.EndToEnd;

namespace Assistant.Web.Hubs;

/// <summary>One device's encrypted line. Calls come one at a time, as the hub delivers them; events may be told from any thread.</summary>
/// <remarks>A frame opens only in its place, so sealing and handing it to the hub happen under one lock.</remarks>
internal sealed class SealedLine(NoiseHandshake handshake, string connection, Action<string> broke) : IChatEvents, IAsyncDisposable
{
    internal static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly SemaphoreSlim _turn = new(1);
    private SecureLine? _line;
    private IChatClient? _client;
    private volatile bool _isBroken;

    /// <summary>Completes the handshake.</summary>
    /// <param name="client">The device, which frames are sent to.</param>
    /// <returns>What the device asked for with it; <see langword="null"/> when the line is broken.</returns>
    public JoinRequest? TryFinish(byte[] third, IChatClient client)
    {
        try
        {
            if (_isBroken || _line is not null)
            {
                throw new LineBrokenException("The handshake was over.");
            }

            var request = JsonSerializer.Deserialize<JoinRequest>(handshake.Read(third), Json);
            if (request?.Connection != connection)
            {
                throw new LineBrokenException("The line was made for another web chat.");
            }

            _line = handshake.Open(ChatServices.MaxHubMessageBytes);
            _client = client;
            return request;
        }
        catch (Exception e) when (e is LineBrokenException or JsonException)
        {
            Break(e);
            return null;
        }
    }

    /// <summary>Opens a frame.</summary>
    /// <param name="call">What it asks; <see langword="null"/> while more of it is to come.</param>
    /// <returns><see langword="false"/> when the line is broken.</returns>
    public bool TryOpen(byte[] frame, out SealedCall? call)
    {
        call = null;
        try
        {
            if (_isBroken || _line is null)
            {
                return false;
            }

            if (_line.Open(frame) is { } message)
            {
                call = JsonSerializer.Deserialize<SealedCall>(message, Json);
            }

            return true;
        }
        catch (Exception e) when (e is LineBrokenException or JsonException)
        {
            Break(e);
            return false;
        }
    }

    /// <summary>Does what was asked and answers. A fault is an answer too: the device asks again, as it does over a line in the open.</summary>
    public async Task AnswerAsync(SealedCall call, Func<Task<object?>> act)
    {
        object? result = null;
        var failed = true;
        try
        {
            result = await act();
            failed = false;
        }
        catch (JsonException)
        {
            // A device that is not ours, or another version of it; the answer says that nothing was done.
        }
        finally
        {
            if (call.Id != 0)
            {
                await SendAsync(new SealedAnswer(call.Id, result, failed));
            }
        }
    }

    /// <summary>The answer to what came with the handshake.</summary>
    public Task Joined(JoinResult result) => TellAsync(nameof(Joined), result);

    public Task Message(ChatMessage message) => TellAsync(nameof(Message), message);

    public Task Progress(ChatProgress progress) => TellAsync(nameof(Progress), progress);

    public Task ProgressGone(Guid turnId) => TellAsync(nameof(ProgressGone), turnId);

    public Task Typing(ChatTyping typing) => TellAsync(nameof(Typing), typing);

    public Task State(ChatState state) => TellAsync(nameof(State), state);

    public Task Presence(int devices) => TellAsync(nameof(Presence), devices);

    public Task Read(long seq) => TellAsync(nameof(Read), seq);

    public Task Resync() => TellAsync(nameof(Resync));

    public Task Forgotten() => TellAsync(nameof(Forgotten));

    public async ValueTask DisposeAsync()
    {
        await _turn.WaitAsync();
        _isBroken = true; // what is told from now on goes nowhere
        _line?.Dispose();
        handshake.Dispose();
        _turn.Release();
    }

    private Task TellAsync(string name, params object?[] args) => SendAsync(new SealedEvent(name, args));

    private async Task SendAsync<T>(T said)
    {
        var message = JsonSerializer.SerializeToUtf8Bytes(said, Json);
        await _turn.WaitAsync();
        try
        {
            if (_isBroken || _line is null || _client is null)
            {
                return; // the device was told, and makes a new line
            }

            foreach (var frame in _line.Seal(message))
            {
                await _client.Frame(frame);
            }
        }
        catch (LineBrokenException e)
        {
            Break(e);
        }
        finally
        {
            _turn.Release();
        }
    }

    private void Break(Exception reason)
    {
        _isBroken = true;
        broke(reason.Message);
    }
}
