using System.Net;
using System.Net.Http.Headers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Feishu;

/// <summary>How a call ended.</summary>
/// <param name="Answer">What Feishu says, whatever the status; <see langword="null"/> when there is no answer that can be read.</param>
internal sealed record FeishuReply(CallOutcome Outcome, FeishuAnswer? Answer)
{
    public bool IsOk => Outcome is CallOutcome.Answered { IsSuccess: true } && Answer is { Code: 0 };

    /// <summary>Whether the token is taken no more, which a new one mends.</summary>
    public bool IsTokenEnded => Answer?.Code is 99991661 or 99991663 or 99991664 or 99991668 or 99991671 or 99991677;

    /// <summary>A text of what was asked for.</summary>
    public string? Text(string name)
    {
        try
        {
            return Answer?.Data is { ValueKind: JsonValueKind.Object } data && data.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
                ? value.GetString()
                : null;
        }
        catch (InvalidOperationException)
        {
            return null; // half of a character
        }
    }
}

/// <summary>The few methods that are used, under the app's tenant token; one that ended is replaced once. Safe for concurrent use.</summary>
internal sealed class FeishuClient : IDisposable
{
    private static readonly TimeSpan DefaultLifetime = TimeSpan.FromHours(1);

    // As short as it can be: the limits of messages count bytes.
    private static readonly FeishuJson Relaxed = new(new JsonSerializerOptions(FeishuJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    private readonly MessengerHttp _http;
    private readonly FeishuSettings _settings;
    private readonly AccessTokens _tokens;

    public FeishuClient(MessengerHttp http, FeishuSettings settings, TimeProvider time)
    {
        (_http, _settings) = (http, settings);
        _tokens = new AccessTokens(IssueAsync, time);
    }

    public string Messenger => _settings.Messenger;

    /// <summary>Who the assistant is.</summary>
    public Task<FeishuReply> ReadBotAsync(CancellationToken cancellationToken) => CallAsync(HttpMethod.Get, "open-apis/bot/v3/info", null, cancellationToken);

    /// <summary>The address of a long connection, good for one.</summary>
    public async Task<FeishuReply> OpenSocketAsync(CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_settings.ApiBaseUrl, "callback/ws/endpoint"))
        {
            Content = ContentOf(JsonSerializer.SerializeToUtf8Bytes(new FeishuOpening(_settings.AppId, _settings.AppSecret), FeishuJson.Default.FeishuOpening)),
        };
        return Read(await _http.CallAsync(Messenger, request, cancellationToken));
    }

    public Task<FeishuReply> FindUserAsync(string user, CancellationToken cancellationToken)
        => CallAsync(HttpMethod.Get, $"open-apis/contact/v3/users/{user}?user_id_type=open_id", null, cancellationToken);

    /// <summary>A message, which says where it stands.</summary>
    public Task<FeishuReply> FindMessageAsync(string message, CancellationToken cancellationToken)
        => CallAsync(HttpMethod.Get, $"open-apis/im/v1/messages/{message}", null, cancellationToken);

    /// <param name="kind">What the post's receive id is.</param>
    public Task<FeishuReply> PostAsync(string kind, FeishuPost post, CancellationToken cancellationToken)
        => CallAsync(HttpMethod.Post, $"open-apis/im/v1/messages?receive_id_type={kind}", BytesOf(post), cancellationToken);

    public Task<FeishuReply> AnswerAsync(string message, FeishuPost post, CancellationToken cancellationToken)
        => CallAsync(HttpMethod.Post, $"open-apis/im/v1/messages/{message}/reply", BytesOf(post), cancellationToken);

    /// <summary>Opens a file of a message.</summary>
    /// <exception cref="AttachmentUnavailableException">It is not handed out, or not now.</exception>
    public async Task<Stream> OpenAsync(string message, string kind, string key, CancellationToken cancellationToken)
    {
        for (var isLastTry = false; ; isLastTry = true)
        {
            var token = await TokenForFileAsync(cancellationToken);
            using var request = NewRequest(HttpMethod.Get, $"open-apis/im/v1/messages/{message}/resources/{key}?type={kind}", token);
            try
            {
                return await _http.DownloadAsync(Messenger, request, isConfigured: true, cancellationToken);
            }
            catch (AttachmentUnavailableException refused) when (refused.Fault == AttachmentFault.Final && !isLastTry)
            {
                // Feishu has one status for everything it does not like: it may be the token.
                _tokens.Refused(token);
            }
        }
    }

    /// <summary>The bytes of a request, which Feishu limits.</summary>
    public static byte[] BytesOf(FeishuPost post) => JsonSerializer.SerializeToUtf8Bytes(post, Relaxed.FeishuPost);

    public void Dispose() => _tokens.Dispose();

    /// <summary>Hands in a file, which shows nothing yet.</summary>
    /// <param name="newContent">Makes the body, more than once when the token has to be replaced.</param>
    public Task<FeishuReply> UploadAsync(string path, Func<CancellationToken, Task<HttpContent?>> newContent, CancellationToken cancellationToken)
        => CallAsync(HttpMethod.Post, path, newContent, _http.UploadAsync, cancellationToken);

    private Task<FeishuReply> CallAsync(HttpMethod method, string path, byte[]? body, CancellationToken cancellationToken)
        => CallAsync(method, path, _ => Task.FromResult<HttpContent?>(body is null ? null : ContentOf(body)), _http.CallAsync, cancellationToken);

    private async Task<FeishuReply> CallAsync(
        HttpMethod method, string path, Func<CancellationToken, Task<HttpContent?>> newContent,
        Func<string, HttpRequestMessage, CancellationToken, Task<CallOutcome>> call, CancellationToken cancellationToken)
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
                return refused.Reply;
            }

            using var request = NewRequest(method, path, token);
            request.Content = await newContent(cancellationToken);
            var reply = Read(await call(Messenger, request, cancellationToken));
            if (!reply.IsTokenEnded || isLastTry)
            {
                return reply;
            }

            _tokens.Refused(token);
        }
    }

    private async Task<string> TokenForFileAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _tokens.GetAsync(cancellationToken);
        }
        catch (NoTokenException)
        {
            throw new AttachmentUnavailableException(Phrase.Of("channel.files-unreachable", ("name", Messenger)));
        }
    }

    private async Task<IssuedToken> IssueAsync(CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_settings.ApiBaseUrl, "open-apis/auth/v3/tenant_access_token/internal"))
        {
            Content = ContentOf(JsonSerializer.SerializeToUtf8Bytes(new FeishuCredentials(_settings.AppId, _settings.AppSecret), FeishuJson.Default.FeishuCredentials)),
        };
        var reply = Read(await _http.AskForTokenAsync(Messenger, request, cancellationToken));
        if (reply is { IsOk: true, Answer.TenantAccessToken: { Length: > 0 } token })
        {
            return new IssuedToken(token, reply.Answer.Expire is > 0 and <= 86_400 and var seconds ? TimeSpan.FromSeconds(seconds) : DefaultLifetime);
        }

        // Without a token nothing was sent, whatever became of the question for it.
        throw new NoTokenException(reply switch
        {
            { Outcome: CallOutcome.Lost lost } => reply with { Outcome = new CallOutcome.NotSent(lost.Reason) },
            { Outcome: CallOutcome.Answered { IsSuccess: true }, Answer: null or { Code: null or 0 } }
                => new FeishuReply(new CallOutcome.NotSent(Phrase.Of("channel.unreadable", ("name", Messenger))), null),
            _ => reply,
        });
    }

    private HttpRequestMessage NewRequest(HttpMethod method, string path, string token)
    {
        var request = new HttpRequestMessage(method, new Uri(_settings.ApiBaseUrl, path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return request;
    }

    private static ByteArrayContent ContentOf(byte[] body)
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
        return content;
    }

    private static FeishuReply Read(CallOutcome outcome)
    {
        try
        {
            return new FeishuReply(outcome, outcome is CallOutcome.Answered { Body: var body } ? JsonSerializer.Deserialize(body, FeishuJson.Default.FeishuAnswer) : null);
        }
        catch (Exception fault) when (FeishuEvents.IsUnreadable(fault))
        {
            return new FeishuReply(outcome, null);
        }
    }

    private sealed class NoTokenException(FeishuReply reply) : Exception("Feishu gave no token.")
    {
        public FeishuReply Reply => reply;
    }
}
