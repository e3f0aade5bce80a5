using Microsoft.Data.Sqlite;
using Npgsql;
using SQLitePCL;

namespace Assistant.Infrastructure.Persistence;

/// <summary>Faults of the store and not of what it was asked: where in the program it was asked says nothing about them, and they come in numbers.</summary>
internal static class StorageFault
{
    // https://www.sqlite.org/rescode.html
    public static bool Is(Exception error) => error is
        SqliteException
        {
            SqliteErrorCode: raw.SQLITE_FULL or raw.SQLITE_IOERR or raw.SQLITE_READONLY or raw.SQLITE_CANTOPEN or raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB or raw.SQLITE_BUSY,
        }
        or NpgsqlException { IsTransient: true };

    /// <summary>Whether PostgreSQL refuses to write in this session, which it settles when the connection is made.</summary>
    public static bool IsOfReadOnlySession(Exception? error) => error is not null
        && (error is PostgresException { SqlState: PostgresErrorCodes.ReadOnlySqlTransaction } || IsOfReadOnlySession(error.InnerException));
}
