using System.Net;
using Assistant.Domain.Messaging;
using Telegram.Bot.Exceptions;

namespace Assistant.Infrastructure.Messaging.Channels.Telegram;

/// <summary>What a failed call to the Bot API means, in plain words. Never carries an address: it would hold the token.</summary>
internal static class TelegramFailure
{
    private static readonly TimeSpan WrongTokenPause = TimeSpan.FromMinutes(1);

    /// <summary>How a send ended that did not succeed.</summary>
    public static SendOutcome Outcome(RequestException failure, PauseScope floodScope) => failure switch
    {
        ApiRequestException { ErrorCode: 429 } e => new SendOutcome.RetryAfter(RetryDelay(e), "Telegram asks for a pause.", floodScope),
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

    public static bool IsNotModified(RequestException failure) => failure is ApiRequestException { ErrorCode: 400 } e && Says(e, "message is not modified");

    public static string Explain(RequestException failure) => failure switch
    {
        ApiRequestException { ErrorCode: 401 or 404 } => "Telegram does not accept the bot token. Copy it again from @BotFather.",
        ApiRequestException { ErrorCode: 403 } e when Says(e, "blocked by the user") => "The person has blocked the bot. They must unblock it to be written to.",
        ApiRequestException { ErrorCode: 403 } e when Says(e, "deactivated") => "The person's Telegram account no longer exists.",
        ApiRequestException { ErrorCode: 403 } e when Says(e, "initiate conversation") => "The person must write to the bot first.",
        ApiRequestException { ErrorCode: 403 } e when Says(e, "kicked") || Says(e, "not a member")
            => "The bot was removed from the group. Add it again.",
        ApiRequestException { ErrorCode: 403 } e => $"Telegram forbids it: {e.Message}.",
        ApiRequestException { ErrorCode: 409 } e when Says(e, "webhook") => "A webhook is set for this bot, so it cannot be polled.",
        ApiRequestException { ErrorCode: 409 } => "Another program receives with this bot token. Stop it, or give it a bot of its own.",
        ApiRequestException { ErrorCode: 429 } => "Telegram asks for a pause.",
        ApiRequestException { ErrorCode: 400 } e when Says(e, "chat not found") => "Telegram does not know this chat: the person has not started the bot, or the chat is gone.",
        ApiRequestException { ErrorCode: 400 } e when Says(e, "not enough rights") || Says(e, "CHAT_WRITE_FORBIDDEN") || Says(e, "TOPIC_CLOSED")
            => "The bot may not write in this group or topic. Give it the right to send messages.",
        ApiRequestException { ErrorCode: 400 } e when Says(e, "thread not found") => "The topic of this group was deleted.",
        ApiRequestException { ErrorCode: 400 } e when Says(e, "BUTTON_DATA_INVALID") => "A button carries more than 64 bytes.",
        ApiRequestException { ErrorCode: >= 500 } => "Telegram has a fault of its own.",
        ApiRequestException e => $"Telegram refuses it: {e.Message}.",
        { HttpStatusCode: { } status and >= HttpStatusCode.BadRequest } => $"Telegram, or a proxy before it, answered with status {(int)status}.",
        { InnerException: OperationCanceledException } => "Telegram did not answer in time.",
        { InnerException: HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } } => "The address of Telegram cannot be resolved. Check the network and the API address.",
        { InnerException: HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } } => "No secure connection to Telegram could be made.",
        _ when NothingWasShown(failure) => "Telegram cannot be reached. Check the network and the API address.",
        _ => "The connection to Telegram broke off before the answer.",
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
}
