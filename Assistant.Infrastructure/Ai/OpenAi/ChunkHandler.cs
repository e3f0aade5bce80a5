using Assistant.Infrastructure.Ai.Pipeline;
using Assistant.Infrastructure.Outgoing;

namespace Assistant.Infrastructure.Ai.OpenAi;

/// <summary>Lets the SDK read answers of servers that are compatible in their own way, see ADR 180.</summary>
internal sealed class ChunkHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        var headers = request.Headers;
        await response.WatchAsync(stream => new ChunkStream(stream, new(words => FaultHandler.Told(words, headers))), cancellationToken);

        // What is mended has another length.
        response.Content.Headers.ContentLength = null;
        return response;
    }
}
