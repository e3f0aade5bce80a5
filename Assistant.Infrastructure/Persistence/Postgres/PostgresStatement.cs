using Npgsql;

namespace Assistant.Infrastructure.Persistence.Postgres;

/// <inheritdoc cref="SqlStatement"/>
/// <remarks>The driver prepares it by itself once it has been used twice.</remarks>
internal sealed class PostgresStatement : SqlStatement
{
    private readonly NpgsqlCommand _command;
    private readonly CurrentRow _row = new();

    public PostgresStatement(NpgsqlConnection connection, string sql, int parameters)
    {
#pragma warning disable CA2100 // constant text with parameters, see SqlSession
        _command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        for (var i = 0; i < parameters; i++)
        {
            _command.Parameters.Add(new NpgsqlParameter { ParameterName = NameOf(i) });
        }
    }

    public override SqlRow Row => _row;

    public override void Bind(ReadOnlySpan<SqlValue> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            _command.Parameters[i].Value = values[i].Kind switch
            {
                SqlKind.Null => DBNull.Value,
                SqlKind.Integer => values[i].Integer,
                SqlKind.Boolean => values[i].Boolean,
                SqlKind.Text => values[i].Text,
                SqlKind.Id => values[i].Id,
                SqlKind.Bytes => values[i].Bytes,
                SqlKind.Money => values[i].Money,
                _ => throw new InvalidOperationException($"Unknown kind {values[i].Kind}."),
            };
        }
    }

    public override int Execute() => _command.ExecuteNonQuery();

    public override bool Read() => (_row.Reader ??= _command.ExecuteReader()).Read();

    public override void Reset()
    {
        _row.Reader?.Dispose();
        _row.Reader = null;
    }

    public override void Dispose()
    {
        Reset();
        _command.Dispose();
    }

    private sealed class CurrentRow : SqlRow
    {
        public NpgsqlDataReader? Reader { get; set; }

        public override bool IsDBNull(int column) => Reader!.IsDBNull(column);

        public override long GetInt64(int column) => Reader!.GetInt64(column);

        public override int GetInt32(int column) => Reader!.GetInt32(column);

        public override bool GetBoolean(int column) => Reader!.GetBoolean(column);

        public override string GetString(int column) => Reader!.GetString(column);

        public override Guid GetGuid(int column) => Reader!.GetGuid(column);

        public override byte[] GetBytes(int column) => Reader!.GetFieldValue<byte[]>(column);
    }
}
