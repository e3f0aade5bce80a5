using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Telegram.Bot.Exceptions;

namespace Assistant.Infrastructure.Messaging.Channels.Telegram;

/// <summary>What a failed call to the Bot API means, in words for people. Never carries an address: it would hold the token.</summary>
internal static partial class TelegramFailure
{
    private static readonly TimeSpan WrongTokenPause = TimeSpan.FromMinutes(1);

    /// <summary>How a send ended that did not succeed.</summary>
    public static SendOutcome Outcome(RequestException failure, PauseScope floodScope) => failure switch
    {
        ApiRequestException { ErrorCode: 429 } e => new SendOutcome.RetryAfter(RetryDelay(e), Phrase.Of("telegram.pause"), floodScope),
        ApiRequestException e when IsWrongToken(e) => new SendOutcome.RetryAfter(WrongTokenPause, Explain(e), PauseScope.Connection),
        ApiRequestException { ErrorCode: >= 400 and < 500 } e => new SendOutcome.Rejected(Explain(e)),
        _ when NothingWasShown(failure) => new SendOutcome.RetryAfter(null, Explain(failure)),
        _ => new SendOutcome.Uncertain(Explain(failure)),
    };

    public static TimeSpan? RetryDelay(ApiRequestException failure)
        => failure.Parameters?.RetryAfter is { } seconds ? TimeSpan.FromSeconds(Math.Clamp(seconds, 0, 86_400)) : null;

    /// <summary>Telegram answers 401 to a revoked token and 404 to one that never was.</summary>
    public static bool IsWrongToken(RequestException failure) => failure is ApiRequestException { ErrorCode: 401 or 404 };

    public static bool IsConflict(RequestException failure) => failure is ApiRequestException { ErrorCode: 409 };

    public static bool IsBadEntities(RequestException failure)
        => failure is ApiRequestException { ErrorCode: 400 } e
            && (Says(e, "can't parse entities") || Says(e, "ENTITY_") || Says(e, "ENTITIES_") || Says(e, "entity"));

    public static bool IsTopicGone(RequestException failure) => failure is ApiRequestException { ErrorCode: 400 } e && Says(e, "thread not found");

    public static bool IsNotModified(RequestException failure) => failure is ApiRequestException { ErrorCode: 400 } e && Says(e, "message is not modified");

    public static Phrase Explain(RequestException failure) => failure switch
    {
        ApiRequestException { ErrorCode: 401 or 404 } => Phrase.Of("telegram.token-refused"),
        ApiRequestException { ErrorCode: 403 } e when Says(e, "blocked by the user") => Phrase.Of("telegram.blocked"),
        ApiRequestException { ErrorCode: 403 } e when Says(e, "deactivated") => Phrase.Of("telegram.deactivated"),
        ApiRequestException { ErrorCode: 403 } e when Says(e, "initiate conversation") => Phrase.Of("telegram.not-started"),
        ApiRequestException { ErrorCode: 403 } e when Says(e, "kicked") || Says(e, "not a member")
            => Phrase.Of("telegram.removed"),
        ApiRequestException { ErrorCode: 403 } e => Phrase.Of("telegram.forbids", ("says", WithoutToken(e.Message))),
        ApiRequestException { ErrorCode: 409 } e when Says(e, "webhook") => Phrase.Of("telegram.webhook-set"),
        ApiRequestException { ErrorCode: 409 } => Phrase.Of("telegram.conflict"),
        ApiRequestException { ErrorCode: 429 } => Phrase.Of("telegram.pause"),
        ApiRequestException { ErrorCode: 400 } e when Says(e, "chat not found") => Phrase.Of("telegram.chat-unknown"),
        ApiRequestException { ErrorCode: 400 } e when Says(e, "not enough rights") || Says(e, "CHAT_WRITE_FORBIDDEN") || Says(e, "TOPIC_CLOSED")
            => Phrase.Of("telegram.no-rights"),
        ApiRequestException { ErrorCode: 400 } when IsTopicGone(failure) => Phrase.Of("telegram.topic-gone"),
        ApiRequestException { ErrorCode: 400 } e when Says(e, "BUTTON_DATA_INVALID") => Phrase.Of("telegram.button-too-long"),
        ApiRequestException { ErrorCode: >= 500 } => Phrase.Of("telegram.own-fault"),
        ApiRequestException e => Phrase.Of("telegram.refuses", ("says", WithoutToken(e.Message))),
        { HttpStatusCode: { } status and >= HttpStatusCode.BadRequest } => Phrase.Of(
            "telegram.status", ("status", ((int)status).ToString(CultureInfo.InvariantCulture))),
        { InnerException: OperationCanceledException } => Phrase.Of("telegram.no-answer"),
        { InnerException: HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } } => Phrase.Of("telegram.unresolved"),
        { InnerException: HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } } => Phrase.Of("telegram.insecure"),
        _ when NothingWasShown(failure) => Phrase.Of("telegram.unreachable"),
        _ => Phrase.Of("telegram.broke-off"),
    };

    /// <summary>
    /// The request did not leave, or was answered with a fault. A gateway's 504 is neither: it passed the request on. Nor is a broken
    /// answer with status 200.
    /// </summary>
    private static bool NothingWasShown(RequestException failure) => failure switch
    {
        ApiRequestException { ErrorCode: >= 500 and not 504 } => true,
        { HttpStatusCode: { } status } => status >= HttpStatusCode.BadRequest && status != HttpStatusCode.GatewayTimeout,
        {
            InnerException: HttpRequestException
            {
                HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError
                or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError
            }
        } => true,
        _ => false,
    };

    private static bool Says(ApiRequestException failure, string words) => failure.Message.Contains(words, StringComparison.OrdinalIgnoreCase);

    // Between Telegram and here may stand a server that repeats the address it refused, and the token is part of that.
    private static string WithoutToken(string message) => Token().Replace(message, "***");

    [GeneratedRegex("[0-9]{3,}:[A-Za-z0-9_-]{8,}")]
    private static partial Regex Token();
}
