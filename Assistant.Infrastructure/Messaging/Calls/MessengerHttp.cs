using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Outgoing;
using Microsoft.Extensions.Options;

namespace Assistant.Infrastructure.Messaging.Calls;

/// <summary>Calls to the messengers' HTTP interfaces, bounded in time and size. Retries nothing. Safe for concurrent use.</summary>
/// <remarks>
/// Addresses come from an operator's settings or are fixed in the code; one that a messenger names is fetched with <see cref="DownloadAsync"/>
/// as untrusted. No activity is made for these calls: some addresses carry tokens.
/// </remarks>
internal sealed class MessengerHttp : IDisposable
{
    private const int MaxAnswerBytes = 4 << 20;

    // Meta's file hosts refuse whoever does not say what they are.
    private static readonly ProductInfoHeaderValue OurName = new("Assistant", "1.0");

    private readonly HttpClient _configured;
    private readonly HttpClient _untrusted;
    private readonly TimeProvider _time;
    private readonly OutgoingHttp _outgoing;
    private readonly IOptions<CallOptions> _given;
    private readonly CallOptions _options;
    private readonly ConcurrentDictionary<ConnectionId, MessengerHttp> _ofConnections = [];

    public MessengerHttp(OutgoingHttp outgoing, IOptions<CallOptions> options, TimeProvider time)
    {
        (_outgoing, _given, _options, _time) = (outgoing, options, options.Value, time);
        _configured = NewClient(outgoing, AddressSource.Configured);
        _untrusted = NewClient(outgoing, AddressSource.Untrusted);
    }

    /// <summary>The same with sockets of the connection's own, for its session: calls of another that hang on the same server keep none from it.</summary>
    public MessengerHttp Of(ConnectionId connection) => _ofConnections.GetOrAdd(connection, _ => new MessengerHttp(_outgoing, _given, _time));

    /// <summary>Sends a request and reads the whole answer.</summary>
    /// <param name="messenger">Its name, for what is said about a failure.</param>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public Task<CallOutcome> CallAsync(string messenger, HttpRequestMessage request, CancellationToken cancellationToken)
        => CallAsync(_configured, messenger, request, _options.CallTimeout, cancellationToken);

    /// <summary>The same for a request that may take longer than others: a poll that waits for news.</summary>
    /// <param name="longer">Time beyond that of every call.</param>
    public Task<CallOutcome> CallAsync(string messenger, HttpRequestMessage request, TimeSpan longer, CancellationToken cancellationToken)
        => CallAsync(_configured, messenger, request, _options.CallTimeout + longer, cancellationToken);

    /// <summary>The same for a request that asks for a token: it ends early, so that whoever wants to send with it knows before they give up.</summary>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public Task<CallOutcome> AskForTokenAsync(string messenger, HttpRequestMessage request, CancellationToken cancellationToken)
        => CallAsync(_configured, messenger, request, _options.TokenTimeout < _options.CallTimeout ? _options.TokenTimeout : _options.CallTimeout, cancellationToken);

    /// <summary>The same for a request that carries a file: it has the time its size takes.</summary>
    public Task<CallOutcome> UploadAsync(string messenger, HttpRequestMessage request, CancellationToken cancellationToken)
        => CallAsync(_configured, messenger, request, _options.FileTimeout, cancellationToken);

    /// <summary>The same, for messengers that say things in headers.</summary>
    /// <param name="readHeaders">Called once when there is an answer, before it is returned.</param>
    public Task<CallOutcome> UploadAsync(
        string messenger, HttpRequestMessage request, Action<HttpResponseHeaders> readHeaders, CancellationToken cancellationToken)
        => CallAsync(_configured, messenger, request, _options.FileTimeout, cancellationToken, readHeaders);

    /// <summary>The same for an address that a messenger named: it never leads into the private network.</summary>
    public Task<CallOutcome> UploadUntrustedAsync(string messenger, HttpRequestMessage request, CancellationToken cancellationToken)
        => CallAsync(_untrusted, messenger, request, _options.FileTimeout, cancellationToken);

    /// <summary>A call, for messengers that say things in headers.</summary>
    /// <param name="readHeaders">Called once when there is an answer, before it is returned.</param>
    public Task<CallOutcome> CallAsync(
        string messenger, HttpRequestMessage request, Action<HttpResponseHeaders> readHeaders, CancellationToken cancellationToken)
        => CallAsync(_configured, messenger, request, _options.CallTimeout, cancellationToken, readHeaders);

    /// <summary>Opens a file; the caller reads and disposes the stream, counts its bytes and ends when it has enough.</summary>
    /// <param name="isConfigured">Whether the host was named by the operator or is fixed in the code. One named in a message never leads into the private network.</param>
    /// <exception cref="AttachmentUnavailableException">It is not handed out, or not now.</exception>
    public Task<Stream> DownloadAsync(string messenger, HttpRequestMessage request, bool isConfigured, CancellationToken cancellationToken)
        => DownloadAsync(messenger, request, isConfigured, followsRedirect: false, refusalOf: null, cancellationToken);

    /// <summary>The same for messengers that answer with something else, as if it were the file.</summary>
    /// <param name="refusalOf">What an answer says that is not the file; <see langword="null"/> when it says nothing of the kind.</param>
    /// <exception cref="AttachmentUnavailableException">It is not handed out, or not now.</exception>
    public Task<Stream> DownloadAsync(
        string messenger, HttpRequestMessage request, Func<HttpResponseMessage, AttachmentUnavailableException?> refusalOf, CancellationToken cancellationToken)
        => DownloadAsync(messenger, request, isConfigured: true, followsRedirect: false, refusalOf, cancellationToken);

    /// <summary>
    /// The same for messengers whose files lie elsewhere: one redirect is followed, without the request's credentials. To another server it leads like
    /// an address in a message.
    /// </summary>
    /// <exception cref="AttachmentUnavailableException">It is not handed out, or not now.</exception>
    public Task<Stream> DownloadElsewhereAsync(string messenger, HttpRequestMessage request, CancellationToken cancellationToken)
        => DownloadAsync(messenger, request, isConfigured: true, followsRedirect: true, refusalOf: null, cancellationToken);

    private async Task<Stream> DownloadAsync(
        string messenger, HttpRequestMessage request, bool isConfigured, bool followsRedirect, Func<HttpResponseMessage, AttachmentUnavailableException?>? refusalOf,
        CancellationToken cancellationToken)
    {
        using var patience = NewPatience(_options.CallTimeout, cancellationToken);
        HttpResponseMessage? response = null;
        try
        {
            response = await (isConfigured ? _configured : _untrusted).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
            if (followsRedirect && ElsewhereOf(request, response) is { } elsewhere)
            {
                response.Dispose();
                response = await FollowAsync(elsewhere, IsSameServer(elsewhere, request.RequestUri!), patience.Token);
            }

            if (refusalOf?.Invoke(response) is { } refusal)
            {
                response.Dispose();
                throw refusal;
            }

            // 202 is no file yet: the messenger still prepares it.
            if (response.IsSuccessStatusCode && response.StatusCode != HttpStatusCode.Accepted)
            {
                return await response.Content.ReadAsStreamAsync(cancellationToken);
            }

            var isPassing = response.StatusCode is HttpStatusCode.Accepted or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError;
            response.Dispose();
            throw new AttachmentUnavailableException(
                Phrase.Of("channel.file-gone", ("name", messenger)), isPassing ? AttachmentFault.Passing : AttachmentFault.Final);
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            response?.Dispose();
            throw new AttachmentUnavailableException(Phrase.Of("channel.files-unreachable", ("name", messenger)));
        }
    }

    /// <summary>Opens an answer that goes on for as long as it is read; the caller disposes it.</summary>
    /// <exception cref="PhrasedException">There is none, in plain words.</exception>
    public async Task<Stream> ListenAsync(string messenger, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var patience = NewPatience(_options.CallTimeout, cancellationToken);
        try
        {
            var response = await _configured.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
            if (response.IsSuccessStatusCode)
            {
                return await response.Content.ReadAsStreamAsync(cancellationToken);
            }

            using (response)
            {
                throw new PhrasedException(CallFaults.ReasonOf(messenger, new CallOutcome.Answered(response.StatusCode, RetryAfterOf(response), []))!);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new PhrasedException(Phrase.Of("channel.no-answer", ("name", messenger)));
        }
        catch (HttpRequestException fault)
        {
            throw new PhrasedException(CallFaults.ReasonOf(messenger, CallFaults.Of(messenger, fault))!, fault);
        }
    }

    public void Dispose()
    {
        _configured.Dispose();
        _untrusted.Dispose();
        foreach (var one in _ofConnections.Values)
        {
            one.Dispose();
        }
    }

    private async Task<CallOutcome> CallAsync(
        HttpClient client, string messenger, HttpRequestMessage request, TimeSpan timeout, CancellationToken cancellationToken,
        Action<HttpResponseHeaders>? readHeaders = null)
    {
        using var patience = NewPatience(timeout, cancellationToken);
        try
        {
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
            readHeaders?.Invoke(response.Headers);
            var body = await ReadAsync(response.Content, patience.Token);
            return body is null
                ? new CallOutcome.Lost(Phrase.Of("channel.unreadable", ("name", messenger)), IsTooLarge: true)
                : new CallOutcome.Answered(response.StatusCode, RetryAfterOf(response), body);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new CallOutcome.Lost(Phrase.Of("channel.no-answer", ("name", messenger)));
        }
        catch (HttpRequestException fault)
        {
            return CallFaults.Of(messenger, fault);
        }
        catch (IOException)
        {
            return new CallOutcome.Lost(Phrase.Of("channel.broke-off", ("name", messenger)));
        }
    }

    private static async Task<byte[]?> ReadAsync(HttpContent content, CancellationToken cancellationToken)
    {
        await using var stream = await content.ReadAsStreamAsync(cancellationToken);
        using var body = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (await stream.ReadAsync(buffer, cancellationToken) is > 0 and var read)
        {
            if (body.Length + read > MaxAnswerBytes)
            {
                return null;
            }

            body.Write(buffer, 0, read);
        }

        return body.ToArray();
    }

    private async Task<HttpResponseMessage> FollowAsync(Uri elsewhere, bool isConfigured, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, elsewhere);
        return await (isConfigured ? _configured : _untrusted).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }

    /// <summary>Where an answer sends us; never from an encrypted line to a plain one.</summary>
    private static Uri? ElsewhereOf(HttpRequestMessage request, HttpResponseMessage response)
        => (int)response.StatusCode is 301 or 302 or 303 or 307 or 308 && response.Headers.Location is { } place
            && Uri.TryCreate(request.RequestUri!, place, out var elsewhere) && (elsewhere.Scheme == "https" || (elsewhere.Scheme == "http" && request.RequestUri!.Scheme == "http"))
                ? elsewhere
                : null;

    private static bool IsSameServer(Uri one, Uri other) => one.GetLeftPart(UriPartial.Authority) == other.GetLeftPart(UriPartial.Authority);

    private TimeSpan? RetryAfterOf(HttpResponseMessage response)
    {
        if (response.Headers.RetryAfter is { } given)
        {
            return given.Delta ?? (given.Date is { } at && at > _time.GetUtcNow() ? at - _time.GetUtcNow() : null);
        }

        // Some write fractions of a second, which the header's own type does not read; some have a header of their own.
        return SecondsIn(response, "Retry-After") ?? SecondsIn(response, "x-ogw-ratelimit-reset");
    }

    private static TimeSpan? SecondsIn(HttpResponseMessage response, string header)
        => response.Headers.TryGetValues(header, out var values)
            && double.TryParse(values.First(), NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 0 and <= 86_400
                ? TimeSpan.FromSeconds(seconds)
                : null;

    private static CancellationTokenSource NewPatience(TimeSpan timeout, CancellationToken cancellationToken)
    {
        var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(timeout);
        return patience;
    }

    private HttpClient NewClient(OutgoingHttp outgoing, AddressSource source)
    {
        var handler = outgoing.NewHandler(source);
        handler.MaxConnectionsPerServer = _options.MaxConnectionsPerServer;
        handler.PooledConnectionLifetime = TimeSpan.FromMinutes(10);
        handler.AutomaticDecompression = DecompressionMethods.None;
        return new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan, DefaultRequestHeaders = { UserAgent = { OurName } } };
    }
}
