namespace Assistant.Infrastructure.Tests;

/// <summary>The checkout these tests were built from, and what is kept beside it.</summary>
internal static class SharedFolder
{
    /// <summary>The folder of the solution; <see langword="null"/> where only what was built is there.</summary>
    public static string? Checkout()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Assistant.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName;
    }

    /// <summary>Recorded payloads and test vectors kept beside the repository, not in it.</summary>
    /// <returns>The path, or <see langword="null"/> when it is absent.</returns>
    public static string? Find(string path)
        => Checkout() is { } root && Path.GetFullPath(Path.Combine(root, "..", "shared", path)) is var found && Path.Exists(found) ? found : null;
}
