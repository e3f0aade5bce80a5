using System.Globalization;
using System.Net;
using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Meta;

/// <summary>What refusals of one of Meta's messengers mean, in words for people. Decided by numbers; Meta rewrites its texts.</summary>
/// <param name="known">By code and subcode; subcode 0 stands for all that are not named.</param>
internal sealed class MetaFaults(string messenger, IReadOnlyDictionary<(int Code, int Subcode), KnownRefusal> known)
{
    /// <summary>How a send ended; <see langword="null"/> for a success.</summary>
    public SendOutcome? OutcomeOf(CallOutcome outcome) => outcome switch
    {
        CallOutcome.Answered { IsSuccess: true } => null,
        CallOutcome.Answered answer when GraphError.Read(answer.Body) is { } error => OutcomeOf(error, answer),
        _ => CallFaults.OutcomeOf(messenger, outcome) ?? new SendOutcome.Rejected(CallFaults.ReasonOf(messenger, outcome)!),
    };

    /// <summary>Why a call did not succeed; <see langword="null"/> for a success.</summary>
    public Phrase? ReasonOf(CallOutcome outcome)
        => outcome is CallOutcome.Answered { IsSuccess: false } answer && GraphError.Read(answer.Body) is { } error ? ReasonOf(error) : CallFaults.ReasonOf(messenger, outcome);

    /// <summary>What an error means.</summary>
    public Phrase ReasonOf(GraphError error)
        => Find(error)?.Reason ?? Phrase.Of("channel.refuses", ("name", messenger), ("says", error.Says));

    /// <summary>The check of a connection test that a call stands for.</summary>
    /// <param name="account">Who the messenger says we are, when it answered.</param>
    public ConnectionCheck CheckOf(CallOutcome outcome, string account)
    {
        if (ReasonOf(outcome) is not { } reason)
        {
            return Checks.SignedIn(messenger, account);
        }

        var isSettled = outcome is CallOutcome.Answered { Status: < HttpStatusCode.InternalServerError } answer
            && (GraphError.Read(answer.Body) is not { } error || Find(error)?.Remedy != Remedy.Time);
        return isSettled ? Checks.WrongCredentials(messenger, reason) : Checks.Unreachable(messenger, reason);
    }

    private SendOutcome OutcomeOf(GraphError error, CallOutcome.Answered answer)
        => Find(error)?.OutcomeAfter(answer.RetryAfter)
            ?? (error.IsTransient || error.Code is 1 or 2
                ? new SendOutcome.RetryAfter(answer.RetryAfter, OwnFault(answer.Status))
                : CallFaults.OutcomeOf(messenger, answer) ?? new SendOutcome.Rejected(ReasonOf(error)));

    private KnownRefusal? Find(GraphError error)
        => error.IsProofRefused ? WrongCredentials
            : known.GetValueOrDefault((error.Code, error.Subcode)) ?? known.GetValueOrDefault((error.Code, 0)) ?? error.Code switch
            {
                102 or 190 => WrongCredentials,
                // The long ones limit one kind of call: https://developers.facebook.com/docs/graph-api/overview/rate-limiting
                4 or 17 or 32 or 613 or 80001 or 80006 or 80007 or 80008 => new KnownRefusal(Remedy.Time, Phrase.Of("channel.pause", ("name", messenger))),
                _ => null,
            };

    private KnownRefusal WrongCredentials => new(Remedy.Operator, Phrase.Of("channel.sign-in-refused", ("name", messenger)));

    private Phrase OwnFault(HttpStatusCode status)
        => Phrase.Of("channel.own-fault", ("name", messenger), ("status", ((int)status).ToString(CultureInfo.InvariantCulture)));
}
