using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Signal;

/// <summary>Calls of the daemon: one command each, and its events.</summary>
internal sealed class SignalClient(SignalSettings settings, MessengerHttp http)
{
    public const string Messenger = "Signal";

    private long _ids;

    /// <summary>What commands are told, for this account.</summary>
    public SignalParams NewParams() => new(settings.Account);

    public async Task<CallOutcome> CallAsync(string method, SignalParams call, CancellationToken cancellationToken)
    {
        using var request = NewRequest(method, call);
        return call.Attachment is null
            ? await http.CallAsync(Messenger, request, cancellationToken)
            : await http.UploadAsync(Messenger, request, cancellationToken);
    }

    /// <summary>A command whose answer is large; the caller disposes what it says.</summary>
    public async Task<Stream> OpenAsync(string method, SignalParams call, CancellationToken cancellationToken)
    {
        using var request = NewRequest(method, call);
        return await http.DownloadAsync(Messenger, request, isConfigured: true, cancellationToken);
    }

    /// <summary>Whether the daemon answers at all.</summary>
    public async Task<bool> LivesAsync(CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(settings.Daemon, "api/v1/check"));
        return await http.CallAsync(Messenger, request, cancellationToken) is CallOutcome.Answered { IsSuccess: true };
    }

    /// <summary>Listens for what comes.</summary>
    /// <param name="after">
    /// The last event dealt with; what the daemon still has behind it comes first. Without one, all it still has: it takes any id it does not know for
    /// one of before its start.
    /// </param>
    public Task<Stream> ListenAsync(string? after, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(settings.Daemon, $"api/v1/events?account={Uri.EscapeDataString(settings.Account)}"));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        request.Headers.TryAddWithoutValidation("Last-Event-ID", after ?? "none");
        return http.ListenAsync(Messenger, request, cancellationToken);
    }

    /// <summary>What an answer says; <see langword="null"/> when it cannot be read.</summary>
    public static SignalReply<T>? Read<T>(CallOutcome outcome, JsonTypeInfo<SignalReply<T>> type)
    {
        try
        {
            return outcome is CallOutcome.Answered { IsSuccess: true } answer ? JsonSerializer.Deserialize(answer.Body, type) : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private HttpRequestMessage NewRequest(string method, SignalParams call)
    {
        var id = Interlocked.Increment(ref _ids).ToString(CultureInfo.InvariantCulture);
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(settings.Daemon, "api/v1/rpc"))
        {
            Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(new SignalRequest(id, method, call), SignalJson.Default.SignalRequest)),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return request;
    }
}

/// <summary>What the daemon's answers mean.</summary>
internal static class SignalFailure
{
    private const int InvalidParams = -32602;
    private const int NoConnection = -3;
    private const int UntrustedKey = -4;
    private const int RateLimit = -5;

    private static readonly TimeSpan ChallengePause = TimeSpan.FromHours(1);
    private static readonly TimeSpan WrongAccountPause = TimeSpan.FromMinutes(1);

    /// <summary>How a send ended, for the message's id when it went.</summary>
    public static SendOutcome OutcomeOf(CallOutcome outcome, Func<long, string> idOf)
    {
        if (CallFaults.OutcomeOf(SignalClient.Messenger, outcome) is { } failed)
        {
            return failed;
        }

        return SignalClient.Read(outcome, SignalJson.Default.SignalReplySignalSent) switch
        {
            { Error: { } error } => OutcomeOf(error),
            { Result: { Results: { Count: > 0 } results } } when results.All(result => result?.Type is not (null or "SUCCESS")) => OutcomeOf(results),
            { Result: { Timestamp: > 0 } sent } => new SendOutcome.Delivered(idOf(sent.Timestamp)),
            _ => new SendOutcome.Uncertain(Phrase.Of("channel.unreadable", ("name", SignalClient.Messenger))),
        };
    }

    /// <summary>What is wrong with the account, in words; <see langword="null"/> when nothing is.</summary>
    public static Phrase? ReasonOf(CallOutcome outcome)
        => CallFaults.ReasonOf(SignalClient.Messenger, outcome) ?? (SignalClient.Read(outcome, SignalJson.Default.SignalReplyNullableJsonElement) switch
        {
            null => Phrase.Of("channel.unreadable", ("name", SignalClient.Messenger)),
            { Error: { } error } => ReasonOf(error),
            _ => null,
        });

    private static SendOutcome OutcomeOf(SignalError error) => error switch
    {
        { Data.Response.Results: { Count: > 0 } results } when error.Code is RateLimit or UntrustedKey => OutcomeOf(results),
        { Code: RateLimit } => new SendOutcome.RetryAfter(ChallengePause, Phrase.Of("channel.pause", ("name", SignalClient.Messenger)), PauseScope.Connection),
        { Code: UntrustedKey } => new SendOutcome.Rejected(Phrase.Of("signal.untrusted")),
        { Code: NoConnection } => new SendOutcome.RetryAfter(null, Phrase.Of("signal.offline"), PauseScope.Connection),
        { Code: InvalidParams } => new SendOutcome.RetryAfter(WrongAccountPause, ReasonOf(error), PauseScope.Connection),
        _ => new SendOutcome.Rejected(ReasonOf(error)),
    };

    /// <summary>Nobody got it.</summary>
    private static SendOutcome OutcomeOf(IReadOnlyList<SignalSentTo?> results)
    {
        var delay = results.Max(result => result?.RetryAfterSeconds) is { } seconds and > 0 and < 31_536_000 ? TimeSpan.FromSeconds(seconds) : (TimeSpan?)null;
        if (results.Any(result => result?.Token is { Length: > 0 }))
        {
            return new SendOutcome.RetryAfter(delay ?? ChallengePause, Phrase.Of("signal.challenge"), PauseScope.Connection);
        }

        return results[0]?.Type switch
        {
            "RATE_LIMIT_FAILURE" => new SendOutcome.RetryAfter(delay, Phrase.Of("channel.pause", ("name", SignalClient.Messenger)), PauseScope.Connection),
            "NETWORK_FAILURE" => new SendOutcome.RetryAfter(null, Phrase.Of("signal.offline")),
            "IDENTITY_FAILURE" => new SendOutcome.Rejected(Phrase.Of("signal.untrusted")),
            "UNREGISTERED_FAILURE" => new SendOutcome.Rejected(Phrase.Of("signal.unregistered")),
            var type => new SendOutcome.Rejected(Phrase.Of("channel.refuses", ("name", SignalClient.Messenger), ("says", type ?? ""))),
        };
    }

    private static Phrase ReasonOf(SignalError error) => error.Code == InvalidParams
        ? Phrase.Of("signal.no-account")
        : Phrase.Of("channel.refuses", ("name", SignalClient.Messenger), ("says", error.Message ?? error.Code.ToString(CultureInfo.InvariantCulture)));
}
