using System.Net.Http.Headers;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Outgoing;

namespace Assistant.Infrastructure.Ai.Pipeline;

/// <summary>
/// Turns failed HTTP calls into <see cref="EngineFaultException"/> at the boundary, for every vendor alike: their clients wrap
/// HTTP errors each in its own way and some drop <c>Retry-After</c>, but let a foreign exception pass. What they read of an answer is bounded.
/// </summary>
internal sealed class FaultHandler(HttpMessageHandler inner, TimeProvider time) : DelegatingHandler(inner)
{
    private const int MaxErrorBytes = 8 * 1024;
    private const int MaxMessageChars = 300;
    private static readonly string[] KeyHeaders = ["x-api-key", "api-key"];

    /// <summary>What a server said, fit to be shown: in one line, short, and without the key that was sent to it.</summary>
    public static string Told(string message, HttpRequestHeaders headers)
        => Legible.Cut(Redacted(message.ReplaceLineEndings(" ").Trim(), headers), MaxMessageChars, "…");

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage response;
        try
        {
            response = await base.SendAsync(request, cancellationToken);
        }
        catch (HttpRequestException exception)
        {
            throw new EngineFaultException(FaultWords.NoConnection(request.RequestUri, exception), exception);
        }
        catch (OperationCanceledException exception) when (exception.InnerException is TimeoutException && !cancellationToken.IsCancellationRequested)
        {
            // The handler's ConnectTimeout: a firewall drops what is sent there.
            throw new EngineFaultException(FaultWords.NoConnection(request.RequestUri, new(HttpRequestError.ConnectionError)), exception);
        }

        if (response.IsSuccessStatusCode && response.Content.Headers.ContentType?.MediaType is not "text/html")
        {
            await response.WatchAsync(static stream => new EndlessGuard(stream), cancellationToken);
            return response;
        }

        using (response)
        {
            throw new EngineFaultException(response.IsSuccessStatusCode
                ? FaultWords.WebPage
                : FaultWords.FromStatus(response.StatusCode, await WordsAsync(request, response, cancellationToken), RetryAfter(response), IsToMessages(request)));
        }
    }

    private static async Task<ServerWords> WordsAsync(HttpRequestMessage request, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var body = new byte[MaxErrorBytes];
        var length = 0;
        try
        {
            await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
            length = await stream.ReadAtLeastAsync(body, MaxErrorBytes, throwOnEndOfStream: false, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException)
        {
            // The status already says what is needed; the body only adds detail.
        }

        var words = ServerWords.Read(body.AsMemory(0, length), response.Content.Headers.ContentType?.MediaType);
        return words with { Says = Told(words.Says, request.Headers) };
    }

    /// <summary>Some servers repeat the key they refused; each vendor has a header of its own for it.</summary>
    private static string Redacted(string message, HttpRequestHeaders headers)
        => Keys(headers).Where(key => key.Length > 3).Aggregate(message, (text, key) => text.Replace(key, "***", StringComparison.Ordinal));

    private static IEnumerable<string> Keys(HttpRequestHeaders headers)
        => KeyHeaders.SelectMany(name => headers.TryGetValues(name, out var values) ? values : []).Append(headers.Authorization?.Parameter ?? "");

    /// <summary>Anthropic's API, whose addresses look otherwise than all others'.</summary>
    private static bool IsToMessages(HttpRequestMessage request) => request.RequestUri?.AbsolutePath.EndsWith("/messages", StringComparison.Ordinal) == true;

    private TimeSpan? RetryAfter(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } when date - time.GetUtcNow() is { Ticks: > 0 } wait => wait,
        _ => null,
    };
}
