using System.Collections.Concurrent;
using Assistant.Domain.Ai;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Ai.Pipeline;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Assistant.Infrastructure.Ai;

/// <summary>
/// The ready-made clients of every tenant. A client lives as long as its engine's settings; the list is read again every few seconds
/// by one caller while the others go on with the list they have, and at once after a change made in this process.
/// </summary>
/// <remarks>
/// A client that was replaced may still be streaming, so it is disposed only after the time that all attempts of one engine may take: no reference
/// counts on the hot path.
/// </remarks>
internal sealed partial class EngineDirectory(
    IEngineStore store, IEnumerable<IEngineType> types, EnginePipeline pipeline, EngineHealthBoard health, EngineChanges changes,
    IOptions<EngineOptions> options, TimeProvider time, ILogger<EngineDirectory> logger) : IDisposable
{
    private readonly Dictionary<string, IEngineType> _types = types.ToDictionary(type => type.Manifest.Type, StringComparer.Ordinal);
    private readonly ConcurrentDictionary<TenantId, TenantEngines> _tenants = new();
    private readonly EngineOptions _options = options.Value;

    /// <summary>One client that asks the tenant's engines in order.</summary>
    public ValueTask<IChatClient> GetAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        var engines = _tenants.GetOrAdd(tenant, static _ => new TenantEngines());
        return engines.Chain is { } chain && !IsStale(tenant, engines) ? new(chain) : RefreshAsync(tenant, engines, cancellationToken);
    }

    public void Dispose()
    {
        foreach (var engines in _tenants.Values)
        {
            engines.Dispose();
        }
    }

    private bool IsStale(TenantId tenant, TenantEngines engines)
        => engines.Version != changes.VersionOf(tenant) || time.GetElapsedTime(engines.ReadAt) >= _options.RefreshInterval;

    private async ValueTask<IChatClient> RefreshAsync(TenantId tenant, TenantEngines engines, CancellationToken cancellationToken)
    {
        // After a change everybody waits for the new list; when it is merely old, one reads and the others do not wait.
        var mustWait = engines.Chain is null || engines.Version != changes.VersionOf(tenant);
        if (!await engines.Gate.WaitAsync(mustWait ? Timeout.InfiniteTimeSpan : TimeSpan.Zero, cancellationToken))
        {
            return engines.Chain!;
        }

        try
        {
            if (engines.Chain is null || IsStale(tenant, engines))
            {
                await ReadAsync(tenant, engines, cancellationToken);
            }

            return engines.Chain!;
        }
        finally
        {
            engines.Gate.Release();
        }
    }

    private async Task ReadAsync(TenantId tenant, TenantEngines engines, CancellationToken cancellationToken)
    {
        var version = changes.VersionOf(tenant);
        IReadOnlyList<Engine> list;
        try
        {
            list = await store.ListAsync(tenant, cancellationToken);
        }
        catch (Exception exception) when (engines.Chain is not null && exception is not OperationCanceledException)
        {
            LogListNotRead(logger, exception, tenant);
            engines.ReadAt = time.GetTimestamp();
            return;
        }

        Apply(tenant, engines, list);
        (engines.Version, engines.ReadAt) = (version, time.GetTimestamp());
    }

    private void Apply(TenantId tenant, TenantEngines engines, IReadOnlyList<Engine> list)
    {
        engines.DisposeRetired(before: time.GetUtcNow());
        var next = new List<LiveEngine>(list.Count);
        foreach (var engine in list)
        {
            var known = engines.Live.Find(live => live.Engine.Name == engine.Name && live.Engine.Type == engine.Type && live.Engine.UpdatedAt == engine.UpdatedAt);
            if ((known ?? Create(engine)) is { } live)
            {
                next.Add(live);
            }
        }

        var isSame = engines.Chain is not null && next.SequenceEqual(engines.Live);
        foreach (var gone in engines.Live.Except(next))
        {
            engines.Retired.Enqueue((time.GetUtcNow() + _options.TotalTimeout * _options.MaxAttempts, gone.Client));
            if (next.TrueForAll(live => live.Engine.Name != gone.Engine.Name))
            {
                health.Remove(tenant, gone.Engine.Name);
            }
        }

        engines.Live = next;
        engines.Chain = isSame ? engines.Chain : Chain(next);
    }

    private LiveEngine? Create(Engine engine)
    {
        if (!_types.TryGetValue(engine.Type, out var type))
        {
            LogTypeUnknown(logger, engine.Name, engine.Type);
            return null;
        }

        try
        {
            var circuit = pipeline.CreateCircuit();
            var client = pipeline.Build(engine, type.Create(engine.Settings.WithDefaults(type.Manifest.Settings)), circuit);
            health.Register(engine.Tenant, engine.Name, circuit);
            return new LiveEngine(engine, client);
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException)
        {
            LogSettingsUnusable(logger, engine.Name, exception.Message);
            return null;
        }
    }

    private FallbackChatClient Chain(List<LiveEngine> live) => new([.. live.Select(e => new NamedEngine(e.Engine.Name, e.Client))], logger);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The engines of {TenantId} could not be read; going on with those known")]
    private static partial void LogListNotRead(ILogger logger, Exception exception, TenantId tenantId);

    [LoggerMessage(Level = LogLevel.Error, Message = "Engine {Engine} is left out: this build knows no engine type '{Type}'")]
    private static partial void LogTypeUnknown(ILogger logger, string engine, string type);

    [LoggerMessage(Level = LogLevel.Error, Message = "Engine {Engine} is left out: its settings cannot be used. {Problem}")]
    private static partial void LogSettingsUnusable(ILogger logger, string engine, string problem);

    private sealed record LiveEngine(Engine Engine, IChatClient Client);

    private sealed class TenantEngines : IDisposable
    {
        public SemaphoreSlim Gate { get; } = new(1);

        public volatile IChatClient? Chain;

        public List<LiveEngine> Live { get; set; } = [];

        public Queue<(DateTimeOffset DueAt, IChatClient Client)> Retired { get; } = new();

        public long ReadAt { get; set; }

        public long Version { get; set; } = -1;

        public void DisposeRetired(DateTimeOffset before)
        {
            while (Retired.TryPeek(out var oldest) && oldest.DueAt <= before)
            {
                Retired.Dequeue().Client.Dispose();
            }
        }

        public void Dispose()
        {
            DisposeRetired(DateTimeOffset.MaxValue);
            Live.ForEach(live => live.Client.Dispose());
            Gate.Dispose();
        }
    }
}
