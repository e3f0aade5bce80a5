using System.Text.Json.Nodes;
using Assistant.Testing.Messaging;

namespace Assistant.Testing.Line;

/// <summary>A file as a person sees it.</summary>
/// <param name="Preview">The picture beside the words; empty of a sound.</param>
/// <param name="Duration">What LINE was told of a sound, in milliseconds.</param>
public sealed record LineShownFile(string Chat, string Type, byte[] Content, byte[] Preview, long Duration);

/// <summary>What LINE takes of pictures, films and sounds, as its reference says.</summary>
internal static class LineMedia
{
    private const int LongestAddress = 2_000;
    private const int LargestPreview = 1 << 20;
    private const int LargestImage = 10 << 20;
    private const int LargestOther = 200 << 20;

    public static bool IsFile(JsonNode message) => (string?)message["type"] is "image" or "video" or "audio";

    /// <summary>What LINE answers; the files themselves are not looked at yet.</summary>
    public static string? FlawOf(JsonNode message)
        => !IsAddress(message["originalContentUrl"]) || ((string?)message["type"] != "audio" && !IsAddress(message["previewImageUrl"])) ? "Must be a valid HTTPS URL"
            : (string?)message["type"] == "audio" && message["duration"]?.GetValue<long>() is not > 0 ? "May not be empty"
            : null;

    /// <summary>Fetches a file when somebody looks; <see langword="null"/> when they see that there is none, or that LINE cannot show it.</summary>
    public static async Task<LineShownFile?> FetchAsync(PublicNet net, JsonNode message)
    {
        if (!IsFile(message))
        {
            return null;
        }

        var type = (string)message["type"]!;
        var address = (string)message["originalContentUrl"]!;
        var file = type == "image" ? await net.FetchAsync(address) : await net.FetchInPartsAsync(address);
        var preview = type == "audio" ? null : await net.FetchAsync((string)message["previewImageUrl"]!);
        var isFit = type switch
        {
            "image" => file is { MediaType: "image/jpeg" or "image/png", Content.Length: <= LargestImage },
            "video" => file is { MediaType: "video/mp4", Content.Length: <= LargestOther },
            _ => file is { MediaType: "audio/mp4" or "audio/x-m4a", Content.Length: <= LargestOther },
        };
        return isFit && (type == "audio" || preview is { MediaType: "image/jpeg" or "image/png", Content.Length: <= LargestPreview })
            ? new LineShownFile("", type, file!.Content, preview?.Content ?? [], message["duration"]?.GetValue<long>() ?? 0)
            : null;
    }

    private static bool IsAddress(JsonNode? address)
        => (string?)address is { Length: <= LongestAddress } text && Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme == "https";
}
