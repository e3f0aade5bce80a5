using System.Runtime.InteropServices;
using System.Text;

namespace Assistant.Infrastructure.Security.Sealing;

/// <summary>Files that are their owner's alone.</summary>
internal static class PrivateFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Writes a file that nobody has written yet; whoever comes later keeps the first one's.</summary>
    /// <remarks>Written aside and then given its name, so that a second process never reads half of it.</remarks>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Create(string path, byte[] content)
    {
        PrivateFolder.Create(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var aside = $"{path}.{Guid.CreateVersion7():N}";
        try
        {
            using (var file = new FileStream(aside, Options(FileMode.CreateNew)))
            {
                file.Write(content);
                file.Flush(flushToDisk: true);
            }

            GiveName(aside, path);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(aside);
        }
    }

    /// <summary>For writing a file that is its owner's alone from its first byte on.</summary>
    public static FileStreamOptions Options(FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        return options;
    }

    /// <exception cref="MasterKeyException">Others can read it.</exception>
    public static void RequirePrivate(string path, string what)
    {
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & ~(OwnerOnly | UnixFileMode.UserExecute)) != 0)
        {
            throw new MasterKeyException($"The {what} {path} can be read by others. Run: chmod 600 {path}");
        }
    }

    // On Unix, a move that may not overwrite looks first and renames then, and two processes that have both looked both rename: the first one's
    // key would be gone, with what it has sealed. A hard link is refused where the name is taken (https://man7.org/linux/man-pages/man2/link.2.html).
    private static void GiveName(string aside, string path)
    {
        if (OperatingSystem.IsWindows())
        {
            File.Move(aside, path, overwrite: false);
        }
        else if (Link(Encoding.UTF8.GetBytes(aside + '\0'), Encoding.UTF8.GetBytes(path + '\0')) == 0 || File.Exists(path))
        {
            File.Delete(aside);
        }
        else
        {
            File.Move(aside, path, overwrite: false); // a file system without hard links
        }
    }

    [DllImport("libc", EntryPoint = "link")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Link(byte[] from, byte[] to);
}
