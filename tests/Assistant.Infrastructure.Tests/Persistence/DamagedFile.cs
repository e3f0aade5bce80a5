using Assistant.Infrastructure.Persistence;
using Microsoft.Data.Sqlite;

namespace Assistant.Infrastructure.Tests.Persistence;

/// <summary>A database of SQLite's with a page that a broken disk might have left behind.</summary>
internal static class DamagedFile
{
    /// <summary>Overwrites the first page of a table. Everything that does not ask for the table goes on answering.</summary>
    public static void Damage(DataFolder folder, string table)
    {
        var (page, size) = Find(folder, table);
        using var file = new FileStream(folder.DatabaseFile, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        file.Position = (page - 1) * size;
        file.Write(new byte[size].AsSpan());
    }

    private static (long Page, long Size) Find(DataFolder folder, string table)
    {
        using var connection = new SqliteConnection($"Data Source={folder.DatabaseFile};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA wal_checkpoint(TRUNCATE); SELECT rootpage, page_size FROM sqlite_master, pragma_page_size WHERE name = @name";
        command.Parameters.AddWithValue("@name", table);
        using var row = command.ExecuteReader();
        row.NextResult(); // behind the checkpoint's
        row.Read();
        return (row.GetInt64(0), row.GetInt64(1));
    }
}
