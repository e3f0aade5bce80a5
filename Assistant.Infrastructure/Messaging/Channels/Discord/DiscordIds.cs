using System.Globalization;

namespace Assistant.Infrastructure.Messaging.Channels.Discord;

/// <summary>Discord's ids, called snowflakes: 64 bits that begin with the time, so that a later message has the higher one. Pure.</summary>
internal static class DiscordIds
{
    private const long Epoch = 1_420_070_400_000;
    private const int TimeShift = 22;

    /// <summary>Sets the ids of commands apart from those of messages, where a message's id is wanted.</summary>
    public const string CommandPrefix = "command/";

    public static bool Is(string? id) => Parse(id) != 0;

    /// <summary>The id as a number; 0 when it is none.</summary>
    public static ulong Parse(string? id)
        => id is { Length: > 0 and <= 20 } && ulong.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : 0;

    public static string Text(ulong id) => id.ToString(CultureInfo.InvariantCulture);

    public static DateTimeOffset TimeOf(ulong id) => DateTimeOffset.FromUnixTimeMilliseconds(Epoch + (long)(id >> TimeShift));

    /// <summary>Lower than every id given out after that time.</summary>
    public static ulong At(DateTimeOffset time) => (ulong)Math.Max(0, time.ToUnixTimeMilliseconds() - Epoch) << TimeShift;

    /// <summary>What a command is known by: it is no message, and has an id all the same.</summary>
    public static string OfCommand(string interaction) => CommandPrefix + interaction;

    /// <summary>The interaction of a command's id, or <see langword="null"/>.</summary>
    public static string? CommandOf(string? id) => id is not null && id.StartsWith(CommandPrefix, StringComparison.Ordinal) ? id[CommandPrefix.Length..] : null;
}
