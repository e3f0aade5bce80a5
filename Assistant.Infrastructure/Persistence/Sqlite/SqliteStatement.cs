// SQLite's own prepared statements, without the provider's command around them.
//
// The provider (Microsoft.Data.Sqlite) looks up every parameter by its name and makes a reader, a binder and some iterators at each
// run; with some thirty short statements an answer that was an eighth of the product's CPU. What is stored is the same to the byte:
// ids are upper-case text, truth is 0 or 1, money is decimal text. EF and the provider go on using the same connection beside it.
using System.Buffers;
using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Assistant.Infrastructure.Persistence.Sqlite;

/// <inheritdoc cref="SqlStatement"/>
internal sealed class SqliteStatement : SqlStatement
{
    private const int IdLength = 36;
    private const string MoneyFormat = "0.0###########################";

    private readonly sqlite3 _connection;
    private readonly sqlite3_stmt _statement;
    private readonly int[] _places;

    /// <exception cref="SqliteException">The text is no statement.</exception>
    public SqliteStatement(sqlite3 connection, string sql, int parameters)
    {
        _connection = connection;
        Check(raw.sqlite3_prepare_v3(connection, sql, raw.SQLITE_PREPARE_PERSISTENT, out _statement));
        _places = [.. Enumerable.Range(0, parameters).Select(i => raw.sqlite3_bind_parameter_index(_statement, NameOf(i)))];
        Row = new CurrentRow(_statement);
    }

    public override SqlRow Row { get; }

    public override void Bind(TenantScope? enter, ReadOnlySpan<SqlValue> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            Check(Bind(_places[i], values[i]));
        }
    }

    public override int Execute()
    {
        while (Read())
        {
            // Rows nobody asked for.
        }

        return raw.sqlite3_changes(_connection);
    }

    public override bool Read()
    {
        var result = raw.sqlite3_step(_statement);
        if (result is raw.SQLITE_ROW or raw.SQLITE_DONE)
        {
            return result == raw.SQLITE_ROW;
        }

        SqliteException.ThrowExceptionForRC(result, _connection);
        throw new InvalidOperationException($"SQLite answered {result}.");
    }

    // Its result repeats the error of the last step, which was thrown there.
    public override void Reset() => _ = raw.sqlite3_reset(_statement);

    public override void Dispose() => _statement.Dispose();

    private int Bind(int place, in SqlValue value) => value.Kind switch
    {
        SqlKind.Null => raw.sqlite3_bind_null(_statement, place),
        SqlKind.Integer or SqlKind.Boolean => raw.sqlite3_bind_int64(_statement, place, value.Integer),
        SqlKind.Text => BindText(place, value.Text),
        SqlKind.Id => BindId(place, value.Id),
        SqlKind.Bytes => raw.sqlite3_bind_blob(_statement, place, value.Bytes),
        SqlKind.Money => BindText(place, value.Money.ToString(MoneyFormat, CultureInfo.InvariantCulture)),
        _ => throw new InvalidOperationException($"Unknown kind {value.Kind}."),
    };

    // SQLite copies the bytes at once.
    private int BindText(int place, string text)
    {
        const int Small = 512;
        var most = Encoding.UTF8.GetMaxByteCount(text.Length);
        var rented = most <= Small ? null : ArrayPool<byte>.Shared.Rent(most);
        var buffer = rented ?? stackalloc byte[Small];
        var result = raw.sqlite3_bind_text(_statement, place, buffer[..Encoding.UTF8.GetBytes(text, buffer)]);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }

        return result;
    }

    private int BindId(int place, Guid id)
    {
        Span<byte> text = stackalloc byte[IdLength];
        id.TryFormat(text, out _);
        Ascii.ToUpperInPlace(text, out _);
        return raw.sqlite3_bind_text(_statement, place, (ReadOnlySpan<byte>)text);
    }

    private void Check(int result) => SqliteException.ThrowExceptionForRC(result, _connection);

    private sealed class CurrentRow(sqlite3_stmt statement) : SqlRow
    {
        public override bool IsDBNull(int column) => raw.sqlite3_column_type(statement, column) == raw.SQLITE_NULL;

        public override long GetInt64(int column)
        {
            var number = raw.sqlite3_column_int64(statement, column);
            return number != 0 || !IsDBNull(column) ? number : throw Missing(column);
        }

        public override int GetInt32(int column) => checked((int)GetInt64(column));

        public override bool GetBoolean(int column) => GetInt64(column) != 0;

        public override string GetString(int column) => Encoding.UTF8.GetString(Content(column));

        public override Guid GetGuid(int column) => Guid.Parse(Content(column));

        public override byte[] GetBytes(int column) => Content(column).ToArray();

        // For text these are its UTF-8 bytes: the encoding of every database of ours.
        private ReadOnlySpan<byte> Content(int column)
        {
            var content = raw.sqlite3_column_blob(statement, column);
            return content.Length > 0 || !IsDBNull(column) ? content : throw Missing(column);
        }

        private static InvalidCastException Missing(int column) => new($"Column {column} is NULL.");
    }
}
