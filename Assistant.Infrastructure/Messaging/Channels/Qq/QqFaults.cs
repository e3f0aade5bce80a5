using System.Globalization;
using System.Net;
using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Qq;

/// <summary>What it means when QQ says no, in words for people.</summary>
internal static class QqFaults
{
    private const int LongestWords = 200;
    private static readonly TimeSpan CredentialsPause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan TooMuchPause = TimeSpan.FromMinutes(1);

    /// <summary>Under this message and number something was shown before.</summary>
    public static bool IsRepetition(QqAnswer answer) => answer.Code is 40054005;

    /// <summary>It was taken, and a person at QQ looks at it first.</summary>
    public static bool IsBeingLookedAt(QqAnswer answer) => answer.Code is 304023 or 304024;

    /// <summary>What it answers is too long ago, or answered too often.</summary>
    public static bool IsTooLate(QqAnswer answer) => answer.Code is 304026 or 304027 or 40034024 or 40034005 or 40034102 or 304022;

    public static bool IsCredentials(QqAnswer answer) => answer.IsTokenEnded || answer.Code is 11251 or 11261 or 11275 or 11265 or 11253 or 11254;

    /// <summary>How a send ended that did not succeed.</summary>
    public static SendOutcome OutcomeOf(QqAnswer answer) => answer switch
    {
        _ when IsCredentials(answer) => new SendOutcome.RetryAfter(CredentialsPause, Explain(answer), PauseScope.Connection),
        { Code: 22009 or 20028 } => new SendOutcome.RetryAfter(TooMuchPause, Explain(answer)),
        { Code: 304082 or 304083 } => new SendOutcome.RetryAfter(null, Explain(answer)), // "try again", it says
        _ => CallFaults.OutcomeOf(QqChannel.Name, answer.Outcome, PauseScope.Chat) ?? (answer.Outcome is CallOutcome.Answered { IsSuccess: true } && answer.Read is null
            ? new SendOutcome.Uncertain(Explain(answer))
            : new SendOutcome.Rejected(Explain(answer))),
    };

    public static Phrase Explain(QqAnswer answer) => answer.Code switch
    {
        11265 => Phrase.Of("qq.banned"),
        11253 or 11254 => Phrase.Of("qq.not-allowed"),
        _ when answer.IsTokenEnded || answer.Code is 11251 or 11261 or 11275 => Phrase.Of("channel.sign-in-refused", ("name", QqChannel.Name)),
        22009 or 20028 => Phrase.Of("channel.pause", ("name", QqChannel.Name)),
        304003 or 40034028 => Phrase.Of("qq.address-not-listed"),
        304082 or 304083 => Phrase.Of("qq.file-not-fetched"),
        304025 => Phrase.Of("qq.content-refused"),
        _ when IsTooLate(answer) => Phrase.Of("qq.too-late"),
        _ => answer.Outcome is CallOutcome.Answered { Status: < HttpStatusCode.InternalServerError and not HttpStatusCode.TooManyRequests } refusal && (answer.Code != 0 || !refusal.IsSuccess)
            ? Phrase.Of("channel.refuses", ("name", QqChannel.Name), ("says", WordsOf(answer) ?? ((int)refusal.Status).ToString(CultureInfo.InvariantCulture)))
            : CallFaults.ReasonOf(QqChannel.Name, answer.Outcome) ?? Phrase.Of("channel.unreadable", ("name", QqChannel.Name)),
    };

    private static string? WordsOf(QqAnswer answer)
        => answer.Read is { Code: { } code and not 0, Message: { Length: > 0 and <= LongestWords } words } ? string.Create(CultureInfo.InvariantCulture, $"{words} ({code})") : null;
}
