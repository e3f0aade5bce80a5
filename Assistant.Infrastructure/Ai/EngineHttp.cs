using Assistant.Infrastructure.Ai.Pipeline;

namespace Assistant.Infrastructure.Ai;

/// <summary>
/// The one connection pool of all engines. Trace headers are not sent to vendors; redirects are not followed, since they would
/// carry the key elsewhere; time limits belong to the pipeline, which knows the first token from the last.
/// </summary>
internal sealed class EngineHttp : IDisposable
{
    private readonly FaultHandler _handler;

    public EngineHttp(TimeProvider time) => _handler = new FaultHandler(
        new SocketsHttpHandler
        {
            ActivityHeadersPropagator = null,
            AllowAutoRedirect = false,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            UseCookies = false,
        },
        time);

    /// <summary>A client of its own, which may be disposed; the connections stay.</summary>
    public HttpClient CreateClient() => new(_handler, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };

    public void Dispose() => _handler.Dispose();
}
