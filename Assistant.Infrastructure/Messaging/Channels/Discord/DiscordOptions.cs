using System.ComponentModel.DataAnnotations;

namespace Assistant.Infrastructure.Messaging.Channels.Discord;

/// <summary>What is the same for every Discord connection of this installation.</summary>
public sealed class DiscordOptions
{
    public const string Section = "Assistant:Channels:Discord";

    /// <summary>How long a new line may take until it greets, and until it is signed in. Default 20 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:05:00")]
    public TimeSpan GreetingPatience { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Longest wait before a new session is begun after Discord ended one: between a fifth of it and the whole. Default 5 s, as Discord asks.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan NewSessionPause { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How often the place up to which everything is stored is written down while messages come. Default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan CursorInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How far back is read what was missed when a session could not be resumed. Default 7 days.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "90.00:00:00")]
    public TimeSpan CatchUpWindow { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Direct chats remembered by one connection, to be read after such an end; Discord lists none. Default 500, the latest.</summary>
    [Range(1, 10_000)]
    public int MaxDirectChats { get; set; } = 500;

    /// <summary>How far from now a callback may be signed. Default 5 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan SignatureTolerance { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>The longest pause between two messages of a channel that is waited for inside of a send. Default 3 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:20")]
    public TimeSpan LimitPatience { get; set; } = TimeSpan.FromSeconds(3);
}
