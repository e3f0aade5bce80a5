namespace Assistant.Domain.Backups;

/// <summary>Makes, reads and restores backups: one file each, of no use without the master key.</summary>
public interface IBackupStore
{
    /// <summary>Writes one consistent state of the installation, whether it serves or not. The file appears under its name once it is whole.</summary>
    /// <param name="begun">Runs once nothing stands in the way, before the state is fixed: what it writes is in the backup.</param>
    /// <exception cref="BackupRefusedException">There is a file of that name, or it cannot be written.</exception>
    Task<BackupContents> CreateAsync(string path, Func<Guid, CancellationToken, Task> begun, CancellationToken cancellationToken);

    /// <summary>Reads a backup to its end and checks every byte of it. Changes nothing.</summary>
    /// <exception cref="BackupRefusedException">It is not as it was written, or no master key at hand opens it.</exception>
    Task<BackupContents> ReadAsync(string path, CancellationToken cancellationToken);

    /// <summary>What stands where a backup would go. Changes nothing.</summary>
    /// <exception cref="BackupRefusedException">The database cannot be asked.</exception>
    Task<StandingInstallation> LookAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Puts exactly this backup in the place of what stands there. Cut off at any instant, everything is as before, or the next start
    /// of the program finishes it before it does anything else.
    /// </summary>
    /// <param name="journal">Who restores what; the store fills in the files.</param>
    /// <returns>Folder with what stood there, or <see langword="null"/> when nothing did.</returns>
    /// <exception cref="BackupRefusedException">The file is not that backup any more, or a process serves. Nothing was changed.</exception>
    Task<string?> RestoreAsync(string path, RestorePlan plan, RestoreJournal journal, CancellationToken cancellationToken);
}
