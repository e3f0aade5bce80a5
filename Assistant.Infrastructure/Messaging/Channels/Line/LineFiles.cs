using Assistant.Domain.Attachments;
using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Line;

/// <summary>Pictures, films and sounds as messages that tell LINE where to fetch them. It has no message for any other file.</summary>
/// <remarks>Formats and sizes: https://developers.line.biz/en/reference/messaging-api/#image-message.</remarks>
internal static class LineFiles
{
    // A picture beside the words, which LINE shows until the file itself is opened.
    private const long LargestPreview = 1_000_000;

    /// <summary>LINE fetches a file when somebody looks at it, which may be days later.</summary>
    public static TimeSpan FetchedWithin { get; } = TimeSpan.FromDays(7);

    /// <summary>What LINE takes, with the largest of each.</summary>
    public static IReadOnlyDictionary<string, long> Types { get; } = new Dictionary<string, long>
    {
        ["image/jpeg"] = 10_000_000,
        ["image/png"] = 10_000_000,
        ["video/mp4"] = 200_000_000,
        ["audio/mp4"] = 200_000_000,
    };

    /// <summary>Largest of all of them.</summary>
    public static long Largest { get; } = Types.Values.Max();

    /// <summary>The message that shows a file, or why there is none.</summary>
    public static async Task<(LineContent? Content, SendOutcome? Refusal)> DescribeAsync(OutboundFile file, CancellationToken cancellationToken)
    {
        if (await FetchedFile.RefusalOfAsync(LineClient.Messenger, Types, file, cancellationToken) is { } refusal)
        {
            return (null, refusal);
        }

        var address = file.Fetchable!.AddressFor(FetchedWithin).AbsoluteUri;
        return file.MediaType switch
        {
            "audio/mp4" => await LengthOfAsync(file, cancellationToken) is { } length
                ? (new LineAudio(address, (long)length.TotalMilliseconds), null)
                : (null, new SendOutcome.Rejected(Phrase.Of("line.no-length"))),
            "video/mp4" => (new LineVideo(address, file.Fetchable.StandIn.AbsoluteUri), null),
            _ => (new LineImage(address, file.SizeBytes <= LargestPreview ? address : file.Fetchable.StandIn.AbsoluteUri), null),
        };
    }

    // LINE wants to be told how long a sound is.
    private static async Task<TimeSpan?> LengthOfAsync(OutboundFile file, CancellationToken cancellationToken)
    {
        await using var stream = await file.OpenAsync(cancellationToken);
        using var content = new MemoryStream();
        await stream.CopyToAsync(content, cancellationToken);
        return Mp4Length.Of(content.GetBuffer().AsSpan(0, (int)content.Length));
    }
}
