using System.Collections.Concurrent;
using System.Text.Json;
using Assistant.Domain.Messaging;

namespace Assistant.Infrastructure.Messaging.Channels.Feishu;

/// <summary>What people are called, which events do not say. Asked once in a while, never waited for long, never needed. Safe for concurrent use.</summary>
internal sealed class FeishuNames(FeishuClient client, FeishuOptions options, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan RightsPause = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<string, (string? Name, DateTimeOffset Until)> _known = new(StringComparer.Ordinal);
    private long _askAgainAt;

    /// <summary>The sender with their name, or as they came when it cannot be had in time.</summary>
    public async Task<ExternalSender> NameAsync(ExternalSender sender, CancellationToken cancellationToken)
    {
        var user = FeishuEvents.UserOf(sender);
        var now = time.GetUtcNow();
        if (_known.TryGetValue(user, out var known) && known.Until > now)
        {
            return known.Name is { } called ? sender.Called(called) : sender;
        }

        // After a failure nobody waits for a while: a method that hangs would hold every message for its patience.
        return now.UtcTicks >= Volatile.Read(ref _askAgainAt) && await AskAsync(user, cancellationToken) is { } name ? sender.Called(name) : sender;
    }

    private async Task<string?> AskAsync(string user, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(options.NamePatience);
        var pause = Pause;
        try
        {
            var reply = await client.FindUserAsync(user, patience.Token);
            if (reply.IsOk || FeishuFailure.IsOutOfSight(reply))
            {
                if (_known.Count >= options.MaxRemembered)
                {
                    _known.Clear();
                }

                // Who has no name, or is out of the app's sight, says nothing about anybody else.
                var name = NameIn(reply);
                _known[user] = (name, time.GetUtcNow() + (name is null ? RightsPause : options.NameLifetime));
                return name;
            }

            // The scope for it is optional: without it there are no names, and asking each time would be of no use.
            pause = FeishuFailure.IsMissingScope(reply) ? RightsPause : Pause;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Too slow: the id is the name this time.
        }

        Volatile.Write(ref _askAgainAt, (time.GetUtcNow() + pause).UtcTicks);
        return null;
    }

    private static string? NameIn(FeishuReply reply)
    {
        try
        {
            return reply is { IsOk: true, Answer.Data: { ValueKind: JsonValueKind.Object } data }
                && data.TryGetProperty("user", out var user) && user.ValueKind == JsonValueKind.Object
                && user.TryGetProperty("name", out var name) && name.ValueKind == JsonValueKind.String && !string.IsNullOrWhiteSpace(name.GetString())
                    ? name.GetString()
                    : null;
        }
        catch (InvalidOperationException)
        {
            return null; // half of a character
        }
    }
}
