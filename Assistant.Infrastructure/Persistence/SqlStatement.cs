namespace Assistant.Infrastructure.Persistence;

/// <summary>The row a statement stands on. Valid until the statement is read on or reset.</summary>
/// <remarks>A column that is NULL is asked with <see cref="IsDBNull"/> or an <c>OrNull</c> first; the others throw for it.</remarks>
internal abstract class SqlRow
{
    public abstract bool IsDBNull(int column);

    /// <exception cref="InvalidCastException">The column is NULL.</exception>
    public abstract long GetInt64(int column);

    /// <inheritdoc cref="GetInt64"/>
    public abstract int GetInt32(int column);

    /// <inheritdoc cref="GetInt64"/>
    public abstract bool GetBoolean(int column);

    /// <inheritdoc cref="GetInt64"/>
    public abstract string GetString(int column);

    /// <inheritdoc cref="GetInt64"/>
    public abstract Guid GetGuid(int column);

    /// <inheritdoc cref="GetInt64"/>
    public abstract byte[] GetBytes(int column);

    public DateTimeOffset Time(int column) => DateTimeOffset.FromUnixTimeMilliseconds(GetInt64(column));

    public DateTimeOffset? TimeOrNull(int column) => IsDBNull(column) ? null : Time(column);

    public string? TextOrNull(int column) => IsDBNull(column) ? null : GetString(column);

    public Guid? GuidOrNull(int column) => IsDBNull(column) ? null : GetGuid(column);

    public T Enum<T>(int column) where T : struct, Enum => System.Enum.Parse<T>(GetString(column));
}

/// <summary>A statement kept prepared on its connection: bind, execute or read, reset, and again. For one thread at a time.</summary>
/// <remarks>Its parameters are named <c>@p0</c>, <c>@p1</c>… and may occur in the text in any order and more than once.</remarks>
internal abstract class SqlStatement : IDisposable
{
    /// <summary>Most parameters a statement may have.</summary>
    public const int MaxParameters = 40;

    /// <summary>What <see cref="Read"/> has come to.</summary>
    public abstract SqlRow Row { get; }

    /// <summary>Gives every parameter its value; to be called before the statement runs, on a statement that was reset.</summary>
    /// <param name="enter">What the database is told first, in the same round trip, where it keeps tenants apart itself.</param>
    public abstract void Bind(TenantScope? enter, ReadOnlySpan<SqlValue> values);

    /// <summary>Runs it to its end; returns the number of rows it changed.</summary>
    /// <exception cref="System.Data.Common.DbException">The database refused.</exception>
    public abstract int Execute();

    /// <summary>Goes to the first row, then to each next; <see langword="false"/> behind the last.</summary>
    /// <inheritdoc cref="Execute" path="/exception"/>
    public abstract bool Read();

    /// <summary>Ends reading and makes it ready to be bound again. Never throws.</summary>
    public abstract void Reset();

    public abstract void Dispose();

    /// <summary>Name of the parameter with this number.</summary>
    protected static string NameOf(int parameter) => Names[parameter];

    private static readonly string[] Names = [.. Enumerable.Range(0, MaxParameters).Select(i => $"@p{i}")];
}
