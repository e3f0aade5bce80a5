using Assistant.Infrastructure.Backups;

namespace Assistant.Infrastructure.Persistence.Sqlite;

/// <summary>A folder that was used and whose database is gone.</summary>
/// <remarks>
/// A new one in its place would hide that, and SQLite deletes the log of the old one when it makes it. What shows that the folder was used is
/// made by a program that has a database already: a first start that was killed leaves neither.
/// </remarks>
internal static class LostDatabase
{
    public const string Advice = "Put it back, or restore a backup; to begin anew, name an empty folder with ASSISTANT_DATA.";

    /// <returns>One sentence, or <see langword="null"/> when there is a database or never was one.</returns>
    public static string? Find(DataFolder folder)
    {
        // In this order: a process beside this one that makes the database writes its log when the file has a page already.
        var wasUsed = File.Exists(Path.Combine(folder.Path, InstallationFiles.Name)) || Length($"{folder.DatabaseFile}-wal") > 0;
        return wasUsed && Length(folder.DatabaseFile) == 0 ? $"The database {folder.DatabaseFile} is missing, and this folder was used." : null;
    }

    private static long Length(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : 0;
}
