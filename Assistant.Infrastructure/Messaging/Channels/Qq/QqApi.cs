using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Qq;

/// <summary>How a call ended.</summary>
/// <param name="Read">What QQ says; <see langword="null"/> when there is no answer that can be read.</param>
internal sealed record QqAnswer(CallOutcome Outcome, QqReply? Read)
{
    public bool IsSuccess => Outcome is CallOutcome.Answered { IsSuccess: true } && Read?.Code is null or 0;

    public int Code => Read?.Code ?? 0;

    /// <summary>Whether QQ no longer takes the token.</summary>
    public bool IsTokenEnded => Outcome is CallOutcome.Answered { Status: HttpStatusCode.Unauthorized } || Code is 11241 or 11243 or 11244;
}

/// <summary>The calls that are used, under the bot's token; one that ended is replaced once. Safe for concurrent use.</summary>
internal sealed class QqApi : IDisposable
{
    private static readonly TimeSpan DefaultLifetime = TimeSpan.FromHours(2);

    private readonly MessengerHttp _http;
    private readonly QqSettings _settings;
    private readonly AccessTokens _tokens;

    public QqApi(MessengerHttp http, QqSettings settings, TimeProvider time)
    {
        (_http, _settings) = (http, settings);
        _tokens = new AccessTokens(IssueAsync, time);
    }

    /// <summary>Who the bot is.</summary>
    public Task<QqAnswer> ReadSelfAsync(CancellationToken cancellationToken)
        => CallAsync(() => new HttpRequestMessage(HttpMethod.Get, new Uri(_settings.ApiBaseUrl, "users/@me")), cancellationToken);

    public Task<QqAnswer> PostAsync(string chat, bool isGroup, QqPost post, CancellationToken cancellationToken)
        => PostAsync(chat, isGroup, "messages", post, QqJson.Default.QqPost, cancellationToken);

    /// <summary>Names a file that QQ is to fetch for a chat.</summary>
    public Task<QqAnswer> OfferAsync(string chat, bool isGroup, QqOffer offer, CancellationToken cancellationToken)
        => PostAsync(chat, isGroup, "files", offer, QqJson.Default.QqOffer, cancellationToken);

    public void Dispose() => _tokens.Dispose();

    private Task<QqAnswer> PostAsync<T>(string chat, bool isGroup, string what, T body, JsonTypeInfo<T> type, CancellationToken cancellationToken) => CallAsync(
        () => new HttpRequestMessage(HttpMethod.Post, new Uri(_settings.ApiBaseUrl, $"v2/{(isGroup ? "groups" : "users")}/{chat}/{what}")) { Content = ContentOf(body, type) }, cancellationToken);

    private async Task<QqAnswer> CallAsync(Func<HttpRequestMessage> newRequest, CancellationToken cancellationToken)
    {
        for (var isLastTry = false; ; isLastTry = true)
        {
            string token;
            try
            {
                token = await _tokens.GetAsync(cancellationToken);
            }
            catch (NoTokenException refused)
            {
                return refused.Answer;
            }

            using var request = newRequest();
            request.Headers.Authorization = new AuthenticationHeaderValue("QQBot", token);
            var answer = AnswerOf(await _http.CallAsync(QqChannel.Name, request, cancellationToken));
            if (!answer.IsTokenEnded || isLastTry)
            {
                return answer;
            }

            _tokens.Refused(token);
        }
    }

    private async Task<IssuedToken> IssueAsync(CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _settings.TokenUrl)
        {
            Content = ContentOf(new QqCredentials(_settings.AppId, _settings.Secret), QqJson.Default.QqCredentials),
        };
        var answer = AnswerOf(await _http.AskForTokenAsync(QqChannel.Name, request, cancellationToken));
        if (answer is { IsSuccess: true, Read.AccessToken: { Length: > 0 } token })
        {
            return new IssuedToken(token, answer.Read.ExpiresIn is > 0 and <= 86_400 and var seconds ? TimeSpan.FromSeconds(seconds) : DefaultLifetime);
        }

        throw new NoTokenException(answer switch
        {
            // Without a token nothing was sent, whatever became of the question for it.
            { Outcome: CallOutcome.Lost lost } => answer with { Outcome = new CallOutcome.NotSent(lost.Reason) },

            // It refuses with a success and a code.
            { Outcome: CallOutcome.Answered { IsSuccess: true } answered, Read: not null } => answer with { Outcome = answered with { Status = HttpStatusCode.Unauthorized } },
            { Outcome: CallOutcome.Answered { IsSuccess: true } } => answer with { Outcome = new CallOutcome.NotSent(Phrase.Of("channel.unreadable", ("name", QqChannel.Name))) },
            _ => answer,
        });
    }

    private static QqAnswer AnswerOf(CallOutcome outcome)
        => new(outcome, outcome is CallOutcome.Answered { Body: var body } ? QqEvents.Read(body, QqJson.Default.QqReply) : null);

    private static ByteArrayContent ContentOf<T>(T value, JsonTypeInfo<T> type)
    {
        var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(value, type));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return content;
    }

    private sealed class NoTokenException(QqAnswer answer) : Exception("QQ gave no token.")
    {
        public QqAnswer Answer => answer;
    }
}
