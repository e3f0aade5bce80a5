using System.ComponentModel.DataAnnotations;

namespace Assistant.Infrastructure.Messaging.Channels.Xmpp;

/// <summary>What is the same for every XMPP connection of this installation.</summary>
public sealed class XmppOptions
{
    public const string Section = "Assistant:Channels:Xmpp";

    /// <summary>How long an answer of the server may take before the line counts as dead. Default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:05:00")]
    public TimeSpan CallTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often a silent line is asked whether it lives. Default 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan PingInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How often a room is asked whether the assistant is still in it, and one that did not let it in is tried again. Default 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan RoomInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How far the archive is read back when nothing is known of what was read before. Default 1 day.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "30.00:00:00")]
    public TimeSpan FirstCatchUp { get; set; } = TimeSpan.FromDays(1);
}
