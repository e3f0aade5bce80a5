using Assistant.Domain.Backups;
using Assistant.Testing.Contracts;
using Assistant.Testing.InMemory;

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
}

public sealed class PostgresBackupStoreTests : BackupStoreContract
{
    protected override async Task<IBackedUpHouse> OpenAsync() => await BackedUpHouse.OpenAsync(onPostgres: true);
}
