using System.Diagnostics;

namespace Assistant.Infrastructure.Ai;

/// <summary>Names a telemetry exporter subscribes to. Instruments follow OpenTelemetry's conventions for generative AI.</summary>
public static class AiTelemetry
{
    /// <summary>Meter of <c>gen_ai.client.operation.duration</c>, <c>…time_to_first_chunk</c> and <c>gen_ai.client.token.usage</c>.</summary>
    public const string MeterName = "Assistant.Ai";

    /// <summary>Source of the activity <c>reply</c> and, below it, one <c>chat {model}</c> per call.</summary>
    public const string ActivitySourceName = "Assistant.Ai";

    internal static ActivitySource Source { get; } = new(ActivitySourceName);
}
