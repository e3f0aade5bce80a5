using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Assistant.Infrastructure.Persistence.Sqlite;

/// <summary>Whether a file of SQLite's is whole. It answers for a long time when it is not: only what needs the damaged page fails.</summary>
/// <remarks>
/// Reads every page once (https://www.sqlite.org/pragma.html#pragma_quick_check); an index is read as a tree and not held against its table, which
/// takes several times as long.
/// </remarks>
internal static class SqliteSoundness
{
    private const int StepsBetweenLooks = 1000; // pages and rows; some milliseconds

    /// <returns>The first damage in SQLite's words, or <see langword="null"/> when there is none.</returns>
    /// <exception cref="OperationCanceledException">It was told to stop before the end.</exception>
    public static string? FindDamage(SqliteConnection connection, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        raw.sqlite3_progress_handler(connection.Handle, StepsBetweenLooks, _ => cancellationToken.IsCancellationRequested ? 1 : 0, null);
        try
        {
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA quick_check(1)";
            return command.ExecuteScalar() is string said && said != "ok" ? said.ReplaceLineEndings(" ").TrimEnd('.') : null;
        }
        catch (SqliteException error) when (error.SqliteErrorCode == raw.SQLITE_INTERRUPT)
        {
            throw new OperationCanceledException(error.Message, error, cancellationToken);
        }
        catch (SqliteException error) when (IsOfDamage(error))
        {
            return error.Message.TrimEnd('.');
        }
        finally
        {
            raw.sqlite3_progress_handler(connection.Handle, 0, null, null);
        }
    }

    /// <summary>Whether SQLite refuses because it cannot make sense of what is in the file.</summary>
    public static bool IsOfDamage(SqliteException error) => error.SqliteErrorCode is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB;
}
