using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.DingTalk;

/// <summary>How a call ended.</summary>
/// <param name="Answer">What DingTalk says, whatever the status; <see langword="null"/> when there is no answer that can be read.</param>
internal sealed record DingTalkReply(CallOutcome Outcome, DingTalkAnswer? Answer)
{
    public bool IsOk => Outcome is CallOutcome.Answered { IsSuccess: true } && Answer is not null;

    /// <summary>Whether the token is taken no more, which a new one mends.</summary>
    public bool IsTokenEnded => Outcome is CallOutcome.Answered { Status: HttpStatusCode.Unauthorized } || Answer?.Code is "InvalidAuthentication";
}

/// <summary>The few methods that are used, under the app's token; one that ended is replaced once. Safe for concurrent use.</summary>
internal sealed class DingTalkClient : IDisposable
{
    public const string RobotTopic = "/v1.0/im/bot/messages/get";

    private const string TokenHeader = "x-acs-dingtalk-access-token";
    private static readonly TimeSpan DefaultLifetime = TimeSpan.FromHours(1);

    private readonly MessengerHttp _http;
    private readonly DingTalkSettings _settings;
    private readonly AccessTokens _tokens;

    public DingTalkClient(MessengerHttp http, DingTalkSettings settings, TimeProvider time)
    {
        (_http, _settings) = (http, settings);
        _tokens = new AccessTokens(IssueAsync, time);
    }

    /// <summary>Whether a token can be had: the answer that gave none, or <see langword="null"/>.</summary>
    public async Task<DingTalkReply?> SignInAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _tokens.GetAsync(cancellationToken);
            return null;
        }
        catch (NoTokenException refused)
        {
            return refused.Reply;
        }
    }

    /// <summary>The same with a token that is asked for anew.</summary>
    public async Task<DingTalkReply?> SignInAgainAsync(CancellationToken cancellationToken)
    {
        try
        {
            await IssueAsync(cancellationToken);
            return null;
        }
        catch (NoTokenException refused)
        {
            return refused.Reply;
        }
    }

    /// <summary>The address of a new stream and the ticket for it, good for one connection.</summary>
    public async Task<DingTalkReply> OpenStreamAsync(CancellationToken cancellationToken)
    {
        using var request = NewRequest(
            "v1.0/gateway/connections/open",
            new DingTalkOpening(_settings.ClientId, _settings.ClientSecret, [new DingTalkSubscription("CALLBACK", RobotTopic)], "assistant"),
            DingTalkJson.Default.DingTalkOpening);

        // It answers XML to whoever does not ask for JSON.
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        return Read(await _http.CallAsync(DingTalkChannel.Name, request, cancellationToken));
    }

    public Task<DingTalkReply> PostAsync(DingTalkPost post, CancellationToken cancellationToken)
        => CallAsync(
            post.UserIds is null ? "v1.0/robot/groupMessages/send" : "v1.0/robot/oToMessages/batchSend", post, DingTalkJson.Default.DingTalkPost, cancellationToken);

    /// <summary>Opens a file of a message.</summary>
    /// <exception cref="AttachmentUnavailableException">It is not handed out, or not now.</exception>
    public async Task<Stream> OpenAsync(string downloadCode, CancellationToken cancellationToken)
    {
        var reply = await CallAsync(
            "v1.0/robot/messageFiles/download", new DingTalkFileRequest(downloadCode, _settings.RobotCode), DingTalkJson.Default.DingTalkFileRequest, cancellationToken);
        if (!reply.IsOk || !Uri.TryCreate(reply.Answer?.DownloadUrl, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
        {
            var isPassing = reply.Outcome is not CallOutcome.Answered answered || answered.Status is HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError;
            throw new AttachmentUnavailableException(
                isPassing ? Phrase.Of("channel.files-unreachable", ("name", DingTalkChannel.Name)) : Phrase.Of("channel.file-gone", ("name", DingTalkChannel.Name)),
                isPassing ? AttachmentFault.Passing : AttachmentFault.Final);
        }

        // It lies in a store of Alibaba's, at an address that is proof enough for whoever has it: the token stays here.
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        return await _http.DownloadAsync(DingTalkChannel.Name, request, _settings.IsApiHost(address), cancellationToken);
    }

    /// <summary>Hands in a file, which shows nothing yet.</summary>
    /// <param name="newContent">Makes the body, more than once when the token has to be replaced.</param>
    /// <returns>The outcome, and the file's media id when there is one.</returns>
    public async Task<(DingTalkReply Reply, string? MediaId)> UploadAsync(string kind, Func<CancellationToken, Task<HttpContent>> newContent, CancellationToken cancellationToken)
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
                return (refused.Reply, null);
            }

            // The older interface takes the token in the address and nowhere else.
            var address = new Uri(_settings.UploadBaseUrl, $"media/upload?access_token={Uri.EscapeDataString(token)}&type={kind}");
            using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = await newContent(cancellationToken) };
            var (reply, uploaded) = ReadUploaded(await _http.UploadAsync(DingTalkChannel.Name, request, cancellationToken));
            if (isLastTry || !(reply.IsTokenEnded || uploaded?.Errcode is 40001 or 40014 or 42001 or 88))
            {
                return (reply, uploaded is { Errcode: 0 } ? uploaded.MediaId : null);
            }

            _tokens.Refused(token);
        }
    }

    public void Dispose() => _tokens.Dispose();

    private async Task<DingTalkReply> CallAsync<T>(string path, T body, JsonTypeInfo<T> type, CancellationToken cancellationToken)
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

            using var request = NewRequest(path, body, type);
            request.Headers.Add(TokenHeader, token);
            var reply = Read(await _http.CallAsync(DingTalkChannel.Name, request, cancellationToken));
            if (!reply.IsTokenEnded || isLastTry)
            {
                return reply;
            }

            _tokens.Refused(token);
        }
    }

    private async Task<IssuedToken> IssueAsync(CancellationToken cancellationToken)
    {
        using var request = NewRequest(
            "v1.0/oauth2/accessToken", new DingTalkCredentials(_settings.ClientId, _settings.ClientSecret), DingTalkJson.Default.DingTalkCredentials);
        var reply = Read(await _http.AskForTokenAsync(DingTalkChannel.Name, request, cancellationToken));
        if (reply is { IsOk: true, Answer.AccessToken: { Length: > 0 } token })
        {
            return new IssuedToken(token, reply.Answer.ExpireIn is > 0 and <= 86_400 and var seconds ? TimeSpan.FromSeconds(seconds) : DefaultLifetime);
        }

        // Without a token nothing was sent, whatever became of the question for it.
        throw new NoTokenException(reply.Outcome switch
        {
            CallOutcome.Lost lost => reply with { Outcome = new CallOutcome.NotSent(lost.Reason) },
            CallOutcome.Answered { IsSuccess: true } => new DingTalkReply(new CallOutcome.NotSent(Phrase.Of("channel.unreadable", ("name", DingTalkChannel.Name))), null),
            _ => reply,
        });
    }

    private HttpRequestMessage NewRequest<T>(string path, T body, JsonTypeInfo<T> type)
    {
        var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body, type));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
        return new HttpRequestMessage(HttpMethod.Post, new Uri(_settings.ApiBaseUrl, path)) { Content = content };
    }

    private static DingTalkReply Read(CallOutcome outcome) => new(outcome, Read(outcome, DingTalkJson.Default.DingTalkAnswer));

    private static (DingTalkReply Reply, DingTalkUploaded? Uploaded) ReadUploaded(CallOutcome outcome)
    {
        var uploaded = Read(outcome, DingTalkJson.Default.DingTalkUploaded);
        var code = uploaded?.Errcode?.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return (new DingTalkReply(outcome, uploaded is null ? null : new DingTalkAnswer(code, uploaded.Errmsg, null, null, null, null, null, null, null, null)), uploaded);
    }

    private static T? Read<T>(CallOutcome outcome, JsonTypeInfo<T> type) where T : class
    {
        try
        {
            return outcome is CallOutcome.Answered { Body: var body } ? JsonSerializer.Deserialize(body, type) : null;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or NotSupportedException)
        {
            return null;
        }
    }

    private sealed class NoTokenException(DingTalkReply reply) : Exception("DingTalk gave no token.")
    {
        public DingTalkReply Reply => reply;
    }
}
