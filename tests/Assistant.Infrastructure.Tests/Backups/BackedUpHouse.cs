using System.Globalization;
using Assistant.Domain.Audit;
using Assistant.Domain.Backups;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Tests.Persistence;
using Assistant.Testing.Contracts;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Assistant.Infrastructure.Tests.Backups;

/// <summary>A house of either kind; each use of it is a process that starts, does one thing and ends.</summary>
internal sealed class BackedUpHouse(TestHouse house) : IBackedUpHouse
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public string Folder => house.Folder.FullName;

    public static async Task<BackedUpHouse> OpenAsync(bool onPostgres)
    {
        var house = new BackedUpHouse(onPostgres ? await TestHouse.OnPostgresAsync() : await TestHouse.OnSqliteAsync());
        await house.StartAsync(_ => Task.FromResult(0));
        return house;
    }

    public Task<T> UseAsync<T>(Func<IBackupStore, Task<T>> act) => InProcessAsync(process => act(process.Get<IBackupStore>()));

    public Task SayAsync(string subject) => InProcessAsync(async process =>
    {
        await process.Get<IAuditLog>().AppendAsync(
            new AuditDraft(TenantId.Default, process.Clock.GetUtcNow(), Actor.System, "test.said", subject, "local", AuditDraft.NoDetails), Cancel);
        return 0;
    });

    public Task<IReadOnlyList<string>> ReadAsync() => InProcessAsync<IReadOnlyList<string>>(async process =>
        await process.Get<IAuditLog>().ReadAsync(TenantId.Default, 1, Cancel).Select(e => $"{e.What.Action} {e.What.Subject}").ToListAsync(Cancel));

    /// <summary>A process that is made ready as every start is, which ends a restore that was cut off.</summary>
    public Task<T> StartAsync<T>(Func<TestHouse, Task<T>> act) => InProcessAsync(async process =>
    {
        await process.Get<Installation>().PrepareAsync(Cancel);
        return await act(process);
    });

    public async Task<T> InProcessAsync<T>(Func<TestHouse, Task<T>> act)
    {
        try
        {
            await using var process = house.Restart();
            return await act(process);
        }
        finally
        {
            SqliteConnection.ClearAllPools(); // a process that has ended holds no file open
        }
    }

    public Task<RestorePlan> PlanAsync(string path)
        => UseAsync(async store => RestorePlan.Make(await store.ReadAsync(path, Cancel), await store.LookAsync(Cancel), replace: true));

    public static RestoreJournal Journal(RestorePlan plan, RestoreStage stage = RestoreStage.SettingAside)
    {
        var id = Guid.CreateVersion7();
        return new RestoreJournal(
            id, stage, $"replaced-{id:N}", [], [], UserDesk.LocalCaller(TenantId.Default).Actor, "local", plan.Backup.Manifest.MadeAt, plan.Backup.Manifest.Digest(),
            plan.Before, plan.Backup.Manifest.Logs);
    }

    /// <summary>Whether every tenant's chain is whole and ends where its head says.</summary>
    public Task<bool> IsIntactAsync() => InProcessAsync(async process =>
    {
        var log = process.Get<IAuditLog>();
        foreach (var tenant in await process.Get<ITenantDirectory>().ListAsync(Cancel))
        {
            var verdict = await AuditVerifier.VerifyAsync(
                tenant.Id, log.ReadAsync(tenant.Id, 1, Cancel), [await log.ReadHeadAsync(tenant.Id, Cancel)], process.Clock.GetUtcNow(), Cancel);
            if (verdict is not AuditVerdict.Intact)
            {
                return false;
            }
        }

        return true;
    });

    /// <summary>Every row of every table of the model, by table, as text in an order of its own.</summary>
    public Task<Dictionary<string, List<string>>> ReadRowsAsync() => InProcessAsync(async process =>
    {
        var tables = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        await using var context = process.Get<IDatabase>().OpenSchemaContext();
        await context.Database.OpenConnectionAsync(Cancel);
        foreach (var table in context.Model.GetRelationalModel().Tables)
        {
            await using var command = context.Database.GetDbConnection().CreateCommand();
#pragma warning disable CA2100 // names of the model
            command.CommandText = $"SELECT {string.Join(", ", table.Columns.Select(column => $"\"{column.Name}\""))} FROM \"{table.Name}\"";
#pragma warning restore CA2100
            await using var reader = await command.ExecuteReaderAsync(Cancel);
            var rows = new List<string>();
            while (await reader.ReadAsync(Cancel))
            {
                rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(i => reader.GetValue(i) is byte[] bytes
                    ? Convert.ToHexString(bytes) : Convert.ToString(reader.GetValue(i), CultureInfo.InvariantCulture))));
            }

            rows.Sort(StringComparer.Ordinal);
            tables.Add(table.Name, rows);
        }

        return tables;
    });

    public ValueTask DisposeAsync() => house.DisposeAsync();
}
