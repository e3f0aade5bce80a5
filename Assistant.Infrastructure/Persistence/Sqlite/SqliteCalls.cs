// The provider's own bindings take a safe handle, which is counted up and down at each call: for the few nanoseconds it takes to read a column that
// is most of the cost, four hundred times an answer. Here a statement's handle is passed as it is; SqliteStatement keeps it open. Calls that only
// look at or copy what is at hand do not tell the garbage collector either that a thread is away; a step may wait for the disk and does.
// None of those waits: they take the connection's mutex, and a connection has one thread at a time.
// Source: https://www.sqlite.org/c3ref/funclist.html
using System.Runtime.InteropServices;

namespace Assistant.Infrastructure.Persistence.Sqlite;

/// <summary>Functions of the library the provider has loaded.</summary>
internal static class SqliteCalls
{
    /// <summary>SQLITE_TRANSIENT: the bytes are copied before the call returns.</summary>
    public const nint Transient = -1;

    private const string Library = "e_sqlite3";
    private const DllImportSearchPath Beside = DllImportSearchPath.SafeDirectories | DllImportSearchPath.AssemblyDirectory;

    [DllImport(Library, EntryPoint = "sqlite3_step")]
    [DefaultDllImportSearchPaths(Beside)]
    public static extern int Step(nint statement);

    [DllImport(Library, EntryPoint = "sqlite3_reset")]
    [DefaultDllImportSearchPaths(Beside)]
    public static extern int Reset(nint statement);

    [DllImport(Library, EntryPoint = "sqlite3_bind_null"), SuppressGCTransition]
    [DefaultDllImportSearchPaths(Beside)]
    public static extern int BindNull(nint statement, int place);

    [DllImport(Library, EntryPoint = "sqlite3_bind_int64"), SuppressGCTransition]
    [DefaultDllImportSearchPaths(Beside)]
    public static extern int BindInt64(nint statement, int place, long number);

    [DllImport(Library, EntryPoint = "sqlite3_bind_text")]
    [DefaultDllImportSearchPaths(Beside)]
    public static extern int BindText(nint statement, int place, ref byte text, int length, nint lifetime);

    [DllImport(Library, EntryPoint = "sqlite3_column_type"), SuppressGCTransition]
    [DefaultDllImportSearchPaths(Beside)]
    public static extern int ColumnType(nint statement, int column);

    [DllImport(Library, EntryPoint = "sqlite3_column_int64"), SuppressGCTransition]
    [DefaultDllImportSearchPaths(Beside)]
    public static extern long ColumnInt64(nint statement, int column);

    /// <summary>Address of the content; to be asked before its length.</summary>
    [DllImport(Library, EntryPoint = "sqlite3_column_blob"), SuppressGCTransition]
    [DefaultDllImportSearchPaths(Beside)]
    public static extern nint ColumnBlob(nint statement, int column);

    [DllImport(Library, EntryPoint = "sqlite3_column_bytes"), SuppressGCTransition]
    [DefaultDllImportSearchPaths(Beside)]
    public static extern int ColumnBytes(nint statement, int column);
}
