using System.ComponentModel.DataAnnotations;

namespace Assistant.Infrastructure.Messaging.Channels.Irc;

/// <summary>What is the same for every IRC connection of this installation.</summary>
public sealed class IrcOptions
{
    public const string Section = "Assistant:Channels:Irc";

    /// <summary>How long the server may take for an answer before the outcome counts as uncertain. Default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:05:00")]
    public TimeSpan AnswerTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>After how much silence the server is asked whether it is there. Default 75 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan Silence { get; set; } = TimeSpan.FromSeconds(75);

    /// <summary>How long it may then take to answer before the line is given up. Default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan SilencePatience { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often the wanted nick is tried again while somebody else has it, and a channel that did not let us in. Default 60 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan ReclaimInterval { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Lines of one message. Default 12; at two seconds a line, more would outlast the time a send may take.</summary>
    [Range(1, 100)]
    public int MaxLines { get; set; } = 12;

    /// <summary>How long a message may wait for its turn inside a send; beyond, the outbox waits. Default 16 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan MaxWait { get; set; } = TimeSpan.FromSeconds(16);
}
