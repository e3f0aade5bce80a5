using Microsoft.Data.Sqlite;

namespace Assistant.Infrastructure.Persistence.Sqlite;

/// <summary>The schema of a new file, as the migrations beside this make it.</summary>
/// <remarks>
/// Going through the whole history takes EF Core more than a second of the processor, in which whoever starts the program for the first time waits. A test
/// says when <c>Schema.sql</c> is not what the migrations amount to, and writes it anew. Later starts and upgrades go the way of the migrations.
/// </remarks>
internal static class SqliteSchema
{
    private const string Resource = "Assistant.Infrastructure.Persistence.Sqlite.Schema.sql";

    /// <summary>Makes the schema in a file that holds nothing yet, in one transaction.</summary>
    /// <returns><see langword="false"/> when the file holds anything: nothing was changed.</returns>
    public static bool TryCreate(SqliteConnection connection)
    {
        using var transaction = connection.BeginTransaction(deferred: false);
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = "SELECT COUNT(*) FROM sqlite_master";
        if (command.ExecuteScalar() is not 0L)
        {
            return false;
        }

#pragma warning disable CA2100 // a file of the build
        command.CommandText = Read();
#pragma warning restore CA2100
        command.ExecuteNonQuery();
        transaction.Commit();
        return true;
    }

    internal static string Read()
    {
        using var script = new StreamReader(typeof(SqliteSchema).Assembly.GetManifestResourceStream(Resource)!);
        return script.ReadToEnd();
    }
}
