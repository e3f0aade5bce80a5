using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Headers;

namespace Assistant.Infrastructure.Messaging.Channels.Discord;

/// <summary>
/// How fast may be sent: per channel as Discord's headers say, and all together. Whoever keeps to it is hardly ever refused, and thousands of refusals
/// would close the address. Safe for concurrent use.
/// </summary>
internal sealed class DiscordLimits(TimeProvider time)
{
    // Discord takes 50 calls a second of a bot; typing and reading need some of them.
    private const int SendsInWindow = 40;
    private const int MaxRemembered = 5_000;
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, DateTimeOffset> _fullUntil = new(StringComparer.Ordinal);
    private readonly Queue<DateTimeOffset> _sent = new();
    private readonly Lock _lock = new();

    /// <summary>Takes a place for one message.</summary>
    /// <returns>How long to wait before asking again; zero when the message may go.</returns>
    public TimeSpan Take(string channel)
    {
        var now = time.GetUtcNow();
        if (_fullUntil.TryGetValue(channel, out var until) && until > now)
        {
            return until - now;
        }

        lock (_lock)
        {
            while (_sent.TryPeek(out var oldest) && now - oldest >= Window)
            {
                _sent.Dequeue();
            }

            if (_sent.Count >= SendsInWindow)
            {
                return Window - (now - _sent.Peek());
            }

            _sent.Enqueue(now);
            return TimeSpan.Zero;
        }
    }

    /// <summary>What an answer says about the next message to the channel.</summary>
    public void Note(string channel, HttpResponseHeaders headers)
    {
        if (ValueOf(headers, "X-RateLimit-Remaining") is not 0 || ValueOf(headers, "X-RateLimit-Reset-After") is not (> 0 and < 86_400 and var seconds))
        {
            _fullUntil.TryRemove(channel, out _);
            return;
        }

        if (_fullUntil.Count > MaxRemembered)
        {
            _fullUntil.Clear(); // what is lost is a refusal
        }

        _fullUntil[channel] = time.GetUtcNow() + TimeSpan.FromSeconds(seconds);
    }

    private static double? ValueOf(HttpResponseHeaders headers, string name)
        => headers.TryGetValues(name, out var values) && double.TryParse(values.First(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) ? value : null;
}
