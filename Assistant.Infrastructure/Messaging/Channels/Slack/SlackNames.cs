using System.Collections.Concurrent;
using System.Text.Json;
using Assistant.Domain.Messaging;

namespace Assistant.Infrastructure.Messaging.Channels.Slack;

/// <summary>What people are called, which events do not say. Asked once in a while, never waited for long, never needed. Safe for concurrent use.</summary>
internal sealed class SlackNames(SlackClient client, SlackOptions options, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, Known> _known = new();
    private long _askAgainAt;

    /// <summary>The sender with their name, or as they came when it cannot be had in time.</summary>
    public async Task<ExternalSender> NameAsync(ExternalSender sender, CancellationToken cancellationToken)
        => await KnowAsync(SlackEvents.UserOf(sender), cancellationToken) is { } known ? known.On(sender) : sender;

    /// <summary>What somebody is called, or <see langword="null"/> when it cannot be had in time.</summary>
    public async Task<string?> FindAsync(string user, CancellationToken cancellationToken) => (await KnowAsync(user, cancellationToken))?.Name;

    private async Task<Known?> KnowAsync(string user, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (_known.TryGetValue(user, out var known) && known.Until > now)
        {
            return known;
        }

        // After a failure nobody waits for a while: a method that hangs would hold every message for its patience.
        return now.UtcTicks < Volatile.Read(ref _askAgainAt) ? null : await AskAsync(user, cancellationToken);
    }

    private async Task<Known?> AskAsync(string user, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(options.NamePatience);
        try
        {
            if (Read(await client.FindUserAsync(user, patience.Token), time.GetUtcNow() + options.NameLifetime) is { } known)
            {
                if (_known.Count >= options.MaxNames)
                {
                    _known.Clear();
                }

                return _known[user] = known;
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Too slow: the id is the name this time.
        }
        catch (InvalidOperationException)
        {
            // Half of a character in a name.
        }

        Volatile.Write(ref _askAgainAt, (time.GetUtcNow() + Pause).UtcTicks);
        return null;
    }

    // That somebody is not to be seen here is an answer as well: anybody can mention anything.
    private static Known? Read(SlackReply reply, DateTimeOffset until) => reply switch
    {
        { IsOk: true, Answer.User: var profile } => Known.Of(profile, until),
        { Answer.Error: "user_not_found" or "user_not_visible" } => new Known(null, null, false, until),
        _ => null,
    };

    private sealed record Known(string? Name, string? Locale, bool IsBot, DateTimeOffset Until)
    {
        public ExternalSender On(ExternalSender sender)
            => (Name is null ? sender : sender.Called(Name)) with { Locale = Locale ?? sender.Locale, IsBot = IsBot };

        public static Known Of(JsonElement user, DateTimeOffset until)
        {
            var profile = user.ValueKind == JsonValueKind.Object && user.TryGetProperty("profile", out var given) ? given : default;
            return new Known(
                TextOf(profile, "display_name") ?? TextOf(profile, "real_name") ?? TextOf(user, "real_name") ?? TextOf(user, "name"),
                TextOf(user, "locale"),
                user.ValueKind == JsonValueKind.Object && user.TryGetProperty("is_bot", out var isBot) && isBot.ValueKind == JsonValueKind.True,
                until);
        }

        private static string? TextOf(JsonElement of, string name)
            => of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
                && value.GetString() is { } text && !string.IsNullOrWhiteSpace(text) ? text : null;
    }
}
