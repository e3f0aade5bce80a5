using System.Globalization;
using System.Net;
using Assistant.Domain.Messaging;

namespace Assistant.Web.Hubs;

/// <summary>The line a device came over.</summary>
/// <param name="Id">The hub's name for it.</param>
/// <param name="IsSealed">Whether it is end-to-end encrypted.</param>
/// <param name="Events">Tells the device something, over this line.</param>
/// <param name="Aborted">Cancelled when it falls.</param>
internal sealed record ChatLine(string Id, IPAddress Address, bool IsSealed, IChatEvents Events, CancellationToken Aborted);

/// <summary>A joined device.</summary>
internal sealed class ChatDevice(ChatLine line, VisitorSession session, Connection connection, string? language)
{
    public ChatLine Line => line;

    public VisitorSession Session => session;

    public Connection Connection => connection;

    /// <summary>The language as a culture this system knows, or none.</summary>
    public string? Language { get; } = language is { Length: > 0 and <= 16 } && TryCulture(language) is { } culture ? culture.Name : null;

    public string DisplayName => $"{(Language?.StartsWith("zh", StringComparison.OrdinalIgnoreCase) == true ? "访客" : "Visitor")} {session.Key.Visitor.Tag}";

    /// <summary>When colleagues were last told that the device is written on, or not any more; a timestamp, 0 for never.</summary>
    public long TypingAt { get; set; }

    /// <summary>What they were told then.</summary>
    public bool IsTyping { get; set; }

    private static CultureInfo? TryCulture(string name)
    {
        try
        {
            return CultureInfo.GetCultureInfo(name, predefinedOnly: true);
        }
        catch (CultureNotFoundException)
        {
            return null;
        }
    }
}
