using System.Security.Cryptography;

namespace Assistant.Infrastructure.Security.Sealing;

/// <summary>The installation's master key: 32 random bytes in a file only the service's account can read.</summary>
/// <remarks>
/// It wraps the tenants' data keys and the installation key. Without it no stored secret opens: back it up apart from the data.
/// The next key of a rotation lies beside it under its own name until everything is wrapped with it, and then takes its place.
/// </remarks>
internal sealed class MasterKeyFile(string path) : IMasterKeySource
{
    public const int KeySize = MasterKey.Size;

    public string Name => $"The master key file {path}";

    public string Advice => "Put the right file there from its backup, or name it with ASSISTANT_MASTER_KEY_FILE.";

    private string NextPath => $"{path}.next";

    public bool IsMade => File.Exists(path);

    // A new file in the place of one that is missing would open nothing, and hide what has happened.
    public byte[][] Read() => IsMade || Directory.Exists(path)
        ? ReadOrMake()
        : throw new MasterKeyException($"{Name} does not exist, and this data was made with one. {Advice}");

    public byte[][] ReadOrMake()
    {
        // In this order: between the two, the next one may take the first one's place.
        byte[][] next = File.Exists(NextPath) ? [ReadIfThere(NextPath)] : [];
        return [ReadOrCreate(path), .. next.Where(key => key.Length > 0)];
    }

    public byte[][] Find(byte[] derivation) => IsMade ? Read() : [];

    /// <summary>The key a rotation changes to, made unless a rotation that was cut off has made it.</summary>
    /// <exception cref="MasterKeyException">It cannot be written.</exception>
    public byte[] CreateNext() => ReadOrCreate(NextPath);

    /// <summary>Finishes a rotation if this key, which is in force, is still the next one.</summary>
    /// <exception cref="MasterKeyException">It cannot be moved.</exception>
    public void PromoteIfNext(byte[] key)
    {
        if (File.Exists(NextPath) && ReadIfThere(NextPath).AsSpan().SequenceEqual(key))
        {
            Promote();
        }
    }

    /// <summary>Puts the next key in the place of the first one, once everything is wrapped with it.</summary>
    /// <exception cref="MasterKeyException">It cannot be moved.</exception>
    public void Promote()
    {
        try
        {
            File.Move(NextPath, path, overwrite: true);
        }
        catch (FileNotFoundException)
        {
            // Another process has done it.
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new MasterKeyException($"{NextPath} is the master key now but cannot take the place of {path}: {error.Message} Move it there.", error);
        }
    }

    /// <summary>Reads the key, making it when there is none; an existing file is never written.</summary>
    /// <exception cref="MasterKeyException">The file cannot be used; the message says why and what to do.</exception>
    public static byte[] ReadOrCreate(string path)
    {
        if (Directory.Exists(path))
        {
            throw new MasterKeyException(
                $"The master key file {path} is a folder, as Docker makes one where a file to mount is missing. Remove it and put the file in its place.");
        }

        try
        {
            if (!File.Exists(path))
            {
                PrivateFile.Create(path, RandomNumberGenerator.GetBytes(KeySize));
            }

            PrivateFile.RequirePrivate(path, "master key file");
            var key = File.ReadAllBytes(path);
            return key.Length == KeySize
                ? key
                : throw new MasterKeyException($"The master key file {path} has {key.Length} bytes instead of {KeySize}. Restore it from its backup.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            var advice = error is UnauthorizedAccessException ? " Give it to the account this program runs under." : "";
            throw new MasterKeyException($"The master key file {path} cannot be used: {error.Message.TrimEnd('.')}.{advice}", error);
        }
    }

    private static byte[] ReadIfThere(string path)
    {
        try
        {
            return File.ReadAllBytes(path) is { Length: KeySize } key ? key : [];
        }
        catch (FileNotFoundException)
        {
            return [];
        }
    }
}
