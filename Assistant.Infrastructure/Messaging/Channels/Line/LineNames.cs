using System.Collections.Concurrent;
using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Line;

/// <summary>Names of users: a callback has none. Asked for once and remembered; whoever is not told in time keeps the name they have.</summary>
internal sealed class LineNames(LineClient client, TimeProvider time)
{
    private const int MaxRemembered = 10_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    private readonly ConcurrentDictionary<string, (LineProfile? Profile, DateTimeOffset At)> _known = new(StringComparer.Ordinal);

    /// <summary>The message with the sender's own name in it.</summary>
    public async Task<InboundMessage> NameAsync(InboundMessage message, CancellationToken cancellationToken)
    {
        var id = message.Sender.ExternalId;
        if (!LineIds.IsUser(id))
        {
            return message;
        }

        if (!_known.TryGetValue(id, out var known) || time.GetUtcNow() - known.At > Lifetime)
        {
            known = (await AskAsync(message.Chat, id, cancellationToken), time.GetUtcNow());
            if (_known.Count > MaxRemembered)
            {
                _known.Clear();
            }

            _known[id] = known;
        }

        return known.Profile is { DisplayName: { Length: > 0 } name } profile
            ? message with { Sender = message.Sender with { DisplayName = name, Locale = string.IsNullOrWhiteSpace(profile.Language) ? null : profile.Language } }
            : message;
    }

    private async Task<LineProfile?> AskAsync(ExternalChat chat, string user, CancellationToken cancellationToken)
    {
        var path = !chat.IsGroup || !LineIds.IsChat(chat.ExternalId) ? $"profile/{user}"
            : chat.ExternalId[0] == 'C' ? $"group/{chat.ExternalId}/member/{user}"
            : $"room/{chat.ExternalId}/member/{user}";
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            return await client.GetAsync(path, patience.Token) is CallOutcome.Answered { IsSuccess: true } answer ? LineClient.Read(answer, LineJson.Default.LineProfile) : null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }
}
