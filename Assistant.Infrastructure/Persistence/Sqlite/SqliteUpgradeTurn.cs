using Microsoft.EntityFrameworkCore;

namespace Assistant.Infrastructure.Persistence.Sqlite;

/// <summary>The right to change the schema of an SQLite file, held by one process at a time and given back when it dies.</summary>
/// <remarks>
/// EF locks migrations with a row of a table of its own (https://learn.microsoft.com/ef/core/providers/sqlite/limitations). A process that
/// is killed leaves the row, and every later one would wait for it without end. Under this lock nobody is migrating: a row is a dead process's.
/// </remarks>
internal static class SqliteUpgradeTurn
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Waits for the turn and takes away what a killed process left.</summary>
    public static async Task<IDisposable> TakeAsync(DataFolder folder, AssistantDbContext context, CancellationToken cancellationToken)
    {
        var turn = await OpenAsync(Path.Combine(folder.Path, "upgrade.lock"), cancellationToken);
        try
        {
            await context.Database.ExecuteSqlRawAsync(
                "CREATE TABLE IF NOT EXISTS \"__EFMigrationsLock\" (\"Id\" INTEGER NOT NULL CONSTRAINT \"PK___EFMigrationsLock\" PRIMARY KEY, "
                + "\"Timestamp\" TEXT NOT NULL); DELETE FROM \"__EFMigrationsLock\"",
                cancellationToken);
            return turn;
        }
        catch
        {
            await turn.DisposeAsync();
            throw;
        }
    }

    private static async Task<FileStream> OpenAsync(string path, CancellationToken cancellationToken)
    {
        for (; ; )
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (File.Exists(path))
            {
                await Task.Delay(Pause, cancellationToken); // another process has it
            }
        }
    }
}
