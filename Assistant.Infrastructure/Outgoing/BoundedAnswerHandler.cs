namespace Assistant.Infrastructure.Outgoing;

/// <summary>Reads no answer beyond a limit, for clients that keep answers whole and count nothing themselves.</summary>
/// <remarks>Beyond it, reading ends with an <see cref="HttpRequestException"/> of <see cref="HttpRequestError.ConfigurationLimitExceeded"/>.</remarks>
internal sealed class BoundedAnswerHandler(HttpMessageHandler inner, long maxBytes) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        await response.WatchAsync(stream => new Bounded(stream, maxBytes), cancellationToken);
        return response;
    }

    private sealed class Bounded(Stream inner, long maxBytes) : WatchedStream(inner)
    {
        private long _left = maxBytes;

        protected override void Watch(ReadOnlySpan<byte> read)
        {
            _left -= read.Length;
            if (_left < 0)
            {
                throw new HttpRequestException(HttpRequestError.ConfigurationLimitExceeded, "The answer is too large.");
            }
        }
    }
}
