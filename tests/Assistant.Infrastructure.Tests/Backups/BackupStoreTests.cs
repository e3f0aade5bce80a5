using Assistant.Domain.Backups;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Tests.Persistence;
using Assistant.Testing.Contracts;
using Assistant.Testing.InMemory;
using Xunit;

namespace Assistant.Infrastructure.Tests.Backups;

/// <summary>Keeps the fake honest.</summary>
public sealed class InMemoryBackupStoreTests : BackupStoreContract
{
    protected override Task<IBackedUpHouse> OpenAsync() => Task.FromResult<IBackedUpHouse>(new House());

    private sealed class House : IBackedUpHouse
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("assistant-backups-");
        private readonly InMemoryBackupStore _store = new();

        public string Folder => _folder.FullName;

        public Task<T> UseAsync<T>(Func<IBackupStore, Task<T>> act) => act(_store);

        public Task SayAsync(string subject)
        {
            _store.Lines.Add($"test.said {subject}");
            return Task.CompletedTask;
        }

        public Task<IReadOnlyList<string>> ReadAsync() => Task.FromResult<IReadOnlyList<string>>([.. _store.Lines]);

        public ValueTask DisposeAsync()
        {
            _folder.Delete(recursive: true);
            return ValueTask.CompletedTask;
        }
    }
}

public sealed class SqliteBackupStoreTests : BackupStoreContract
{
    protected override async Task<IBackedUpHouse> OpenAsync() => await BackedUpHouse.OpenAsync(onPostgres: false);

    [Fact]
    public async Task A_damaged_database_is_not_backed_up()
    {
        await using var house = await BackedUpHouse.OpenAsync(onPostgres: false);
        var path = Path.Combine(house.Folder, "one.backup");
        DamagedFile.Damage(new DataFolder(house.Folder), "facts"); // nothing a backup asks for by itself

        var refused = await Assert.ThrowsAsync<BackupRefusedException>(() => house.UseAsync(store => store.CreateAsync(path, (_, _) => Task.CompletedTask, Cancel)));

        Assert.Equal(BackupFault.Database, refused.Fault);
        Assert.StartsWith("The database is damaged: ", refused.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(house.Folder, "one.backup*"));
        Assert.False(File.Exists(Path.Combine(house.Folder, "backup.spool")));
    }
}

public sealed class PostgresBackupStoreTests : BackupStoreContract
{
    protected override async Task<IBackedUpHouse> OpenAsync() => await BackedUpHouse.OpenAsync(onPostgres: true);
}
