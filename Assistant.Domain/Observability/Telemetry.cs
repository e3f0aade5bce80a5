using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Assistant.Domain.Observability;

/// <summary>Names of what is measured and traced: one activity for each hop of a turn, so that one trace tells one message's story.</summary>
public static class Telemetry
{
    /// <summary>Name of the meter and of the activity source.</summary>
    public const string Name = "Assistant";

    public static ActivitySource Activities { get; } = new(Name);

    public static Meter Meter { get; } = new(Name);

    /// <summary>Turns ended, by result.</summary>
    public static Counter<long> Turns { get; } = Meter.CreateCounter<long>("assistant.turns", description: "Turns ended, by result.");

    /// <summary>From the commit of a message to the commit of its reply.</summary>
    /// <remarks>An instant engine answers in milliseconds, a thinking one in minutes: the usual bounds, made for milliseconds, would see neither.</remarks>
    public static Histogram<double> TurnDuration { get; } = Meter.CreateHistogram(
        "assistant.turn.duration", "s", "From the commit of a message to the commit of its reply.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120] });

    /// <summary>Sends ended, by outcome.</summary>
    public static Counter<long> Sends { get; } = Meter.CreateCounter<long>("assistant.sends", description: "Sends ended, by outcome.");

    /// <summary>Rows found interrupted between send and mark, at a restart or because nobody sent them.</summary>
    public static Counter<long> InterruptedSends { get; } = Meter.CreateCounter<long>(
        "assistant.sends.interrupted", description: "Sends interrupted by a crash or a lost answer.");
}
