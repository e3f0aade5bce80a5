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

    /// <summary>Until somebody is asked for again whom LINE did not name.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, (LineProfile? Profile, DateTimeOffset Until)> _known = new(StringComparer.Ordinal);

    /// <summary>The message with the sender's own name in it.</summary>
    public async Task<InboundMessage> NameAsync(InboundMessage message, CancellationToken cancellationToken)
    {
        var id = message.Sender.ExternalId;
        if (!LineIds.IsUser(id))
        {
            return message;
        }

        if (!_known.TryGetValue(id, out var known) || known.Until <= time.GetUtcNow())
        {
            var told = await AskAsync(message.Chat, id, cancellationToken);
            known = (told ?? known.Profile, time.GetUtcNow() + (told is null ? Pause : Lifetime));
            if (_known.Count > MaxRemembered)
            {
                _known.Clear();
            }

            _known[id] = known;
        }

        return known.Profile is { DisplayName: { Length: > 0 } name } profile
            ? message with { Sender = message.Sender.Called(name) with { Locale = string.IsNullOrWhiteSpace(profile.Language) ? null : profile.Language } }
            : message;
    }

    private async Task<LineProfile?> AskAsync(ExternalChat chat, string user, CancellationToken cancellationToken)
    {
        var path = !chat.IsGroup || !LineIds.IsChat(chat.ExternalId) ? $"profile/{user}"
            : chat.ExternalId[0] == 'C' ? $"group/{chat.ExternalId}/member/{user}"
            : $"room/{chat.ExternalId}/member/{user}";
        using var late = new CancellationTokenSource(Patience, time);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
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
