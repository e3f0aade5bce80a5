using System.ComponentModel.DataAnnotations;

namespace Assistant.Web.Hubs;

/// <summary>Limits of the web chat: it is open to the world.</summary>
public sealed class ChatOptions
{
    public const string Section = "Assistant:WebChat";

    /// <summary>Longest message of a visitor, in UTF-16 units. Default 4000.</summary>
    [Range(1, 16_000)]
    public int MaxTextLength { get; set; } = 4000;

    /// <summary>Devices of one visitor at a time. Default 10; one more waits.</summary>
    [Range(1, 100)]
    public int MaxDevicesPerVisitor { get; set; } = 10;

    /// <summary>Open connections from one address (an IPv6 /64 counts as one). Default 200, enough for an office behind one address.</summary>
    [Range(1, 100_000)]
    public int MaxConnectionsPerAddress { get; set; } = 200;

    /// <summary>Open connections in all. Default 20000.</summary>
    [Range(1, 1_000_000)]
    public int MaxConnections { get; set; } = 20_000;

    /// <summary>Messages a visitor may send at once. Default 8.</summary>
    [Range(1, 1000)]
    public int VisitorBurst { get; set; } = 8;

    /// <summary>Messages a visitor may send per minute after a burst. Default 30.</summary>
    [Range(1, 6000)]
    public int VisitorPerMinute { get; set; } = 30;

    /// <summary>Messages and arrivals from one address at once. Default 120.</summary>
    [Range(1, 100_000)]
    public int AddressBurst { get; set; } = 120;

    /// <summary>Messages and arrivals from one address per minute after a burst. Default 600.</summary>
    [Range(1, 1_000_000)]
    public int AddressPerMinute { get; set; } = 600;
}
