using System.Globalization;
using System.Net;
using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Outgoing;

namespace Assistant.Infrastructure.Messaging.Calls;

/// <summary>What failed calls mean, as far as it is the same for all messengers. Never carries an address: some hold tokens.</summary>
internal static class CallFaults
{
    private static readonly TimeSpan WrongCredentialsPause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromDays(1);

    /// <summary>What became of a request that ended in an exception.</summary>
    public static CallOutcome Of(string messenger, HttpRequestException fault) => fault switch
    {
        { InnerException: DestinationRefusedException } => new CallOutcome.NotSent(Phrase.Of("channel.forbidden-address", ("name", messenger))),
        { HttpRequestError: HttpRequestError.NameResolutionError } => new CallOutcome.NotSent(Phrase.Of("channel.unresolved", ("name", messenger))),
        { HttpRequestError: HttpRequestError.SecureConnectionError } => new CallOutcome.NotSent(Phrase.Of("channel.insecure", ("name", messenger))),
        { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.ProxyTunnelError }
            => new CallOutcome.NotSent(Phrase.Of("channel.unreachable", ("name", messenger))),
        _ => new CallOutcome.Lost(Phrase.Of("channel.broke-off", ("name", messenger))),
    };

    /// <summary>
    /// How a send ended for reasons that need nothing of the body: no connection, no answer, a pause, a fault of theirs, credentials they do not
    /// take. <see langword="null"/> for a success and for a refusal that the channel has to explain.
    /// </summary>
    /// <param name="floodScope">How far a pause reaches that the messenger asks for.</param>
    public static SendOutcome? OutcomeOf(string messenger, CallOutcome outcome, PauseScope floodScope = PauseScope.Connection) => outcome switch
    {
        CallOutcome.NotSent notSent => new SendOutcome.RetryAfter(null, notSent.Reason),
        CallOutcome.Lost lost => new SendOutcome.Uncertain(lost.Reason),
        CallOutcome.Answered { Status: HttpStatusCode.TooManyRequests, RetryAfter: var delay }
            => new SendOutcome.RetryAfter(Bounded(delay), Phrase.Of("channel.pause", ("name", messenger)), floodScope),
        CallOutcome.Answered { Status: HttpStatusCode.Unauthorized }
            => new SendOutcome.RetryAfter(WrongCredentialsPause, Phrase.Of("channel.sign-in-refused", ("name", messenger)), PauseScope.Connection),

        // A gateway's 504 passed the request on: it may have been carried out.
        CallOutcome.Answered { Status: HttpStatusCode.GatewayTimeout } => new SendOutcome.Uncertain(OwnFault(messenger, HttpStatusCode.GatewayTimeout)),
        CallOutcome.Answered { Status: >= HttpStatusCode.InternalServerError, RetryAfter: var delay, Status: var status }
            => new SendOutcome.RetryAfter(Bounded(delay), OwnFault(messenger, status)),
        _ => null,
    };

    /// <summary>The same in words, for health and tests; <see langword="null"/> for a success.</summary>
    public static Phrase? ReasonOf(string messenger, CallOutcome outcome) => OutcomeOf(messenger, outcome) switch
    {
        SendOutcome.RetryAfter later => later.Reason,
        SendOutcome.Uncertain uncertain => uncertain.Reason,
        _ when outcome is CallOutcome.Answered { IsSuccess: false, Status: var status }
            => Phrase.Of("channel.refuses", ("name", messenger), ("says", ((int)status).ToString(CultureInfo.InvariantCulture))),
        _ => null,
    };

    private static Phrase OwnFault(string messenger, HttpStatusCode status)
        => Phrase.Of("channel.own-fault", ("name", messenger), ("status", ((int)status).ToString(CultureInfo.InvariantCulture)));

    private static TimeSpan? Bounded(TimeSpan? delay) => delay is { } asked && asked > LongestPause ? LongestPause : delay;
}
