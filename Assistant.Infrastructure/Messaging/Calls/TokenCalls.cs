using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization;
using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;

namespace Assistant.Infrastructure.Messaging.Calls;

/// <summary>There is no token to call with.</summary>
/// <param name="outcome">What that is for a message: it has certainly not been sent.</param>
/// <param name="isRefusal">Whether the credentials are not taken.</param>
internal sealed class NoTokenException(SendOutcome.RetryAfter outcome, bool isRefusal) : PhrasedException(outcome.Reason)
{
    public SendOutcome.RetryAfter Outcome { get; } = outcome;

    public bool IsRefusal { get; } = isRefusal;
}

/// <summary>Calls with a token of OAuth 2.0: fetched when it is needed, replaced before it ends, and once when the messenger no longer takes it. Safe for concurrent use.</summary>
/// <param name="grant">A new request for a token (RFC 6749, section 4.4, or RFC 7523).</param>
internal sealed class TokenCalls(string messenger, MessengerHttp http, Func<HttpRequestMessage> grant, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan WrongCredentialsPause = TimeSpan.FromMinutes(1);
    private const double LongestLifetimeSeconds = 86_400;

    private readonly AccessTokens _tokens = new(cancellationToken => IssueAsync(messenger, http, grant, cancellationToken), time);

    /// <summary>A token that is good for a while yet.</summary>
    /// <exception cref="NoTokenException">None can be had.</exception>
    public Task<string> GetTokenAsync(CancellationToken cancellationToken) => _tokens.GetAsync(cancellationToken);

    /// <summary>Sends a request. One that is answered with 401 has done nothing, and is sent again with a new token.</summary>
    /// <param name="request">Makes the request, once for each attempt.</param>
    /// <exception cref="NoTokenException">There is no token to send it with.</exception>
    public async Task<CallOutcome> CallAsync(Func<HttpRequestMessage> request, CancellationToken cancellationToken)
    {
        var token = await _tokens.GetAsync(cancellationToken);
        var outcome = await CallAsync(request, token, cancellationToken);
        if (outcome is not CallOutcome.Answered { Status: HttpStatusCode.Unauthorized })
        {
            return outcome;
        }

        _tokens.Refused(token);
        return await CallAsync(request, await _tokens.GetAsync(cancellationToken), cancellationToken);
    }

    public void Dispose() => _tokens.Dispose();

    private async Task<CallOutcome> CallAsync(Func<HttpRequestMessage> make, string token, CancellationToken cancellationToken)
    {
        using var request = make();
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await http.CallAsync(messenger, request, cancellationToken);
    }

    private static async Task<IssuedToken> IssueAsync(string messenger, MessengerHttp http, Func<HttpRequestMessage> grant, CancellationToken cancellationToken)
    {
        using var request = grant();
        var outcome = await http.AskForTokenAsync(messenger, request, cancellationToken);
        if (outcome is CallOutcome.Answered { IsSuccess: true } answer)
        {
            return Read(answer.Body) is { AccessToken: { Length: > 0 } token, ExpiresIn: > 0 and var seconds }
                ? new IssuedToken(token, TimeSpan.FromSeconds(Math.Clamp(seconds, 1, LongestLifetimeSeconds)))
                : throw new NoTokenException(new SendOutcome.RetryAfter(null, Phrase.Of("channel.unreadable", ("name", messenger))), isRefusal: false);
        }

        throw CallFaults.OutcomeOf(messenger, outcome) switch
        {
            SendOutcome.RetryAfter later when outcome is not CallOutcome.Answered { Status: HttpStatusCode.Unauthorized } => new NoTokenException(later, isRefusal: false),

            // What is uncertain is the token; of the message nothing left.
            SendOutcome.Uncertain uncertain => new NoTokenException(new SendOutcome.RetryAfter(null, uncertain.Reason), isRefusal: false),
            _ => new NoTokenException(
                new SendOutcome.RetryAfter(WrongCredentialsPause, Phrase.Of("channel.sign-in-refused", ("name", messenger)), PauseScope.Connection), isRefusal: true),
        };
    }

    private static TokenAnswer? Read(byte[] body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, TokenJson.Default.TokenAnswer);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}

internal sealed record TokenAnswer([property: JsonPropertyName("access_token")] string? AccessToken, [property: JsonPropertyName("expires_in")] double ExpiresIn);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(TokenAnswer))]
internal sealed partial class TokenJson : JsonSerializerContext;
