using System.Security.Cryptography;
using System.Text.Json;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Discord;

/// <summary>Tells the gateway that we live, and notices when it does not answer. Beats go on while an event is being stored.</summary>
internal sealed class DiscordHeart(MessengerSocket socket, DiscordPosition position, TimeProvider time)
{
    private const int Thousand = 1000;

    private volatile bool _isAnswered = true;

    /// <summary>Beats until cancelled, or until the line is dead.</summary>
    public async Task RunAsync(TimeSpan interval, CancellationToken cancellationToken)
    {
        try
        {
            // Not all at once after an outage of theirs.
            await Task.Delay(interval * (RandomNumberGenerator.GetInt32(Thousand) / (double)Thousand), time, cancellationToken);
            while (_isAnswered)
            {
                _isAnswered = false;
                await BeatAsync(cancellationToken);
                await Task.Delay(interval, time, cancellationToken);
            }
        }
        catch (Exception e) when (e is PhrasedException or OperationCanceledException)
        {
            // The line is closed, or whoever reads it has ended.
        }
    }

    /// <summary>The gateway has answered.</summary>
    public void Answered() => _isAnswered = true;

    /// <summary>One beat, with the number of the last event that is stored.</summary>
    /// <exception cref="PhrasedException">The line is closed.</exception>
    public Task BeatAsync(CancellationToken cancellationToken) => socket.SendAsync(
        JsonSerializer.SerializeToUtf8Bytes(new DiscordHeartbeat(position.Seq is > 0 and var seq ? seq : null), DiscordJson.Default.DiscordHeartbeat), cancellationToken);
}
