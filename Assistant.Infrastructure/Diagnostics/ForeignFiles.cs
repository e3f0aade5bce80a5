using System.Runtime.InteropServices;
using Assistant.Infrastructure.Backups;
using Assistant.Infrastructure.Persistence;

namespace Assistant.Infrastructure.Diagnostics;

/// <summary>What of the program's own in the data folder this account may not use: a verb that was run as root leaves such files behind.</summary>
/// <remarks>
/// Asked of the system (man 2 access) rather than tried: opening a file here would let go of the locks SQLite has on it in this process, and would
/// take a lock somebody is about to take. What else lies in the folder is the operator's, and need not be writable.
/// </remarks>
internal static class ForeignFiles
{
    private const int ReadAndWrite = 4 | 2;
    private const int Enter = 1;

    private static readonly string[] s_own =
    [
        "assistant.db", "assistant.db-wal", "assistant.db-shm", "serving.lock", "upgrade.lock", "backup.lock", "backup.spool", "restore.json", "restoring",
        InstallationFiles.Name, InstallationFiles.SessionKeys, InstallationFiles.Witness,
    ];

    /// <param name="mayUse">Whether this account may read and write a file, and enter it where it is a folder.</param>
    public static string? FindFirst(DataFolder folder, Func<FileSystemInfo, bool> mayUse)
        => s_own.Select(name => At(Path.Combine(folder.Path, name))).Where(found => found.Exists).SelectMany(WithContent).FirstOrDefault(found => !mayUse(found))?.FullName;

    public static bool MayUse(FileSystemInfo found)
        => OperatingSystem.IsWindows() || Access(found.FullName, found is DirectoryInfo ? ReadAndWrite | Enter : ReadAndWrite) == 0;

    private static FileSystemInfo At(string path) => Directory.Exists(path) ? new DirectoryInfo(path) : new FileInfo(path);

    private static IEnumerable<FileSystemInfo> WithContent(FileSystemInfo found) => found is DirectoryInfo folder
        ? folder.EnumerateFileSystemInfos("*", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true }).Prepend(folder)
        : [found];

    [DllImport("libc", EntryPoint = "access", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Access(string path, int mode);
}
