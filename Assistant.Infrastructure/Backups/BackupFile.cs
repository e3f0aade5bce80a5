using System.Security.Cryptography;
using Assistant.Domain.Backups;
using Assistant.Infrastructure.Security.Sealing;

namespace Assistant.Infrastructure.Backups;

/// <summary>A backup as a file: written aside and then given its name, read to its end.</summary>
internal static class BackupFile
{
    /// <summary>Ends the name of a backup that is being written, or that nobody finished.</summary>
    public const string Unfinished = ".part";

    /// <param name="derivation">What the master key is derived with, where it is.</param>
    /// <param name="fill">Writes the entries and returns the manifest.</param>
    /// <exception cref="BackupRefusedException">It cannot be written, or there is one of that name.</exception>
    public static async Task<BackupContents> WriteAsync(
        string path, byte[] master, byte[] derivation, Func<BackupArchiveWriter, Task<BackupManifest>> fill, CancellationToken cancellationToken)
    {
        RequireFree(path);
        var part = path + Unfinished;
        var (header, key) = BackupHeader.Create(master, derivation);
        try
        {
            BackupManifest manifest;
            File.Delete(part); // of a run that was killed
            await using (var file = new FileStream(part, PrivateFile.Options(FileMode.CreateNew)))
            {
                await header.WriteAsync(file, cancellationToken);
                using var chunks = new BackupChunkWriter(file, key);
                var archive = new BackupArchiveWriter(chunks);
                manifest = await fill(archive);
                await archive.CompleteAsync(manifest, cancellationToken);
                file.Flush(flushToDisk: true);
            }

            File.Move(part, path, overwrite: false);
            FolderSync.Flush(Path.GetDirectoryName(Path.GetFullPath(path))!);
            return new BackupContents(manifest, new FileInfo(path).Length);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new BackupRefusedException(BackupFault.File, $"The backup cannot be written to {path}: {error.Message}", error);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
            Discard(part);
        }
    }

    /// <param name="open">As <see cref="BackupArchiveReader.ReadAsync"/> has it.</param>
    /// <exception cref="BackupRefusedException">It cannot be read, or is not as it was written.</exception>
    public static async Task<BackupContents> ReadAsync(
        string path, MasterKey master, Func<string, ValueTask<IEntrySink?>> open, CancellationToken cancellationToken)
    {
        await using var file = Open(path);
        var key = (await BackupHeader.ReadAsync(file, cancellationToken)).Open(master);
        try
        {
            using var chunks = new BackupChunkReader(file, key);
            return new BackupContents(await new BackupArchiveReader(chunks).ReadAsync(open, cancellationToken), file.Length);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <exception cref="BackupRefusedException">There is a file of that name.</exception>
    public static void RequireFree(string path)
    {
        if (Path.Exists(path))
        {
            throw new BackupRefusedException(BackupFault.Exists, $"{path} is there already. A backup is never written over anything: name another file.");
        }
    }

    private static FileStream Open(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan | FileOptions.Asynchronous);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new BackupRefusedException(BackupFault.File, $"{path} cannot be opened: {error.Message}", error);
        }
    }

    private static void Discard(string part)
    {
        try
        {
            File.Delete(part);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It is of no use without its end, and the next backup of this name takes its place.
        }
    }
}
