using Assistant.Domain.Backups;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Security;
using Assistant.Infrastructure.Security.Sealing;

namespace Assistant.Infrastructure.Backups;

/// <summary>What a restore makes ready in the data folder, its journal, and the moves the journal names.</summary>
internal sealed class RestoreFolder(DataFolder folder)
{
    private readonly string _ready = Path.Combine(folder.Path, "restoring");
    private readonly string _journal = Path.Combine(folder.Path, "restore.json");

    /// <summary>Whether there is a journal, readable or not.</summary>
    public static bool IsPending(DataFolder folder) => File.Exists(Path.Combine(folder.Path, "restore.json"));

    /// <summary>The journal of a restore that is not at its end, or <see langword="null"/>.</summary>
    /// <exception cref="InstallationException">It cannot be read.</exception>
    public RestoreJournal? Read()
    {
        try
        {
            return File.Exists(_journal) ? RestoreJournal.Parse(File.ReadAllBytes(_journal)) : null;
        }
        catch (Exception error) when (error is FormatException or IOException or UnauthorizedAccessException)
        {
            throw new InstallationException($"A restore was cut off, and its journal {_journal} cannot be read: {error.Message} Restore the backup again into another data folder.", error);
        }
    }

    /// <summary>Writes the journal in the place of the one before; it is on disk when this returns.</summary>
    public RestoreJournal Write(RestoreJournal journal)
    {
        var aside = $"{_journal}.next";
        File.Delete(aside);
        using (var file = new FileStream(aside, PrivateFile.Options(FileMode.CreateNew)))
        {
            file.Write(journal.ToBytes());
            file.Flush(flushToDisk: true);
        }

        File.Move(aside, _journal, overwrite: true);
        FolderSync.Flush(folder.Path);
        return journal;
    }

    /// <summary>A file of a backup, to be moved to its place later.</summary>
    public IEntrySink Stage(string name)
    {
        var path = Path.Combine(_ready, name);
        PrivateFolder.Create(_ready);
        PrivateFolder.Create(Path.GetDirectoryName(path)!);
        return new FileSink(new FileStream(path, PrivateFile.Options(FileMode.CreateNew)));
    }

    /// <summary>Everything made ready is on disk under its name when this returns.</summary>
    public void Settle()
    {
        if (!Directory.Exists(_ready))
        {
            return; // a backup of tables alone
        }

        foreach (var name in Directory.EnumerateDirectories(_ready, "*", SearchOption.AllDirectories).Append(_ready))
        {
            FolderSync.Flush(name);
        }
    }

    /// <summary>The moves that are left, one with each step; each can be taken twice. The last one of a stage is its note in the journal.</summary>
    public IEnumerable<RestoreJournal> Steps(RestoreJournal journal)
    {
        if (journal.Stage == RestoreStage.SettingAside)
        {
            foreach (var name in journal.Old)
            {
                MoveAside(name, journal.Aside);
                yield return journal;
            }

            FolderSync.Flush(folder.Path);
            yield return journal = Write(journal with { Stage = RestoreStage.Placing });
        }

        if (journal.Stage == RestoreStage.Placing)
        {
            foreach (var name in journal.New)
            {
                Place(name);
                yield return journal;
            }

            foreach (var parent in journal.New.Select(name => Path.GetDirectoryName(PathOf(name))!).Distinct(StringComparer.Ordinal))
            {
                FolderSync.Flush(parent);
            }

            yield return Write(journal with { Stage = RestoreStage.Recording });
        }
    }

    /// <summary>Forgets the restore, whether it came to its end or never to be.</summary>
    public void End()
    {
        File.Delete(_journal);
        FolderSync.Flush(folder.Path);
        Discard();
    }

    /// <summary>Takes away what was made ready for a restore that has no journal.</summary>
    public void Discard()
    {
        if (Directory.Exists(_ready))
        {
            Directory.Delete(_ready, recursive: true);
        }
    }

    private string PathOf(string name) => Path.Combine(folder.Path, name);

    private void MoveAside(string name, string aside)
    {
        var (from, to) = (PathOf(name), Path.Combine(folder.Path, aside, name));
        var isFolder = Directory.Exists(from);
        if (isFolder ? !Directory.EnumerateFileSystemEntries(from).Any() : !File.Exists(from))
        {
            return; // moved before, or never there
        }

        PrivateFolder.Create(Path.Combine(folder.Path, aside));
        while (Path.Exists(to))
        {
            to += ".later"; // somebody made an empty one since the old one was moved
        }

        if (isFolder)
        {
            Directory.Move(from, to);
            PrivateFolder.Create(from);
        }
        else
        {
            File.Move(from, to, overwrite: false);
        }

        FolderSync.Flush(Path.Combine(folder.Path, aside));
    }

    private void Place(string name)
    {
        if (Path.Combine(_ready, name) is var from && File.Exists(from))
        {
            PrivateFolder.Create(Path.GetDirectoryName(PathOf(name))!);
            File.Move(from, PathOf(name), overwrite: true);
        }
    }

    private sealed class FileSink(FileStream file) : IEntrySink
    {
        public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) => file.WriteAsync(bytes, cancellationToken);

        public ValueTask CompleteAsync(CancellationToken cancellationToken)
        {
            file.Flush(flushToDisk: true);
            return ValueTask.CompletedTask;
        }

        public ValueTask DisposeAsync() => file.DisposeAsync();
    }
}
