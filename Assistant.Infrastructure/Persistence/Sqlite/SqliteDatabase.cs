using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using SQLitePCL;

namespace Assistant.Infrastructure.Persistence.Sqlite;

/// <summary>SQLite in WAL mode: one writer, many readers, every commit on disk before it is acknowledged.</summary>
internal sealed class SqliteDatabase(DataFolder folder) : IDatabase
{
    // synchronous=FULL: an acknowledged message survives a power cut. The batching writer shares each fsync among many turns.
    // secure_delete=ON, always: a page that is split leaves a copy of its rows behind, so overwriting only what is deleted later is too late.
    private const string Pragmas =
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=10000; PRAGMA foreign_keys=ON; "
        + "PRAGMA temp_store=MEMORY; PRAGMA cache_size=-16000; PRAGMA wal_autocheckpoint=4000; PRAGMA journal_size_limit=67108864; "
        + "PRAGMA secure_delete=ON;";

    // A connection is used by one thread at a time here, so SQLite need not lock it again on every call; and nobody reads its
    // allocation statistics, which cost a process-wide lock per allocation. Both must be said before the library is first used.
    static SqliteDatabase()
    {
        Batteries_V2.Init();
        raw.sqlite3_config(raw.SQLITE_CONFIG_MULTITHREAD);
        raw.sqlite3_config(raw.SQLITE_CONFIG_MEMSTATUS, 0);
    }

    private readonly Lazy<DbContextOptions<SqliteAssistantDbContext>> _contextOptions = new(() =>
        new DbContextOptionsBuilder<SqliteAssistantDbContext>()
            .UseSqlite($"Data Source={folder.DatabaseFile};Foreign Keys=True;Default Timeout=30")
            .AddInterceptors(new SqliteLetterCase())
            .Options);

    public bool IsPostgres => false;

    public string ForUpdate => "";

    public SchemaVersion Schema => SqliteAssistantDbContext.Version;

    public DbConnection Open(bool forWriting)
    {
        // Who reads makes no file: the doctor would otherwise leave one where the database is missing.
        var connection = new SqliteConnection(ConnectionString(forWriting ? SqliteOpenMode.ReadWriteCreate : SqliteOpenMode.ReadWrite));
        try
        {
            connection.Open();
            // Otherwise a statement with LIMIT @p is planned anew whenever its limit is bound: at every run.
            raw.sqlite3_db_config(connection.Handle, raw.SQLITE_DBCONFIG_ENABLE_QPSG, 1, out _);
            using var command = connection.CreateCommand();
            command.CommandText = forWriting ? Pragmas : Pragmas + " PRAGMA query_only=ON;";
            command.ExecuteNonQuery();
            if (forWriting && raw.sqlite3_db_readonly(connection.Handle, "main") == 1)
            {
                // SQLite opens a file it may not write all the same, for reading, and refuses only what is to be stored later.
                throw new SqliteException("it can be read but not written", raw.SQLITE_READONLY);
            }

            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public void ForgetConnections() { } // none is kept

    public SqlStatement Prepare(DbConnection connection, string sql, int parameters)
        => new SqliteStatement(((SqliteConnection)connection).Handle!, sql, parameters);

    public DbTransaction BeginWrite(DbConnection connection) => ((SqliteConnection)connection).BeginTransaction(deferred: false);

    public AssistantDbContext OpenContext(TenantScope scope) => new SqliteAssistantDbContext(_contextOptions.Value, scope);

    public AssistantDbContext OpenSchemaContext() => OpenContext(TenantScope.System);

    public AssistantDbContext EnlistContext(DbConnection connection, DbTransaction transaction, TenantScope scope)
    {
        var context = new SqliteAssistantDbContext(
            new DbContextOptionsBuilder<SqliteAssistantDbContext>().UseSqlite(connection).Options, scope);
        context.Database.UseTransaction(transaction);
        return context;
    }

    public async Task MigrateAsync(CancellationToken cancellationToken)
    {
        folder.Prepare();
        if (LostDatabase.Find(folder) is { } lost)
        {
            throw new InstallationException($"{lost} {LostDatabase.Advice}");
        }

        try
        {
            // Opening once switches a new file to WAL before anything else touches it.
            using (var session = new SqlSession(this, Open(forWriting: true)))
            {
                if (Schema.IsThatOf(session))
                {
                    return;
                }
            }

            await using (var connection = (SqliteConnection)Open(forWriting: true))
            {
                if (SqliteSchema.TryCreate(connection))
                {
                    return;
                }
            }

            await using var context = OpenSchemaContext();
            using var turn = await SchemaUpgrade.IsDueAsync(context, cancellationToken) ? await SqliteUpgradeTurn.TakeAsync(folder, context, cancellationToken) : null;
            await SchemaUpgrade.ApplyAsync(context, cancellationToken);
        }
        catch (SqliteException error)
        {
            throw new InstallationException(
                $"The database {folder.DatabaseFile} cannot be used: {error.Message.TrimEnd('.')}. Make sure this program's account may write it "
                + "and its folder; if the file is damaged, restore it from its backup.", error);
        }
    }

    private string ConnectionString(SqliteOpenMode mode) => new SqliteConnectionStringBuilder
    {
        DataSource = folder.DatabaseFile,
        Mode = mode,
        Pooling = false,
        DefaultTimeout = 30,
    }.ToString();
}
