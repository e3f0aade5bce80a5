using System.Collections.Concurrent;
using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Calls;
using Assistant.Infrastructure.Messaging.Meta;

namespace Assistant.Infrastructure.Messaging.Channels.Messenger;

/// <summary>Names of people: a callback has none. Asked for once and remembered; whoever is not told in time keeps the name they have.</summary>
internal sealed class MessengerNames(MessengerApi api, TimeProvider time)
{
    private const int MaxRemembered = 10_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    private readonly ConcurrentDictionary<string, (string? Name, DateTimeOffset At)> _known = new(StringComparer.Ordinal);

    /// <summary>The message with the sender's own name in it.</summary>
    public async Task<InboundMessage> NameAsync(InboundMessage message, CancellationToken cancellationToken)
    {
        var id = message.Sender.ExternalId;
        if (!MessengerIds.IsPerson(id))
        {
            return message;
        }

        if (!_known.TryGetValue(id, out var known) || time.GetUtcNow() - known.At > Lifetime)
        {
            known = (await AskAsync(id, cancellationToken), time.GetUtcNow());
            if (_known.Count > MaxRemembered)
            {
                _known.Clear();
            }

            _known[id] = known;
        }

        return known.Name is { } name ? message with { Sender = message.Sender with { DisplayName = name } } : message;
    }

    private async Task<string?> AskAsync(string person, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            return await api.ReadProfileAsync(person, patience.Token) is CallOutcome.Answered { IsSuccess: true, Body: var body }
                && GraphApi.Read(body, MessengerJson.Default.MessengerProfile) is { } profile
                && (profile.Name ?? $"{profile.FirstName} {profile.LastName}").Trim() is { Length: > 0 } name
                    ? name
                    : null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }
}

/// <summary>Messenger's ids, as far as an address is made of them.</summary>
internal static class MessengerIds
{
    private const int Longest = 64;

    /// <summary>A person's, which is another for every page.</summary>
    public static bool IsPerson(string id) => id.Length is > 0 and <= Longest && id.All(char.IsAsciiDigit);
}
