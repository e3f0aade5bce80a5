using System.Globalization;
using Assistant.Domain.Backups;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Persistence.Postgres;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql;

namespace Assistant.Infrastructure.Backups;

/// <summary>The owner's transaction in which a database takes a backup's content. For one thread at a time.</summary>
internal sealed class PostgresRestore : IDatabaseRestore
{
    /// <summary>Held to the end of the transaction: whoever asks afterwards what came of it waits for that.</summary>
    public const string TakeTurn = "SELECT pg_advisory_xact_lock(hashtext('assistant restore'))";

    private const string History = "__EFMigrationsHistory";

    private const string Applied = "SELECT array_agg(\"MigrationId\"::text) FROM \"__EFMigrationsHistory\"";

    // Not what an extension brought along: that goes with the extension alone.
    private const string Owned =
        "SELECT array_agg(c.relname::text) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        + "WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p') AND pg_get_userbyid(c.relowner) = current_user "
        + "AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')";

    // A server elsewhere that goes on reading would have this wait for ever.
    private const string WaitBriefly = "SET LOCAL lock_timeout = '30s'";

    private readonly AssistantDbContext _context;
    private readonly NpgsqlConnection _connection;
    private NpgsqlTransaction? _transaction;

    private PostgresRestore(AssistantDbContext context) => (_context, _connection) = (context, (NpgsqlConnection)context.Database.GetDbConnection());

    /// <summary>What the database says of itself once it has taken the content of this restore.</summary>
    public static string Mark(Guid restore) => string.Create(CultureInfo.InvariantCulture, $"restored {restore}");

    /// <param name="context">Of the owner; disposed with what this returns.</param>
    public static async Task<PostgresRestore> BeginAsync(AssistantDbContext context, BackupManifest manifest, Guid restore, CancellationToken cancellationToken)
    {
        // Foreign keys are looked at when all of a table has come, for as long as the table is large, and COPY waits as its connection does.
        var settings = RelationalOptionsExtension.Extract(context.GetService<IDbContextOptions>());
        context.Database.SetConnectionString(new NpgsqlConnectionStringBuilder(settings.ConnectionString) { CommandTimeout = 0 }.ConnectionString);
        var taking = new PostgresRestore(context);
        try
        {
            await taking.BeginAsync(manifest, restore, cancellationToken);
            return taking;
        }
        catch (NpgsqlException error)
        {
            await taking.DisposeAsync();
            throw PostgresCommands.Refused(error);
        }
        catch
        {
            await taking.DisposeAsync();
            throw;
        }
    }

    public async ValueTask<IEntrySink> OpenAsync(BackupEntry table, CancellationToken cancellationToken)
    {
        var name = PostgresCommands.Quoted(table.Name[BackupEntry.Tables.Length..]);
        var isForced = await PostgresCommands.AskAsync<bool>(_connection, $"SELECT relforcerowsecurity FROM pg_class WHERE oid = '{name}'::regclass", cancellationToken);
        await SetForcedAsync(isForced, name, "NO FORCE", cancellationToken);
        var copy = await _connection.BeginRawBinaryCopyAsync(
            $"COPY {PostgresCommands.Quoted(table.Name[BackupEntry.Tables.Length..], table.Columns)} FROM STDIN (FORMAT binary)", cancellationToken);
        return new TableSink(copy, () => SetForcedAsync(isForced, name, "FORCE", cancellationToken));
    }

    public async Task CommitAsync(CancellationToken cancellationToken) => await _transaction!.CommitAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_transaction is not null)
        {
            await _transaction.DisposeAsync();
        }

        await _context.DisposeAsync();
    }

    private async Task BeginAsync(BackupManifest manifest, Guid restore, CancellationToken cancellationToken)
    {
        await PostgresUpgradeTurn.MakeDatabaseAsync(_context, cancellationToken);
        await _context.Database.OpenConnectionAsync(cancellationToken);
        if (await TextEncoding.FindFaultAsync(_connection, cancellationToken) is { } fault)
        {
            throw new BackupRefusedException(BackupFault.Database, $"PostgreSQL {fault} {TextEncoding.Advice} Nothing was changed.");
        }

        _transaction = await _connection.BeginTransactionAsync(cancellationToken);
        await PostgresCommands.RunAsync(_connection, TakeTurn, cancellationToken);
        await PostgresCommands.RunAsync(_connection, WaitBriefly, cancellationToken);
        await PostgresCommands.RunAsync(_connection, $"DROP TABLE IF EXISTS {Join(EveryTable().Append(History).Union(await LaterTablesAsync(cancellationToken), StringComparer.Ordinal))} CASCADE", cancellationToken);
        await MigrateAsync(manifest.Schema, cancellationToken);
        // A migration may have put rows of its own there.
        await PostgresCommands.RunAsync(
            _connection, $"TRUNCATE {Join(manifest.Entries.Where(entry => entry.IsTable).Select(entry => entry.Name[BackupEntry.Tables.Length..]))} CASCADE", cancellationToken);
        await PostgresCommands.RunAsync(_connection, $"COMMENT ON TABLE {PostgresCommands.Quoted(History)} IS '{Mark(restore)}'", cancellationToken);
    }

    // As EF itself does it, but within this transaction: its own way would begin one for each migration.
    private async Task MigrateAsync(string schema, CancellationToken cancellationToken)
    {
        var (migrations, sql, history, models) = (
            _context.GetService<IMigrationsAssembly>(), _context.GetService<IMigrationsSqlGenerator>(), _context.GetService<IHistoryRepository>(),
            _context.GetService<IModelRuntimeInitializer>());
        await PostgresCommands.RunAsync(_connection, history.GetCreateScript(), cancellationToken);
        foreach (var (id, type) in migrations.Migrations.Where(known => string.CompareOrdinal(known.Key, schema) <= 0))
        {
            var migration = migrations.CreateMigration(type, _context.Database.ProviderName!);
            var model = models.Initialize(migration.TargetModel, designTime: true, validationLogger: null);
            foreach (var command in sql.Generate(migration.UpOperations, model))
            {
                await PostgresCommands.RunAsync(_connection, command.CommandText, cancellationToken);
            }

            await PostgresCommands.RunAsync(_connection, history.GetInsertScript(new HistoryRow(id, ProductInfo.GetVersion())), cancellationToken);
        }
    }

    // Also those of earlier versions: a database that was not upgraded yet may have them.
    private IEnumerable<string> EveryTable()
    {
        var migrations = _context.GetService<IMigrationsAssembly>();
        return migrations.Migrations.Values
            .SelectMany(type => migrations.CreateMigration(type, _context.Database.ProviderName!).TargetModel.GetEntityTypes())
            .Select(entity => entity.GetTableName()).OfType<string>().Distinct(StringComparer.Ordinal);
    }

    // A later version's tables have no names here. Left where they are, they would be in that version's way when it comes back. Where only
    // migrations are noted that are known here there are none, and what else lies beside this program's tables is not looked at.
    private async Task<IReadOnlyList<string>> LaterTablesAsync(CancellationToken cancellationToken)
    {
        if (!await PostgresCommands.AskAsync<bool>(_connection, PostgresBackup.HasMigrations, cancellationToken))
        {
            return [];
        }

        var known = _context.GetService<IMigrationsAssembly>().Migrations;
        return (await PostgresCommands.AskAsync<string[]>(_connection, Applied, cancellationToken) ?? []).All(known.ContainsKey)
            ? [] : await PostgresCommands.AskAsync<string[]>(_connection, Owned, cancellationToken) ?? [];
    }

    private async Task SetForcedAsync(bool isForced, string table, string how, CancellationToken cancellationToken)
    {
        if (isForced)
        {
            await PostgresCommands.RunAsync(_connection, $"ALTER TABLE {table} {how} ROW LEVEL SECURITY", cancellationToken);
        }
    }

    private static string Join(IEnumerable<string> tables) => string.Join(", ", tables.Select(PostgresCommands.Quoted));

    private sealed class TableSink(NpgsqlRawCopyStream copy, Func<Task> closeWall) : IEntrySink
    {
        private bool _isComplete;

        public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) => copy.WriteAsync(bytes, cancellationToken);

        public async ValueTask CompleteAsync(CancellationToken cancellationToken)
        {
            _isComplete = true;
            await copy.DisposeAsync();
            await closeWall();
        }

        public async ValueTask DisposeAsync()
        {
            if (!_isComplete)
            {
                await copy.CancelAsync(); // ends the transaction with it
                await copy.DisposeAsync();
            }
        }
    }
}
