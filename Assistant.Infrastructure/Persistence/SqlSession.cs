using System.Data.Common;

namespace Assistant.Infrastructure.Persistence;

/// <summary>An open connection with its prepared statements. For one thread at a time.</summary>
/// <remarks>SQL is constant text with parameters <c>@p0</c>, <c>@p1</c>…; values are always bound, never joined.</remarks>
internal class SqlSession(IDatabase database, DbConnection connection) : IDisposable
{
    private readonly Dictionary<string, SqlStatement> _statements = new(StringComparer.Ordinal);
    private TenantScope? _entered;

    protected IDatabase Database => database;

    protected DbConnection Connection => connection;

    public bool IsPostgres => database.IsPostgres;

    /// <summary>Whether the database closed the connection.</summary>
    public bool IsLost => connection.State != System.Data.ConnectionState.Open;

    public string ForUpdate => database.ForUpdate;

    /// <summary>Whose rows the statements see, where the database itself keeps tenants apart; <see langword="null"/> where nobody named any.</summary>
    protected TenantScope? Scope { get; private set; }

    /// <summary>Runs a statement; returns the number of rows it changed.</summary>
    public int Execute(string sql, params ReadOnlySpan<SqlValue> values)
    {
        var statement = Bind(sql, values);
        try
        {
            return statement.Execute();
        }
        finally
        {
            statement.Reset();
        }
    }

    /// <summary>The first row mapped, or <see langword="default"/>.</summary>
    public T? QueryFirst<T>(string sql, Func<SqlRow, T> map, params ReadOnlySpan<SqlValue> values)
    {
        var statement = Bind(sql, values);
        try
        {
            return statement.Read() ? map(statement.Row) : default;
        }
        finally
        {
            statement.Reset();
        }
    }

    /// <summary>All rows mapped.</summary>
    public List<T> Query<T>(string sql, Func<SqlRow, T> map, params ReadOnlySpan<SqlValue> values)
    {
        var rows = new List<T>();
        var statement = Bind(sql, values);
        try
        {
            while (statement.Read())
            {
                rows.Add(map(statement.Row));
            }

            return rows;
        }
        finally
        {
            statement.Reset();
        }
    }

    /// <summary>Runs several reads. On SQLite they see one state of the database; on PostgreSQL each sees what was committed when it began.</summary>
    /// <remarks>
    /// On SQLite it also spares each statement the locks and the check of the page cache that open a transaction of its own. On PostgreSQL a
    /// transaction would cost every read two more round trips: whoever needs one state bounds what is read, as the search projection does.
    /// </remarks>
    public T InSnapshot<T>(TenantScope scope, Func<SqlSession, T> read)
    {
        if (IsPostgres)
        {
            return InScope(scope, read, this);
        }

        Execute("BEGIN");
        var result = InScope(scope, read, this);
        Execute("COMMIT");
        return result;
    }

    /// <summary>Runs a part of the work with a scope of its own.</summary>
    public T Within<T>(TenantScope scope, Func<SqlSession, T> work) => InScope(scope, work, this);

    /// <summary>Runs the work with this scope, and goes back to the one before.</summary>
    protected T InScope<TSession, T>(TenantScope scope, Func<TSession, T> work, TSession session) where TSession : SqlSession
    {
        var before = Scope;
        Scope = scope;
        T result;
        try
        {
            OnScopeChanged();
            result = work(session);
        }
        finally
        {
            Scope = before;
        }

        OnScopeChanged();
        return result;
    }

    /// <summary>Whether what the database was told holds until the transaction ends; otherwise each statement is one of its own.</summary>
    protected virtual bool IsInTransaction => false;

    /// <summary>The scope is another from here on.</summary>
    protected virtual void OnScopeChanged() { }

    /// <summary>A transaction begins: the database has been told nothing.</summary>
    protected void ForgetScope() => _entered = null;

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            foreach (var statement in _statements.Values)
            {
                statement.Dispose();
            }

            connection.Dispose();
        }
    }

    private SqlStatement Bind(string sql, ReadOnlySpan<SqlValue> values)
    {
        if (!_statements.TryGetValue(sql, out var statement))
        {
            statement = database.Prepare(connection, sql, values.Length);
            _statements.Add(sql, statement);
        }

        statement.Bind(Enter(), values);
        return statement;
    }

    private TenantScope? Enter()
    {
        if (!IsPostgres || Scope == _entered)
        {
            return null;
        }

        _entered = IsInTransaction ? Scope : null;
        return Scope;
    }
}
