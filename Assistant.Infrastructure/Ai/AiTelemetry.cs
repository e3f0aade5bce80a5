namespace Assistant.Infrastructure.Ai;

/// <summary>Name a telemetry exporter subscribes to, beside <see cref="Domain.Observability.Telemetry.Name"/>.</summary>
public static class AiTelemetry
{
    /// <summary>
    /// Meter of <c>gen_ai.client.operation.duration</c>, <c>…time_to_first_chunk</c> and <c>gen_ai.client.token.usage</c>, and source of
    /// one activity <c>chat {model}</c> per call, all after OpenTelemetry's conventions for generative AI.
    /// </summary>
    public const string Name = Domain.Observability.Telemetry.Name + ".Ai";
}
