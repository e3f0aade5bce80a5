using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Slack;

/// <summary>Shows files, in the three steps Slack has for it: an address to hand one in at, its bytes, and where it is to be shown.</summary>
/// <remarks>Until the third step nobody sees anything, so only that one can end in doubt. Slack shows the file a moment after its answer.</remarks>
internal sealed class SlackUploads(SlackClient client, SlackSettings settings)
{
    /// <summary>Largest file Slack keeps.</summary>
    public const long Largest = 1_000_000_000;

    public async Task<SendOutcome> SendAsync(OutboundMessage message, OutboundFile file, CancellationToken cancellationToken)
    {
        var place = await client.FindUploadAsync(file.Name, file.SizeBytes, cancellationToken);
        if (place is not { IsOk: true, Answer: { UploadUrl: { } url, FileId: { Length: > 0 } id } })
        {
            return Hidden(SlackFailure.Outcome(place));
        }

        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || !settings.IsOwnAddress(address, isSocket: false))
        {
            return new SendOutcome.Rejected(Phrase.Of("slack.foreign-address"));
        }

        var upload = await client.UploadAsync(address, await file.OpenAsync(cancellationToken), file.SizeBytes, cancellationToken);
        if (upload is not CallOutcome.Answered { IsSuccess: true })
        {
            return Hidden(CallFaults.OutcomeOf(SlackChannel.Name, upload, PauseScope.Chat) ?? new SendOutcome.Rejected(CallFaults.ReasonOf(SlackChannel.Name, upload)!));
        }

        var shown = await client.ShareAsync(new SlackShare([new SlackTitle(id, file.Name)], message.Chat.ExternalId, message.Chat.ThreadId), cancellationToken);
        return shown.IsOk ? new SendOutcome.Delivered(id) : Held(SlackFailure.Outcome(shown));
    }

    /// <summary>How a step ended that shows nothing: no doubt about it can be left.</summary>
    private static SendOutcome Hidden(SendOutcome outcome) => Held(outcome is SendOutcome.Uncertain lost ? new SendOutcome.RetryAfter(null, lost.Reason) : outcome);

    // An app may be allowed to write and not to hand in files: what it writes elsewhere need not wait for that.
    private static SendOutcome Held(SendOutcome outcome)
        => outcome is SendOutcome.RetryAfter { Reason.FirstCode: "slack.missing-scope" } later ? later with { Scope = PauseScope.Chat } : outcome;
}
