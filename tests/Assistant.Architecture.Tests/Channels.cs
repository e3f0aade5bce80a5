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

    /// <summary>The sentences each channel brings along, by the name of its folder.</summary>
    /// <param name="file">Which language's.</param>
    public static IReadOnlyDictionary<string, string> Books(string file) => Repository.Files
        .Where(candidate => candidate.Name == file && FolderOf(candidate) is not null)
        .ToDictionary(found => FolderOf(found)!, found => found.Text);
}
