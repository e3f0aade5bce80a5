namespace Assistant.Infrastructure.Tests;

/// <summary>Recorded payloads and test vectors kept beside the repository, not in it.</summary>
internal static class SharedFolder
{
    /// <returns>The path, or <see langword="null"/> when it is absent.</returns>
    public static string? Find(string path)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Assistant.sln")))
            {
                var found = Path.GetFullPath(Path.Combine(folder.FullName, "..", "shared", path));
                return Path.Exists(found) ? found : null;
            }
        }

        return null;
    }
}
