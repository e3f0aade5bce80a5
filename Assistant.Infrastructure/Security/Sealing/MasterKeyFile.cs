using System.Security.Cryptography;

namespace Assistant.Infrastructure.Security.Sealing;

/// <summary>The installation's master key: 32 random bytes in a file only the service's account can read.</summary>
/// <remarks>It wraps the tenants' data keys and the session keys. Without it no stored secret opens: back it up apart from the data.</remarks>
internal static class MasterKeyFile
{
    public const int KeySize = 32;

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Reads the key, making it on the first start; an existing file is never written.</summary>
    /// <exception cref="MasterKeyException">The file cannot be used; the message says why and what to do.</exception>
    public static byte[] ReadOrCreate(string path)
    {
        try
        {
            if (!File.Exists(path))
            {
                Create(path);
            }

            RequirePrivate(path);
            var key = File.ReadAllBytes(path);
            return key.Length == KeySize
                ? key
                : throw new MasterKeyException($"The master key file {path} has {key.Length} bytes instead of {KeySize}. Restore it from its backup.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new MasterKeyException($"The master key file {path} cannot be used: {error.Message}", error);
        }
    }

    // Written aside and then given its name, so that a second process never reads half a key; whoever comes later keeps the first one's.
    private static void Create(string path)
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
                file.Write(RandomNumberGenerator.GetBytes(KeySize));
                file.Flush(flushToDisk: true);
            }

            File.Move(aside, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(aside);
        }
    }

    private static void RequirePrivate(string path)
    {
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & ~(OwnerOnly | UnixFileMode.UserExecute)) != 0)
        {
            throw new MasterKeyException($"The master key file {path} can be read by others. Run: chmod 600 {path}");
        }
    }
}

/// <summary>The application cannot start without its master key.</summary>
public sealed class MasterKeyException(string message, Exception? inner = null) : InvalidOperationException(message, inner);
