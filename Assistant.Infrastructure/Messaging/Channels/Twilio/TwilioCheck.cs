using System.Net;
using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Twilio;

/// <summary>Tries settings against Twilio. Changes nothing there.</summary>
internal sealed class TwilioCheck(TwilioApi api)
{
    public async Task<IReadOnlyList<ConnectionCheck>> RunAsync(CancellationToken cancellationToken)
    {
        var answer = await api.ReadAccountAsync(cancellationToken);
        if (TwilioFaults.ReasonOf(answer) is { } reason)
        {
            return answer is CallOutcome.Answered { Status: < HttpStatusCode.InternalServerError }
                ? [Checks.WrongCredentials(TwilioChannel.Name, reason)]
                : [Checks.Unreachable(TwilioChannel.Name, reason)];
        }

        var signedIn = Checks.SignedIn(TwilioChannel.Name, TwilioApi.Read((CallOutcome.Answered)answer, TwilioJson.Default.TwilioAccount)?.FriendlyName ?? "");
        return api.Settings.IsService ? [signedIn] : [signedIn, await CheckSenderAsync(cancellationToken)];
    }

    /// <summary>A number of the account can send; a short code is in another list, and proves itself with the first message.</summary>
    private async Task<ConnectionCheck> CheckSenderAsync(CancellationToken cancellationToken)
    {
        var name = Phrase.Of("twilio.check-sender");
        var from = api.Settings.From;
        if (!TwilioAddress.IsNumber(from))
        {
            return new ConnectionCheck(name, false, Phrase.Of("twilio.sender-form", ("sender", from)), Phrase.Of("twilio.sender-fix"));
        }

        var answer = from[0] == '+' ? await api.FindNumberAsync(from, cancellationToken) : null;
        var isKnown = answer is not CallOutcome.Answered { IsSuccess: true } found || TwilioApi.Read(found, TwilioJson.Default.TwilioNumbers)?.IncomingPhoneNumbers is not { Count: 0 };
        return isKnown
            ? new ConnectionCheck(name, true, Phrase.Of("twilio.sender-known", ("sender", from)))
            : new ConnectionCheck(name, false, Phrase.Of("twilio.sender-unusable"), Phrase.Of("twilio.sender-fix"));
    }
}
