using System.Data.Common;
using Assistant.Domain.Audit;

namespace Assistant.Infrastructure.Persistence;

/// <summary>An open connection with its prepared statements. For one thread at a time.</summary>
/// <remarks>SQL is constant text with parameters <c>@p0</c>, <c>@p1</c>…; values are always bound, never joined.</remarks>
internal class SqlSession(IDatabase database, DbConnection connection) : IDisposable
{
    /// <summary>Most parameters a statement may have.</summary>
    private const int MaxParameters = 40;

    private readonly Dictionary<string, DbCommand> _commands = new(StringComparer.Ordinal);

    protected IDatabase Database => database;

    protected DbConnection Connection => connection;

    protected DbTransaction? Transaction { get; set; }

    public bool IsPostgres => database.IsPostgres;

    public string ForUpdate => database.ForUpdate;

    /// <summary>Runs a statement; returns the number of rows it changed.</summary>
    public int Execute(string sql, params ReadOnlySpan<object?> values) => Bind(sql, values).ExecuteNonQuery();

    /// <summary>The first row mapped, or <see langword="default"/>.</summary>
    public T? QueryFirst<T>(string sql, Func<DbDataReader, T> map, params ReadOnlySpan<object?> values)
    {
        using var reader = Bind(sql, values).ExecuteReader();
        return reader.Read() ? map(reader) : default;
    }

    /// <summary>All rows mapped.</summary>
    public List<T> Query<T>(string sql, Func<DbDataReader, T> map, params ReadOnlySpan<object?> values)
    {
        var rows = new List<T>();
        using var reader = Bind(sql, values).ExecuteReader();
        while (reader.Read())
        {
            rows.Add(map(reader));
        }

        return rows;
    }

    /// <summary>Runs several reads so that they see one state of the database.</summary>
    /// <remarks>On SQLite it also spares each statement the locks and the check of the page cache that open a transaction of its own.</remarks>
    public T InSnapshot<T>(Func<SqlSession, T> read)
    {
        if (IsPostgres)
        {
            return read(this);
        }

        Execute("BEGIN");
        var result = read(this);
        Execute("COMMIT");
        return result;
    }

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            foreach (var command in _commands.Values)
            {
                command.Dispose();
            }

            connection.Dispose();
        }
    }

    private DbCommand Bind(string sql, ReadOnlySpan<object?> values)
    {
        if (!_commands.TryGetValue(sql, out var command))
        {
            command = Create(sql, values.Length);
            _commands.Add(sql, command);
        }

        command.Transaction = Transaction;
        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i] switch
            {
                null => DBNull.Value,
                string text => AuditText.Storable(text), // PostgreSQL refuses U+0000 and half a surrogate pair, and people send both
                DateTimeOffset time => time.ToUnixTimeMilliseconds(),
                Enum value => value.ToString(),
                var value => value,
            };
        }

        return command;
    }

    private DbCommand Create(string sql, int parameters)
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // constant text, see the class remarks
        command.CommandText = sql;
#pragma warning restore CA2100
        for (var i = 0; i < parameters; i++)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = Names[i];
            command.Parameters.Add(parameter);
        }

        if (!IsPostgres)
        {
            // Left to itself the provider parses a query anew each time its reader was closed before the end. Npgsql prepares by itself.
            command.Prepare();
        }

        return command;
    }

    private static readonly string[] Names = [.. Enumerable.Range(0, MaxParameters).Select(i => $"@p{i}")];
}

/// <summary>Columns as the stores write them.</summary>
internal static class ReaderExtensions
{
    public static DateTimeOffset Time(this DbDataReader reader, int ordinal) => DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(ordinal));

    public static DateTimeOffset? TimeOrNull(this DbDataReader reader, int ordinal) => reader.IsDBNull(ordinal) ? null : reader.Time(ordinal);

    public static string? TextOrNull(this DbDataReader reader, int ordinal) => reader.IsDBNull(ordinal) ? null : reader.GetString(ordinal);

    public static Guid? GuidOrNull(this DbDataReader reader, int ordinal) => reader.IsDBNull(ordinal) ? null : reader.GetGuid(ordinal);

    public static T Enum<T>(this DbDataReader reader, int ordinal) where T : struct, Enum => System.Enum.Parse<T>(reader.GetString(ordinal));
}
