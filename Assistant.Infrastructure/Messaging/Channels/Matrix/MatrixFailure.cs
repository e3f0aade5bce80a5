using System.Net;
using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Matrix;

/// <summary>What it means when a homeserver says no, in words for people.</summary>
internal static class MatrixFailure
{
    private static readonly TimeSpan CredentialsPause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromDays(1);

    /// <summary>How a send ended that did not succeed.</summary>
    public static SendOutcome Outcome(MatrixReply reply)
    {
        if (PauseOf(reply) is { } pause)
        {
            return new SendOutcome.RetryAfter(pause, Explain(reply), PauseScope.Connection);
        }

        if (reply.IsSignIn || IsCredentials(reply))
        {
            return new SendOutcome.RetryAfter(CredentialsPause, Explain(reply), PauseScope.Connection);
        }

        return CallFaults.OutcomeOf(MatrixChannel.Name, reply.Outcome) ?? reply switch
        {
            { Outcome: CallOutcome.Answered { IsSuccess: true } } => new SendOutcome.Uncertain(Explain(reply)),
            _ => new SendOutcome.Rejected(Explain(reply)),
        };
    }

    /// <summary>How long the server asks to wait, in its header or, older ones, in the body; <see langword="null"/> when it asks for no pause.</summary>
    public static TimeSpan? PauseOf(MatrixReply reply)
    {
        if (reply.Outcome is not CallOutcome.Answered { Status: HttpStatusCode.TooManyRequests, RetryAfter: var header })
        {
            return null;
        }

        var asked = header ?? TimeSpan.FromMilliseconds(Math.Clamp(reply.Body["retry_after_ms"].Number ?? 5_000, 0, (long)LongestPause.TotalMilliseconds));
        return asked > LongestPause ? LongestPause : asked;
    }

    /// <summary>Whether nothing will be taken until somebody changes the settings or the account.</summary>
    public static bool IsCredentials(MatrixReply reply) => reply.Status == 401
        || reply.Error is "M_UNKNOWN_TOKEN" or "M_MISSING_TOKEN" or "M_USER_DEACTIVATED" or "M_USER_SUSPENDED" or "M_USER_LOCKED" or "M_CONSENT_NOT_GIVEN"
        || (reply.IsSignIn && reply.Status is 400 or 403);

    public static Phrase Explain(MatrixReply reply) => reply.Error switch
    {
        "M_FORBIDDEN" or "M_INVALID_USERNAME" when reply.IsSignIn => Phrase.Of("matrix.wrong-password"),
        "M_UNKNOWN_TOKEN" or "M_MISSING_TOKEN" => Phrase.Of("matrix.signed-out"),
        "M_USER_DEACTIVATED" or "M_USER_SUSPENDED" or "M_USER_LOCKED" => Phrase.Of("matrix.account-closed", ("says", Word(reply.Error))),
        "M_CONSENT_NOT_GIVEN" => Phrase.Of("matrix.consent"),
        "M_LIMIT_EXCEEDED" => Phrase.Of("channel.pause", ("name", MatrixChannel.Name)),
        "M_FORBIDDEN" or "M_GUEST_ACCESS_FORBIDDEN" => Phrase.Of("matrix.not-in-room"),
        "M_NOT_FOUND" => Phrase.Of("matrix.no-room"),
        "M_TOO_LARGE" => Phrase.Of("matrix.too-large"),
        "M_UNRECOGNIZED" => Phrase.Of("matrix.unrecognized"),
        { Length: > 0 } error when CallFaults.OutcomeOf(MatrixChannel.Name, reply.Outcome) is null
            => Phrase.Of("channel.refuses", ("name", MatrixChannel.Name), ("says", Word(error))),
        _ => CallFaults.ReasonOf(MatrixChannel.Name, reply.Outcome) ?? Phrase.Of("channel.unreadable", ("name", MatrixChannel.Name)),
    };

    // Codes are words with underscores and dots. Anything else is somebody's page in between, and is not repeated.
    private static string Word(string error) => error.Length <= 100 && error.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.') ? error : "?";
}
