using Assistant.Infrastructure.Ai.Pipeline;
using Assistant.Infrastructure.Outgoing;

namespace Assistant.Infrastructure.Ai;

/// <summary>
/// The one connection pool of all engines. Trace headers are not sent to vendors; redirects are not followed, since they would
/// carry the key elsewhere; time limits belong to the pipeline, which knows the first token from the last.
/// </summary>
internal sealed class EngineHttp : IDisposable
{
    private readonly FaultHandler _handler;

    public EngineHttp(OutgoingHttp outgoing, TimeProvider time)
    {
        var handler = outgoing.NewHandler(AddressSource.Configured);
        handler.PooledConnectionLifetime = TimeSpan.FromMinutes(5);
        _handler = new FaultHandler(handler, time);
    }

    /// <summary>A client of its own, which may be disposed; the connections stay.</summary>
    /// <param name="around">Puts a handler around the one that connects.</param>
    public HttpClient CreateClient(Func<HttpMessageHandler, HttpMessageHandler>? around = null)
        => new(around?.Invoke(_handler) ?? _handler, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };

    public void Dispose() => _handler.Dispose();
}
