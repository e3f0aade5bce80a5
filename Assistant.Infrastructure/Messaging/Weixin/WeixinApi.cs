using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Weixin;

/// <summary>Calls to the interface of one of the platforms under the token of one app; a token that ended is replaced once. Safe for concurrent use.</summary>
/// <param name="root">The address of the interface, with nothing behind the host or a path without a final slash.</param>
/// <param name="askToken">The request that gives a token; it holds the app's secret, so it is never shown.</param>
internal sealed class WeixinApi(string messenger, MessengerHttp http, string root, Func<HttpRequestMessage> askToken, TimeProvider time) : IDisposable
{
    /// <summary>Of what comes instead of a file.</summary>
    private const int MaxAnswerBytes = 4 * 1024;

    private static readonly TimeSpan DefaultLifetime = TimeSpan.FromHours(2);
    private static readonly byte[] Refusal = Encoding.ASCII.GetBytes("{\"errcode\":");

    private readonly AccessTokens _tokens = new(cancellationToken => IssueAsync(messenger, http, askToken, cancellationToken), time);

    /// <summary>A body as the platforms take it.</summary>
    public static HttpContent ContentOf(JsonObject body)
    {
        var content = new ByteArrayContent(WeixinJson.BytesOf(body));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json") { CharSet = "utf-8" };
        return content;
    }

    /// <summary>Whether a token can be had: the answer that gave none, or <see langword="null"/>.</summary>
    public async Task<WeixinAnswer?> SignInAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _tokens.GetAsync(cancellationToken);
            return null;
        }
        catch (NoTokenException refused)
        {
            return refused.Answer;
        }
    }

    /// <param name="query">Further values, escaped, each followed by <c>&amp;</c>; may be empty.</param>
    public Task<WeixinAnswer> GetAsync(string path, string query, CancellationToken cancellationToken)
        => CallAsync(token => new HttpRequestMessage(HttpMethod.Get, AddressOf(path, query, token)), cancellationToken);

    public Task<WeixinAnswer> PostAsync(string path, JsonObject body, CancellationToken cancellationToken)
        => CallAsync(token => new HttpRequestMessage(HttpMethod.Post, AddressOf(path, "", token)) { Content = ContentOf(body) }, cancellationToken);

    /// <summary>Hands in a file. The answer names it (<c>media_id</c>), for three days.</summary>
    /// <param name="type">What it is to be shown as.</param>
    public Task<WeixinAnswer> UploadAsync(string type, OutboundFile file, CancellationToken cancellationToken) => CallAsync(
        async token => new HttpRequestMessage(HttpMethod.Post, AddressOf("/cgi-bin/media/upload", $"type={type}&", token))
        {
            Content = FileForm.Of([], "media", file, "application/octet-stream", await file.OpenAsync(cancellationToken)),
        },
        request => http.UploadAsync(messenger, request, cancellationToken),
        cancellationToken);

    /// <summary>Opens a file a person sent. The platforms keep it for three days.</summary>
    /// <param name="tellsFilmPlaces">
    /// Whether the platform answers for a film with where it lies. Where it does not, a file that looks like such an answer is what somebody sent.
    /// </param>
    /// <exception cref="AttachmentUnavailableException">It is not handed out, or not now.</exception>
    public async Task<Stream> OpenMediaAsync(string mediaId, bool tellsFilmPlaces, CancellationToken cancellationToken)
    {
        for (var isLastTry = false; ; isLastTry = true)
        {
            var token = await TokenForFileAsync(cancellationToken);
            using var request = new HttpRequestMessage(HttpMethod.Get, AddressOf("/cgi-bin/media/get", $"media_id={Uri.EscapeDataString(mediaId)}&", token));
            var file = await http.DownloadAsync(messenger, request, isConfigured: true, cancellationToken);

            // A refusal is a success by its status: only its first bytes tell it from a file.
            var head = await HeadOfAsync(file, cancellationToken);
            var isFilmPlace = tellsFilmPlaces && IsFilmPlace(head);
            if (!isFilmPlace && !head.AsSpan().StartsWith(Refusal))
            {
                return new PrefixedStream(head, file);
            }

            await file.DisposeAsync();
            if (isFilmPlace)
            {
                return await OpenFilmAsync(LooseJson.Parse(head)["video_url"].Text, cancellationToken);
            }

            var answer = WeixinAnswer.Of(messenger, new CallOutcome.Answered(System.Net.HttpStatusCode.OK, null, head));
            if (!answer.IsTokenEnded || isLastTry)
            {
                throw Gone(answer.Code is 40007 ? AttachmentFault.Final : AttachmentFault.Passing);
            }

            _tokens.Refused(token);
        }
    }

    public void Dispose() => _tokens.Dispose();

    private Task<WeixinAnswer> CallAsync(Func<string, HttpRequestMessage> request, CancellationToken cancellationToken)
        => CallAsync(token => Task.FromResult(request(token)), call => http.CallAsync(messenger, call, cancellationToken), cancellationToken);

    private async Task<WeixinAnswer> CallAsync(
        Func<string, Task<HttpRequestMessage>> request, Func<HttpRequestMessage, Task<CallOutcome>> send, CancellationToken cancellationToken)
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

            using var call = await request(token);
            var answer = WeixinAnswer.Of(messenger, await send(call));
            if (!answer.IsTokenEnded || isLastTry)
            {
                return answer;
            }

            _tokens.Refused(token);
        }
    }

    // The platform's page has it on lines of its own.
    private static bool IsFilmPlace(ReadOnlySpan<byte> head) => head.StartsWith("{"u8) && head[1..].TrimStart(" \r\n\t"u8).StartsWith("\"video_url\""u8);

    // Films lie elsewhere, often without https. The address comes with an answer, so it does not lead into the private network unless it is on
    // the server of the settings; and the token is not its business.
    private async Task<Stream> OpenFilmAsync(string? address, CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var film) || film.Scheme is not ("http" or "https"))
        {
            throw Gone(AttachmentFault.Final);
        }

        var isOwn = film.GetLeftPart(UriPartial.Authority) == new Uri(root).GetLeftPart(UriPartial.Authority);
        using var request = new HttpRequestMessage(HttpMethod.Get, film);
        return await http.DownloadAsync(messenger, request, isConfigured: isOwn, cancellationToken);
    }

    private AttachmentUnavailableException Gone(AttachmentFault fault) => new(Phrase.Of("channel.file-gone", ("name", messenger)), fault);

    private async Task<string> TokenForFileAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _tokens.GetAsync(cancellationToken);
        }
        catch (NoTokenException)
        {
            throw new AttachmentUnavailableException(Phrase.Of("channel.files-unreachable", ("name", messenger)));
        }
    }

    private Uri AddressOf(string path, string query, string token) => new($"{root}{path}?{query}access_token={Uri.EscapeDataString(token)}");

    private async Task<byte[]> HeadOfAsync(Stream file, CancellationToken cancellationToken)
    {
        try
        {
            var head = new byte[MaxAnswerBytes];
            var length = await file.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellationToken);
            return head[..length];
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            await file.DisposeAsync();
            if (e is IOException)
            {
                throw new AttachmentUnavailableException(Phrase.Of("channel.files-unreachable", ("name", messenger)));
            }

            throw;
        }
    }

    private static async Task<IssuedToken> IssueAsync(string messenger, MessengerHttp http, Func<HttpRequestMessage> askToken, CancellationToken cancellationToken)
    {
        using var request = askToken();
        var answer = WeixinAnswer.Of(messenger, await http.AskForTokenAsync(messenger, request, cancellationToken));
        if (answer.IsSuccess && answer.Text("access_token") is { Length: > 0 } token)
        {
            var hasLifetime = answer.Content.TryGetProperty("expires_in", out var seconds) && seconds.ValueKind == System.Text.Json.JsonValueKind.Number;
            return new IssuedToken(token, hasLifetime && seconds.TryGetInt32(out var given) && given > 0 ? TimeSpan.FromSeconds(given) : DefaultLifetime);
        }

        // Without a token nothing was sent, whatever became of the question for it.
        throw new NoTokenException(answer.Outcome switch
        {
            CallOutcome.Lost lost => answer with { Outcome = new CallOutcome.NotSent(lost.Reason) },
            _ when answer.IsSuccess => answer with { Outcome = new CallOutcome.NotSent(Phrase.Of("channel.unreadable", ("name", messenger))) },
            _ => answer,
        });
    }

    private sealed class NoTokenException(WeixinAnswer answer) : Exception("The platform gave no token.")
    {
        public WeixinAnswer Answer => answer;
    }
}
