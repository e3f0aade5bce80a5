// SQLite never clears what lies between a page's list of cells and its first cell. With secure_delete it overwrites cells it frees, yet when
// it spreads rows over pages anew it copies them and leaves their former bytes in that gap, beyond the reach of any later DELETE.
using System.Buffers.Binary;
using System.Data.Common;
using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;

namespace Assistant.Infrastructure.Persistence.Sqlite;

/// <summary>The bytes of a database file's pages that belong to no row, overwritten with zeros through SQLite's own handle on the file.</summary>
/// <remarks>
/// Sound only while nobody else can write the file: the caller holds the write lock and the write-ahead log is empty, so there is nothing
/// a checkpoint could carry over. What is written is read by nobody and may be cut off anywhere. Afterwards the caller commits a change,
/// whereupon every other connection drops the pages it remembers, gaps included.
/// Layout: the SQLite file format, section 1.6, "B-tree Pages".
/// </remarks>
internal sealed class SqliteUnallocatedSpace
{
    private const int FilePointer = 7; // SQLITE_FCNTL_FILE_POINTER
    private const int FullSync = 3; // SQLITE_SYNC_FULL
    private const int FileHeaderSize = 100;
    private const int BlockSize = 1 << 20;

    // From here on the first byte of an overflow page, which begins with a page's number, may look like a b-tree page's kind.
    private const long MostPages = 0x0200_0000;

    private readonly IntPtr _file;
    private readonly Read _read;
    private readonly Write _write;
    private readonly Sync _sync;
    private readonly FileSize _fileSize;
    private readonly int _pageSize;
    private readonly int _usable;
    private readonly bool _hasPointerMaps;

    /// <exception cref="SqliteException">SQLite does not hand out its file.</exception>
    public SqliteUnallocatedSpace(DbConnection connection)
    {
        Check(FileControl(((SqliteConnection)connection).Handle!.DangerousGetHandle(), "main\0"u8.ToArray(), FilePointer, out _file));
        // struct sqlite3_io_methods: version, xClose, xRead, xWrite, xTruncate, xSync, xFileSize, …
        var methods = Marshal.ReadIntPtr(_file);
        _read = Method<Read>(methods, 2);
        _write = Method<Write>(methods, 3);
        _sync = Method<Sync>(methods, 5);
        _fileSize = Method<FileSize>(methods, 6);
        var header = new byte[FileHeaderSize];
        Check(_read(_file, header, header.Length, 0));
        _pageSize = BinaryPrimitives.ReadUInt16BigEndian(header.AsSpan(16)) is var size && size == 1 ? 65536 : size;
        _usable = _pageSize - header[20];
        _hasPointerMaps = BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(52)) != 0;
    }

    /// <summary>Bytes of the file now.</summary>
    public long Length
    {
        get
        {
            Check(_fileSize(_file, out var length));
            return length;
        }
    }

    /// <summary>Whether b-tree pages can be told from others by themselves.</summary>
    public bool IsKnown => !_hasPointerMaps && Length / _pageSize < MostPages;

    /// <summary>Overwrites the unallocated space of the pages of a range, and waits until it is on disk.</summary>
    /// <param name="from">Offset in the file, a multiple of a mebibyte.</param>
    /// <param name="to">Offset in the file; what lies beyond its end is passed over.</param>
    /// <returns>How many pages held something there.</returns>
    public int Overwrite(long from, long to)
    {
        var block = new byte[BlockSize];
        var (end, changed) = (Math.Min(to, Length), 0);
        for (var at = from; at < end; at += BlockSize)
        {
            var length = (int)Math.Min(BlockSize, end - at);
            Check(_read(_file, block, length, at));
            for (var page = 0; page + _pageSize <= length; page += _pageSize)
            {
                // The first page holds the file's header and the schema: nothing of anybody.
                if (at + page > 0 && Clear(block.AsSpan(page, _usable)))
                {
                    Check(_write(_file, block[page..(page + _pageSize)], _pageSize, at + page));
                    changed++;
                }
            }
        }

        if (changed > 0)
        {
            Check(_sync(_file, FullSync));
        }

        return changed;
    }

    /// <summary>Zeroes what belongs to no cell of a b-tree page; leaves anything else as it is.</summary>
    /// <returns>Whether something was there.</returns>
    internal static bool Clear(Span<byte> page)
    {
        var header = page[0] switch
        {
            2 or 5 => 12, // inner pages: of an index, of a table
            10 or 13 => 8, // leaves
            _ => 0,
        };
        if (header == 0)
        {
            return false;
        }

        var cells = header + (2 * Number(page, 3));
        var content = Number(page, 5) is var first && first == 0 ? 65536 : first;
        if (cells > content || content > page.Length || !AreCells(page[header..cells], content, page.Length) || !AreFreeBlocks(page, content))
        {
            return false;
        }

        var hadSome = Zero(page[cells..content]);
        for (var block = Number(page, 1); block != 0; block = Number(page, block))
        {
            hadSome |= Zero(page.Slice(block + 4, Number(page, block + 2) - 4));
        }

        return hadSome;
    }

    private static bool AreCells(ReadOnlySpan<byte> pointers, int content, int end)
    {
        for (var i = 0; i < pointers.Length; i += 2)
        {
            if (Number(pointers, i) < content || Number(pointers, i) >= end)
            {
                return false;
            }
        }

        return true;
    }

    // Each begins with the offset of the next, which lies behind it, and its own size.
    private static bool AreFreeBlocks(ReadOnlySpan<byte> page, int content)
    {
        var before = content;
        for (var block = Number(page, 1); block != 0; block = Number(page, block))
        {
            if (block < before || block + 4 > page.Length || Number(page, block + 2) < 4 || block + Number(page, block + 2) > page.Length)
            {
                return false;
            }

            before = block + Number(page, block + 2);
        }

        return true;
    }

    private static bool Zero(Span<byte> bytes)
    {
        if (!bytes.ContainsAnyExcept((byte)0))
        {
            return false;
        }

        bytes.Clear();
        return true;
    }

    private static int Number(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]);

    private static T Method<T>(IntPtr methods, int place)
        where T : Delegate
        => Marshal.GetDelegateForFunctionPointer<T>(Marshal.ReadIntPtr(methods, place * IntPtr.Size));

    private static void Check(int result)
    {
        if (result != 0)
        {
            throw new SqliteException($"The database's file could not be read or overwritten (SQLite error {result}).", result);
        }
    }

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int Read(IntPtr file, [Out] byte[] buffer, int length, long offset);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int Write(IntPtr file, byte[] buffer, int length, long offset);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int Sync(IntPtr file, int flags);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int FileSize(IntPtr file, out long length);

    [DllImport("e_sqlite3", EntryPoint = "sqlite3_file_control", CallingConvention = CallingConvention.Cdecl)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories | DllImportSearchPath.AssemblyDirectory)]
    private static extern int FileControl(IntPtr connection, byte[] database, int operation, out IntPtr file);
}
