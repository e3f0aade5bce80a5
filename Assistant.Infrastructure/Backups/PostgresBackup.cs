// Reading is one REPEATABLE READ transaction: every table as it was at one instant, whoever goes on writing. It runs as the role the program
// works as, which says that it spans the installation, so the walls between tenants stand meanwhile.
//
// Taking is one transaction of the owner's: the tables are dropped, made as the backup's migration had them, filled, and the id of the restore
// is left as the comment of the table of migrations. Committed or not, nobody sees anything between; and whether it was committed can be
// asked of that comment. COPY cannot pass a wall that is forced, so the owner is let through for the length of each table's copy.
using System.Data;
using Assistant.Domain.Backups;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Persistence.Postgres;
using Assistant.Infrastructure.Security.Sealing;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;
using IDatabase = Assistant.Infrastructure.Persistence.IDatabase;

namespace Assistant.Infrastructure.Backups;

/// <inheritdoc cref="IDatabaseBackup"/>
internal sealed class PostgresBackup(IDatabase database) : IDatabaseBackup
{
    private const string Newest = "SELECT MAX(\"MigrationId\") FROM \"__EFMigrationsHistory\"";
    private const string HasHeads = "SELECT to_regclass('audit_heads') IS NOT NULL";
    public const string HasMigrations = "SELECT to_regclass('\"__EFMigrationsHistory\"') IS NOT NULL";
    private const string Taken = "SELECT obj_description(to_regclass('\"__EFMigrationsHistory\"')::oid, 'pg_class')";

    public string Kind => "postgres";

    public IReadOnlyList<string> Files => [];

    public async Task<IDatabaseSnapshot> BeginAsync(CancellationToken cancellationToken)
    {
        await using var context = database.OpenContext(TenantScope.System);
        var tables = InOrder(context.Model.GetRelationalModel());
        var connection = (NpgsqlConnection)database.Open(forWriting: false);
        try
        {
            var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
            await PostgresCommands.RunAsync(connection, "SET TRANSACTION READ ONLY", cancellationToken);
            await PostgresCommands.RunAsync(connection, TenantWall.OpenTransaction, cancellationToken);
            var schema = await PostgresCommands.AskAsync<string>(connection, Newest, cancellationToken) ?? "";
            var key = await PostgresCommands.AskAsync<byte[]>(connection, InstallationKey.Select, cancellationToken) ?? [];
            return new Snapshot(connection, transaction, tables, schema, await LogHeads.ReadAsync(connection, cancellationToken), key);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public async Task<StandingDatabase> LookAsync(CancellationToken cancellationToken)
    {
        await using var context = database.OpenSchemaContext();
        var known = context.Database.GetMigrations().ToList();
        try
        {
            if (!await ((IRelationalDatabaseCreator)context.GetService<IDatabaseCreator>()).ExistsAsync(cancellationToken))
            {
                return new StandingDatabase(IsEmpty: true, [], known);
            }

            await context.Database.OpenConnectionAsync(cancellationToken);
            var connection = (NpgsqlConnection)context.Database.GetDbConnection();
            var isEmpty = !await PostgresCommands.AskAsync<bool>(connection, HasMigrations, cancellationToken);
            var heads = await PostgresCommands.AskAsync<bool>(connection, HasHeads, cancellationToken)
                ? await LogHeads.ReadAsync(connection, cancellationToken) : [];
            return new StandingDatabase(isEmpty, heads, known);
        }
        catch (NpgsqlException error)
        {
            throw PostgresCommands.Refused(error);
        }
    }

    public async Task<IDatabaseRestore?> BeginRestoreAsync(BackupManifest manifest, Guid restore, CancellationToken cancellationToken)
        => await PostgresRestore.BeginAsync(database.OpenSchemaContext(), manifest, restore, cancellationToken);

    public async Task<bool> HasTakenAsync(Guid restore, CancellationToken cancellationToken)
    {
        try
        {
            await using var context = database.OpenSchemaContext();
            await context.Database.OpenConnectionAsync(cancellationToken);
            var connection = (NpgsqlConnection)context.Database.GetDbConnection();
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await PostgresCommands.RunAsync(connection, PostgresRestore.TakeTurn, cancellationToken); // whoever was cut off has ended by then
            return await PostgresCommands.AskAsync<string>(connection, Taken, cancellationToken) == PostgresRestore.Mark(restore);
        }
        catch (NpgsqlException error)
        {
            throw new InstallationException($"A restore was cut off, and the database cannot be asked how far it came: {error.Message.TrimEnd('.')}. Start PostgreSQL first.", error);
        }
    }

    /// <summary>Every table behind those it refers to.</summary>
    private static List<(string Name, List<string> Columns)> InOrder(IRelationalModel model)
    {
        var ordered = new List<ITable>();
        foreach (var table in model.Tables.OrderBy(table => table.Name, StringComparer.Ordinal))
        {
            Add(table);
        }

        return ordered.ConvertAll(table => (table.Name, table.Columns.Select(column => column.Name).Order(StringComparer.Ordinal).ToList()));

        void Add(ITable table)
        {
            if (ordered.Contains(table))
            {
                return;
            }

            foreach (var principal in table.ForeignKeyConstraints.Select(key => key.PrincipalTable).Where(other => other != table))
            {
                Add(principal);
            }

            ordered.Add(table);
        }
    }

    private sealed record Snapshot(
        NpgsqlConnection Connection, NpgsqlTransaction Transaction, List<(string Name, List<string> Columns)> Tables, string Schema, IReadOnlyList<LogHead> Logs,
        byte[] WrappedKey) : IDatabaseSnapshot
    {
        public async Task WriteAsync(BackupArchiveWriter archive, CancellationToken cancellationToken)
        {
            foreach (var (name, columns) in Tables)
            {
                await using var rows = await Connection.BeginRawBinaryCopyAsync($"COPY {PostgresCommands.Quoted(name, columns)} TO STDOUT (FORMAT binary)", cancellationToken);
                await archive.AddAsync(BackupEntry.Tables + name, columns, rows, cancellationToken);
            }
        }

        public async ValueTask DisposeAsync()
        {
            await Transaction.DisposeAsync();
            await Connection.DisposeAsync();
        }
    }
}

/// <summary>Short statements outside the stores' sessions.</summary>
internal static class PostgresCommands
{
    public static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = Command(connection, sql);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public static async Task<T?> AskAsync<T>(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = Command(connection, sql);
        return await command.ExecuteScalarAsync(cancellationToken) is T answer ? answer : default;
    }

    /// <summary>A table, and the columns meant of it, as they stand in a statement.</summary>
    public static string Quoted(string table, IEnumerable<string> columns) => $"{Quoted(table)} ({string.Join(", ", columns.Select(Quoted))})";

    public static string Quoted(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    public static BackupRefusedException Refused(NpgsqlException error)
        => new(BackupFault.Database, $"PostgreSQL refuses: {(error is PostgresException refusal ? refusal.MessageText : error.Message).TrimEnd('.')}. Nothing was changed.", error);

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql)
    {
#pragma warning disable CA2100 // constant text, names of the model that are quoted, or a script of EF's
        return new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
#pragma warning restore CA2100
    }
}
