namespace Assistant.Infrastructure.Security;

/// <summary>Folders that no other account of the machine may look into.</summary>
internal static class PrivateFolder
{
    /// <summary>Makes the folder when it is missing, mode 0700 where there are modes; one that exists keeps what its owner gave it.</summary>
    public static DirectoryInfo Create(string path) => OperatingSystem.IsWindows()
        ? Directory.CreateDirectory(path)
        : Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
}
