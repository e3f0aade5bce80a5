using System.Collections.Concurrent;
using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Discord;

/// <summary>Whose a message was that is gone: Discord names the message only. Safe for concurrent use.</summary>
/// <remarks>In a direct chat it can only have been the other person's. On servers the authors of the latest messages are remembered; of older ones nobody knows.</remarks>
internal sealed class DiscordAuthors(DiscordClient client)
{
    private const int MaxRemembered = 10_000;

    private readonly ConcurrentDictionary<string, ExternalSender> _authors = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _order = new();

    public void Note(string message, ExternalSender author)
    {
        if (!_authors.TryAdd(message, author))
        {
            return;
        }

        _order.Enqueue(message);
        if (_order.Count > MaxRemembered && _order.TryDequeue(out var oldest))
        {
            _authors.TryRemove(oldest, out _);
        }
    }

    /// <summary>The author, or <see langword="null"/> when that cannot be known.</summary>
    public async Task<ExternalSender?> FindAsync(string message, string channel, bool isGroup, CancellationToken cancellationToken)
    {
        if (_authors.TryGetValue(message, out var author) || isGroup)
        {
            return author;
        }

        return await client.ReadChannelAsync(channel, cancellationToken) is CallOutcome.Answered { IsSuccess: true, Body: var body }
            && DiscordEvents.Read(body, DiscordJson.Default.DiscordPlace) is { Recipients: [{ } person] } && DiscordIds.Is(person.Id)
                ? DiscordEvents.SenderOf(person)
                : null;
    }
}
