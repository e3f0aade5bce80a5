// SQLite's own prepared statements, without the provider's command around them.
//
// The provider (Microsoft.Data.Sqlite) looks up every parameter by its name and makes a reader, a binder and some iterators at each
// run; with some thirty short statements an answer that was an eighth of the product's CPU. What is stored is the same to the byte:
// ids are upper-case text, truth is 0 or 1, money is decimal text. EF and the provider go on using the same connection beside it.
// What an answer calls hundreds of times goes to the library by its plain handle, see SqliteCalls.
using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
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
    private readonly nint _handle; // the statement's, for as long as that one is open
    private readonly int[] _places;

    /// <exception cref="SqliteException">The text is no statement.</exception>
    public SqliteStatement(sqlite3 connection, string sql, int parameters)
    {
        _connection = connection;
        Check(raw.sqlite3_prepare_v3(connection, sql, raw.SQLITE_PREPARE_PERSISTENT, out _statement));
        _places = [.. Enumerable.Range(0, parameters).Select(i => raw.sqlite3_bind_parameter_index(_statement, NameOf(i)))];
        _handle = _statement.DangerousGetHandle();
        Row = new CurrentRow(_handle);
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
        var result = SqliteCalls.Step(_handle);
        if (result is raw.SQLITE_ROW or raw.SQLITE_DONE)
        {
            return result == raw.SQLITE_ROW;
        }

        SqliteException.ThrowExceptionForRC(result, _connection);
        throw new InvalidOperationException($"SQLite answered {result}.");
    }

    // Its result repeats the error of the last step, which was thrown there.
    public override void Reset() => _ = SqliteCalls.Reset(_handle);

    public override void Dispose() => _statement.Dispose();

    private int Bind(int place, in SqlValue value) => value.Kind switch
    {
        SqlKind.Null => SqliteCalls.BindNull(_handle, place),
        SqlKind.Integer or SqlKind.Boolean => SqliteCalls.BindInt64(_handle, place, value.Integer),
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
        var result = BindText(place, buffer, Encoding.UTF8.GetBytes(text, buffer));
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
        return BindText(place, text, IdLength);
    }

    private int BindText(int place, Span<byte> text, int length)
        => SqliteCalls.BindText(_handle, place, ref MemoryMarshal.GetReference(text), length, SqliteCalls.Transient);

    private void Check(int result) => SqliteException.ThrowExceptionForRC(result, _connection);

    private sealed class CurrentRow(nint statement) : SqlRow
    {
        private readonly byte[] _id = new byte[IdLength];

        public override bool IsDBNull(int column) => SqliteCalls.ColumnType(statement, column) == raw.SQLITE_NULL;

        public override long GetInt64(int column)
        {
            var number = SqliteCalls.ColumnInt64(statement, column);
            return number != 0 || !IsDBNull(column) ? number : throw Missing(column);
        }

        public override int GetInt32(int column) => checked((int)GetInt64(column));

        public override bool GetBoolean(int column) => GetInt64(column) != 0;

        public override string GetString(int column)
        {
            var content = Content(column, out var length);
            return length == 0 ? "" : Marshal.PtrToStringUTF8(content, length);
        }

        public override Guid GetGuid(int column)
        {
            var content = Content(column, out var length);
            if (length > IdLength)
            {
                throw new FormatException($"Column {column} is no id.");
            }

            Marshal.Copy(content, _id, 0, length);
            return Guid.Parse(_id.AsSpan(0, length));
        }

        public override byte[] GetBytes(int column)
        {
            var content = Content(column, out var length);
            if (length == 0)
            {
                return [];
            }

            var bytes = new byte[length];
            Marshal.Copy(content, bytes, 0, length);
            return bytes;
        }

        // For text these are its UTF-8 bytes: the encoding of every database of ours. Empty content has no address.
        private nint Content(int column, out int length)
        {
            var content = SqliteCalls.ColumnBlob(statement, column);
            length = SqliteCalls.ColumnBytes(statement, column);
            return length > 0 || !IsDBNull(column) ? content : throw Missing(column);
        }

        private static InvalidCastException Missing(int column) => new($"Column {column} is NULL.");
    }
}
