namespace Assistant.Architecture.Tests;

/// <summary>Where the channels are.</summary>
internal static class Channels
{
    public const string Folder = "Assistant.Infrastructure/Messaging/Channels";

    /// <summary>The channel a file belongs to; <see langword="null"/> outside the channel folders.</summary>
    public static string? FolderOf(SourceFile file)
    {
        if (!file.IsIn(Folder)) return null;

        var rest = file.Path[(Folder.Length + 1)..];
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? null : rest[..slash];
    }
}
