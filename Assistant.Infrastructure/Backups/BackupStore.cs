using System.Data.Common;
using System.Reflection;
using Assistant.Domain.Backups;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Security.Sealing;

namespace Assistant.Infrastructure.Backups;

/// <inheritdoc cref="IBackupStore"/>
internal sealed class BackupStore(
    IDatabaseBackup database, InstallationFiles files, RestoreFolder ready, MasterKey master, ServingLock servingLock, Installation installation,
    DataFolder folder, TimeProvider clock) : IBackupStore
{
    public async Task<BackupContents> CreateAsync(string path, Func<Guid, CancellationToken, Task> begun, CancellationToken cancellationToken)
    {
        var target = Path.GetFullPath(path);
        BackupFile.RequireFree(target);
        var id = Guid.CreateVersion7();
        await begun(id, cancellationToken);
        await using var snapshot = await BeginAsync(cancellationToken);
        var made = clock.GetUtcNow();
        // The key that opens this very state: a rotation may have ended a moment ago.
        var key = master.RequireFor(snapshot.WrappedKey, InstallationKey.Binding);
        try
        {
            return await BackupFile.WriteAsync(target, key, master.Derivation, FillAsync, cancellationToken);
        }
        catch (DbException error)
        {
            throw new BackupRefusedException(BackupFault.Database, $"The database cannot be copied: {error.Message}", error);
        }

        async Task<BackupManifest> FillAsync(BackupArchiveWriter archive)
        {
            foreach (var name in files.List())
            {
                await using var file = new FileStream(files.PathOf(name), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                await archive.AddAsync(name, [], file, cancellationToken);
            }

            await snapshot.WriteAsync(archive, cancellationToken);
            return new BackupManifest(
                BackupManifest.CurrentFormat, id, ProductVersion, database.Kind, snapshot.Schema, files.ReadName(), made, archive.Entries, snapshot.Logs);
        }
    }

    public Task<BackupContents> ReadAsync(string path, CancellationToken cancellationToken)
        => BackupFile.ReadAsync(Path.GetFullPath(path), master, _ => ValueTask.FromResult<IEntrySink?>(null), cancellationToken);

    public async Task<StandingInstallation> LookAsync(CancellationToken cancellationToken)
    {
        var standing = await database.LookAsync(cancellationToken);
        return new StandingInstallation(
            database.Kind, standing.IsEmpty, standing.Logs, standing.KnownSchemas, IsServed(), new DriveInfo(folder.Path).AvailableFreeSpace);
    }

    public async Task<string?> RestoreAsync(string path, RestorePlan plan, RestoreJournal journal, CancellationToken cancellationToken)
    {
        Take();
        try
        {
            await PrepareAsync(Path.GetFullPath(path), plan, journal, cancellationToken);
            await installation.PrepareAsync(cancellationToken); // takes the steps of the journal, as a start after a crash would
        }
        catch (InstallationException fault)
        {
            throw new BackupRefusedException(BackupFault.Database, fault.Message, fault);
        }
        finally
        {
            servingLock.Release();
        }

        var aside = Path.Combine(folder.Path, journal.Aside);
        return Directory.Exists(aside) ? aside : null;
    }

    /// <summary>Makes everything ready and writes the journal. Until then nothing of the installation is touched; from then on it is the backup's.</summary>
    private async Task PrepareAsync(string path, RestorePlan plan, RestoreJournal journal, CancellationToken cancellationToken)
    {
        var manifest = plan.Backup.Manifest;
        ready.Discard(); // of a run that was killed
        try
        {
            await using var tables = await database.BeginRestoreAsync(manifest, journal.Id, cancellationToken);
            var incoming = new List<string>();
            var read = await BackupFile.ReadAsync(path, master, OpenAsync, cancellationToken);
            if (read.Manifest.Digest() != manifest.Digest())
            {
                throw new BackupRefusedException(BackupFault.Damaged, "The file is another backup than a moment ago. Nothing was changed.");
            }

            ready.Settle();
            journal = journal with
            {
                Old = [.. database.Files.Concat(files.Outgoing(manifest.Installation, incoming))],
                New = incoming,
                Stage = tables is null ? RestoreStage.SettingAside : RestoreStage.Copying,
            };
            ready.Write(journal);
            if (tables is not null)
            {
                await tables.CommitAsync(cancellationToken);
            }

            async ValueTask<IEntrySink?> OpenAsync(string name)
            {
                if (name.StartsWith(BackupEntry.Tables, StringComparison.Ordinal))
                {
                    return await tables!.OpenAsync(manifest.Entries.First(entry => entry.Name == name), cancellationToken);
                }

                if (!files.Takes(manifest.Installation, name))
                {
                    return null;
                }

                incoming.Add(name);
                return ready.Stage(name);
            }
        }
        catch (DbException error) when (ready.Read() is not null)
        {
            throw new BackupRefusedException(
                BackupFault.Database, $"The database did not say whether it has taken the backup: {error.Message.TrimEnd('.')}. The next start asks it, and finishes the restore or drops it.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new BackupRefusedException(BackupFault.NoSpace, $"The backup cannot be made ready in {folder.Path}: {error.Message} Nothing was changed.", error);
        }
        catch (DbException error)
        {
            throw new BackupRefusedException(BackupFault.Database, $"The database does not take the backup: {error.Message.TrimEnd('.')}. Nothing was changed.", error);
        }
        finally
        {
            if (ready.Read() is null)
            {
                ready.Discard();
            }
        }
    }

    private async Task<IDatabaseSnapshot> BeginAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await database.BeginAsync(cancellationToken);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or DbException)
        {
            throw new BackupRefusedException(BackupFault.Database, $"The database cannot be copied: {error.Message}", error);
        }
    }

    private bool IsServed()
    {
        try
        {
            servingLock.Take();
            servingLock.Release();
            return false;
        }
        catch (InstallationException)
        {
            return true;
        }
    }

    private void Take()
    {
        try
        {
            servingLock.Take();
        }
        catch (InstallationException busy)
        {
            throw new BackupRefusedException(BackupFault.Served, "The program is serving from this data folder. Stop it first.", busy);
        }
    }

    private static string ProductVersion
        => typeof(BackupStore).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
}
