using Assistant.Domain.Messaging;

namespace Assistant.Infrastructure.Messaging.Channels.GoogleChat;

/// <summary>Photos to people. An app may not upload; a card shows a picture from an https address.</summary>
/// <remarks>Formats and size: https://developers.google.com/workspace/chat/add-text-image-card-dialog.</remarks>
internal static class GoogleChatPhotos
{
    // Google recommends no more.
    private const long LargestPhoto = 2_000_000;

    /// <summary>The card names the address for ever, and shows the picture to whoever looks while it is good.</summary>
    public static TimeSpan FetchedWithin { get; } = TimeSpan.FromDays(7);

    /// <summary>What a card shows, with the largest of each.</summary>
    public static IReadOnlyDictionary<string, long> Types { get; } = new Dictionary<string, long> { ["image/jpeg"] = LargestPhoto, ["image/png"] = LargestPhoto };

    /// <summary>Largest of all of them.</summary>
    public static long Largest => LargestPhoto;

    /// <summary>A card with nothing but the photo.</summary>
    public static GoogleCardWithId CardOf(OutboundFile file)
        => new("photo", new GoogleCard([new GoogleSection([new GoogleWidget(Image: new GoogleImage(file.Fetchable!.AddressFor(FetchedWithin).AbsoluteUri, file.Name))])]));
}
