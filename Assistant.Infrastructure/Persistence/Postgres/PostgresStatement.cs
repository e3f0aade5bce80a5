using Npgsql;

namespace Assistant.Infrastructure.Persistence.Postgres;

/// <inheritdoc cref="SqlStatement"/>
/// <remarks>The driver prepares it by itself once it has been used twice.</remarks>
internal sealed class PostgresStatement : SqlStatement
{
    // Of two texts: the statement, and the one that names the scope ahead of it. The driver sends both of the latter in one round trip,
    // and outside a transaction as one of its own.
    private readonly NpgsqlCommand _plain;
    private readonly NpgsqlCommand _entering;
    private readonly CurrentRow _row = new();
    private NpgsqlCommand _bound;

    public PostgresStatement(NpgsqlConnection connection, string sql, int parameters)
    {
        _plain = _bound = Command(connection, sql, parameters);
        _entering = Command(connection, TenantWall.Enter + sql, parameters);
        _entering.Parameters.Add(new NpgsqlParameter { ParameterName = TenantWall.TenantParameter });
        _entering.Parameters.Add(new NpgsqlParameter { ParameterName = TenantWall.ReachParameter });
    }

    public override SqlRow Row => _row;

    public override void Bind(TenantScope? enter, ReadOnlySpan<SqlValue> values)
    {
        _bound = enter is null ? _plain : _entering;
        for (var i = 0; i < values.Length; i++)
        {
            _bound.Parameters[i].Value = values[i].Kind switch
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

        if (enter is not null)
        {
            _entering.Parameters[values.Length].Value = TenantWall.TenantOf(enter);
            _entering.Parameters[values.Length + 1].Value = TenantWall.ReachOf(enter);
        }
    }

    public override int Execute() => _bound.ExecuteNonQuery();

    public override bool Read() => (_row.Reader ??= Begin()).Read();

    public override void Reset()
    {
        _row.Reader?.Dispose();
        _row.Reader = null;
    }

    public override void Dispose()
    {
        Reset();
        _plain.Dispose();
        _entering.Dispose();
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, int parameters)
    {
#pragma warning disable CA2100 // constant text with parameters, see SqlSession
        var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        for (var i = 0; i < parameters; i++)
        {
            command.Parameters.Add(new NpgsqlParameter { ParameterName = NameOf(i) });
        }

        return command;
    }

    private NpgsqlDataReader Begin()
    {
        var reader = _bound.ExecuteReader();
        if (_bound == _entering)
        {
            reader.NextResult(); // over what naming the scope answered
        }

        return reader;
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
