using System.ComponentModel.DataAnnotations;
using Assistant.Domain.Messaging.Gateway;

namespace Assistant.Infrastructure.Messaging;

/// <summary>How much one sender may say. What is beyond it is refused and recorded in the audit log.</summary>
public sealed class GatewayOptions
{
    public const string Section = "Assistant:Gateway";

    /// <summary>Longest text let in, in UTF-16 units. Default 32,000.</summary>
    [Range(1, 1_000_000)]
    public int MaxTextLength { get; set; } = GatewayLimits.Default.MaxTextLength;

    /// <summary>Messages a sender may send at once. Default 5,000: what waited while the program was stopped comes at once.</summary>
    [Range(1, 1_000_000)]
    public int Burst { get; set; } = GatewayLimits.Default.Burst;

    /// <summary>Messages a second beyond the burst. Default 20.</summary>
    [Range(0.01, 100_000)]
    public double PerSecond { get; set; } = GatewayLimits.Default.PerSecond;

    public GatewayLimits ToLimits() => new(MaxTextLength, Burst, PerSecond);
}
