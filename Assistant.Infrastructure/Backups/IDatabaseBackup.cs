using Assistant.Domain.Backups;

namespace Assistant.Infrastructure.Backups;

/// <summary>What differs between the twin databases when they are backed up and restored.</summary>
internal interface IDatabaseBackup
{
    /// <summary><c>sqlite</c> or <c>postgres</c>, as the setting names it.</summary>
    string Kind { get; }

    /// <summary>Its files below the data folder, which a restore sets aside. None where a server keeps them.</summary>
    IReadOnlyList<string> Files { get; }

    /// <summary>Fixes the database as it is now, whoever goes on writing.</summary>
    Task<IDatabaseSnapshot> BeginAsync(CancellationToken cancellationToken);

    /// <summary>What there is now, as far as it can be read.</summary>
    /// <exception cref="BackupRefusedException">It cannot be asked.</exception>
    Task<StandingDatabase> LookAsync(CancellationToken cancellationToken);

    /// <summary>Begins to take a backup's tables, where they are not files; <see langword="null"/> where they are.</summary>
    /// <exception cref="BackupRefusedException">The database refuses.</exception>
    Task<IDatabaseRestore?> BeginRestoreAsync(BackupManifest manifest, Guid restore, CancellationToken cancellationToken);

    /// <summary>Whether the database took the content of this restore. Waits until one that was cut off has ended, one way or the other.</summary>
    Task<bool> HasTakenAsync(Guid restore, CancellationToken cancellationToken);
}

/// <summary>One state of a database.</summary>
internal interface IDatabaseSnapshot : IAsyncDisposable
{
    /// <summary>The newest migration.</summary>
    string Schema { get; }

    IReadOnlyList<LogHead> Logs { get; }

    /// <summary>The wrapped installation key: tells which master key this state belongs to.</summary>
    byte[] WrappedKey { get; }

    Task WriteAsync(BackupArchiveWriter archive, CancellationToken cancellationToken);
}

/// <summary>A database that takes new content, in one transaction.</summary>
internal interface IDatabaseRestore : IAsyncDisposable
{
    /// <summary>Where a table of the backup goes.</summary>
    ValueTask<IEntrySink> OpenAsync(BackupEntry table, CancellationToken cancellationToken);

    Task CommitAsync(CancellationToken cancellationToken);
}

/// <summary>The database in the place of which a backup would go.</summary>
internal sealed record StandingDatabase(bool IsEmpty, IReadOnlyList<LogHead> Logs, IReadOnlyCollection<string> KnownSchemas);
