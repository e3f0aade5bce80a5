using Assistant.Domain.Attachments;
using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;

namespace Assistant.Infrastructure.Messaging.Calls;

/// <summary>Files that a messenger fetches from us.</summary>
internal static class FetchedFile
{
    /// <summary>Why a file is not offered to a messenger; <see langword="null"/> when it can be. It was opened then: once the messenger has the address, nobody here learns that nothing is behind it.</summary>
    /// <param name="types">What the messenger takes, with the largest of each; <see langword="null"/> where every kind goes.</param>
    public static async Task<SendOutcome?> RefusalOfAsync(string messenger, IReadOnlyDictionary<string, long>? types, OutboundFile file, CancellationToken cancellationToken)
    {
        if (types is not null && OutgoingFiles.ReasonAgainst(messenger, types, file.MediaType, file.SizeBytes) is { } reason)
        {
            return new SendOutcome.Rejected(reason);
        }

        if (file.Fetchable is null)
        {
            return new SendOutcome.RetryAfter(null, Phrase.Of("channel.needs-public-address"));
        }

        await using var content = await file.OpenAsync(cancellationToken);
        return null;
    }
}
