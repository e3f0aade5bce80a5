using System.Security.Cryptography;
using Assistant.Domain.Ai;
using Assistant.Infrastructure.Ai.Pipeline;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace Assistant.Infrastructure.Ai;

/// <summary>Stacks the concerns of a call, outermost first. Each attempt is timed and measured; the breaker sees what is left after retries.</summary>
internal sealed class EnginePipeline(IOptions<EngineOptions> options, TimeProvider time)
{
    private readonly EngineOptions _options = options.Value;

    public EngineCircuit CreateCircuit() => new(new(_options.FailuresToOpen, _options.OpenDuration, _options.MaxOpenDuration), time);

    public IChatClient Build(Engine engine, IChatClient client, EngineCircuit circuit) => client.AsBuilder()
        .UseAccounting(engine.Name, EngineFields.Prices(engine.Settings), time)
        .UseCircuitBreaker(circuit)
        .UseRetryBeforeFirstToken(new(_options.MaxAttempts, _options.RetryDelay, _options.MaxRetryDelay, Jitter), time)
        .UseOpenTelemetry(sourceName: AiTelemetry.Name)
        .UseTimeouts(new(_options.FirstTokenTimeout, _options.StallTimeout, _options.TotalTimeout), time)
        .UsePlainFaults()
        .UseThinkBlocks()
        .Build();

    /// <summary>The bare engine with one time limit, for trying settings out.</summary>
    public IChatClient BuildForTest(IChatClient client) => client.AsBuilder()
        .UseTimeouts(new(_options.TestTimeout, _options.TestTimeout, _options.TestTimeout), time)
        .UsePlainFaults()
        .UseThinkBlocks()
        .Build();

    private static double Jitter() => RandomNumberGenerator.GetInt32(1 << 20) / (double)(1 << 20);
}
