using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Qq;

/// <summary>Pictures and films: QQ fetches one first, and gives a description of it that a message then shows.</summary>
/// <remarks>
/// Formats: https://bot.q.qq.com/wiki/develop/api-v2/server-inter/message/send-receive/rich-media.html. It names no sizes; these are ours. Voice is SILK or AMR there,
/// which is not told by its content here, and other files are not open to bots.
/// </remarks>
internal sealed class QqMedia(QqApi api)
{
    private static readonly Dictionary<string, (int Kind, long Largest)> Kinds = new() { ["image/jpeg"] = (1, 10_000_000), ["image/png"] = (1, 10_000_000), ["video/mp4"] = (2, 20_000_000) };

    /// <summary>QQ fetches a file before it answers.</summary>
    public static TimeSpan FetchedWithin { get; } = TimeSpan.FromHours(1);

    /// <summary>What QQ takes, with the largest of each.</summary>
    public static IReadOnlyDictionary<string, long> Types { get; } = Kinds.ToDictionary(kind => kind.Key, kind => kind.Value.Largest);

    /// <summary>Largest of all of them.</summary>
    public static long Largest { get; } = Types.Values.Max();

    /// <summary>Has QQ fetch a file for a chat; nothing is shown by that.</summary>
    /// <returns>QQ's description of it, or why there is none.</returns>
    public async Task<(string? Described, SendOutcome? Refusal)> OfferAsync(ExternalChat chat, OutboundFile file, CancellationToken cancellationToken)
    {
        if (await FetchedFile.RefusalOfAsync(QqChannel.Name, Types, file, cancellationToken) is { } refusal)
        {
            return (null, refusal);
        }

        var offer = new QqOffer(Kinds[file.MediaType].Kind, file.Fetchable!.AddressFor(FetchedWithin).AbsoluteUri);
        var answer = await api.OfferAsync(chat.ExternalId, chat.IsGroup, offer, cancellationToken);
        return answer is { IsSuccess: true, Read.FileInfo: { Length: > 0 } described }
            ? (described, null)
            : (null, QqFaults.OutcomeOf(answer) switch
            {
                // Nothing was to be shown yet.
                SendOutcome.Uncertain lost => new SendOutcome.RetryAfter(null, lost.Reason),
                SendOutcome.Rejected when answer.IsSuccess => new SendOutcome.RetryAfter(null, QqFaults.Explain(answer with { Read = null })),
                var failure => failure,
            });
    }
}
