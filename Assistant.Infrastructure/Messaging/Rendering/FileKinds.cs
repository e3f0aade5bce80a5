using Assistant.Domain.Messaging;

namespace Assistant.Infrastructure.Messaging.Rendering;

/// <summary>The <see cref="Attachment.Kind"/> of a file of which a messenger says its type or its name. What its bytes say is looked at later.</summary>
internal static class FileKinds
{
    /// <summary>The kind by the media type; by the end of the name where the type says nothing.</summary>
    public static string Of(string? mediaType, string? fileName) => mediaType?.Split('/', ';')[0].Trim().ToLowerInvariant() switch
    {
        "image" => "image",
        "audio" => "audio",
        "video" => "video",
        null or "" => OfName(fileName),
        _ when mediaType.StartsWith("application/octet-stream", StringComparison.OrdinalIgnoreCase) => OfName(fileName),
        _ when mediaType.StartsWith("application/ogg", StringComparison.OrdinalIgnoreCase) => "audio",
        _ => "file",
    };

    /// <summary>The kind by the end of a name, or of a path.</summary>
    public static string OfName(string? name) => OfEnding(Path.GetExtension(name)?.TrimStart('.'));

    /// <param name="ending">Without the dot.</param>
    public static string OfEnding(string? ending) => ending?.ToLowerInvariant() switch
    {
        "png" or "jpg" or "jpeg" or "gif" or "webp" or "bmp" or "heic" or "avif" => "image",
        "mp3" or "m4a" or "wav" or "ogg" or "oga" or "opus" or "aac" or "flac" or "amr" or "wma" or "caf" => "audio",
        "mp4" or "mov" or "webm" or "mkv" or "3gp" => "video",
        _ => "file",
    };
}
