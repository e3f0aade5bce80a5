namespace Assistant.Infrastructure.Messaging.Channels.Twilio;

/// <summary>What goes as a multimedia message (MMS): Twilio fetches it, makes pictures fit for the phone, and passes on the rest as it is.</summary>
/// <remarks>Types and sizes: https://www.twilio.com/docs/messaging/guides/accepted-mime-types. Of what is no picture, phone companies take about half a megabyte.</remarks>
internal static class TwilioFiles
{
    private const long LargestPicture = 5_000_000;
    private const long LargestOther = 500_000;

    /// <summary>As long as Twilio keeps a message in its queue at most.</summary>
    public static TimeSpan FetchedWithin { get; } = TimeSpan.FromHours(10);

    /// <summary>What Twilio takes, with the largest of each.</summary>
    public static IReadOnlyDictionary<string, long> Types { get; } = new Dictionary<string, long>
    {
        ["image/jpeg"] = LargestPicture,
        ["image/png"] = LargestPicture,
        ["image/gif"] = LargestPicture,
        ["audio/mpeg"] = LargestOther,
        ["audio/mp4"] = LargestOther,
        ["audio/ogg"] = LargestOther,
        ["video/mp4"] = LargestOther,
        ["application/pdf"] = LargestOther,
    };

    /// <summary>Largest of all of them.</summary>
    public static long Largest { get; } = Types.Values.Max();
}
