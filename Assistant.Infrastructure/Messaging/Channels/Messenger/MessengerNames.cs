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

    /// <summary>Until somebody is asked for again whom Messenger did not name.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, (string? Name, DateTimeOffset Until)> _known = new(StringComparer.Ordinal);

    /// <summary>The message with the sender's own name in it.</summary>
    public async Task<InboundMessage> NameAsync(InboundMessage message, CancellationToken cancellationToken)
    {
        var id = message.Sender.ExternalId;
        if (!MessengerIds.IsPerson(id))
        {
            return message;
        }

        if (!_known.TryGetValue(id, out var known) || known.Until <= time.GetUtcNow())
        {
            var told = await AskAsync(id, cancellationToken);
            known = (told ?? known.Name, time.GetUtcNow() + (told is null ? Pause : Lifetime));
            if (_known.Count > MaxRemembered)
            {
                _known.Clear();
            }

            _known[id] = known;
        }

        return known.Name is { } name ? message with { Sender = message.Sender.Called(name) } : message;
    }

    private async Task<string?> AskAsync(string person, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(Patience, time);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
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
