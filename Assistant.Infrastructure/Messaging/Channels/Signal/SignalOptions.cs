using System.ComponentModel.DataAnnotations;

namespace Assistant.Infrastructure.Messaging.Channels.Signal;

/// <summary>What is the same for every Signal connection of this installation.</summary>
public sealed class SignalOptions
{
    public const string Section = "Assistant:Channels:Signal";

    /// <summary>How long the daemon may say nothing, not even that the line lives, before it is asked. Default 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan Silence { get; set; } = TimeSpan.FromMinutes(1);
}
