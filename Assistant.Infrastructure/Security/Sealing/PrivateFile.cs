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
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        try
        {
            using (var file = new FileStream(aside, options))
            {
                file.Write(content);
                file.Flush(flushToDisk: true);
            }

            File.Move(aside, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(aside);
        }
    }

    /// <exception cref="MasterKeyException">Others can read it.</exception>
    public static void RequirePrivate(string path, string what)
    {
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & ~(OwnerOnly | UnixFileMode.UserExecute)) != 0)
        {
            throw new MasterKeyException($"The {what} {path} can be read by others. Run: chmod 600 {path}");
        }
    }
}
