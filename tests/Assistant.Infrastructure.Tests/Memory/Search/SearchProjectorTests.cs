using Assistant.Domain.Audit;
using Assistant.Domain.Memory;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Tests.Persistence;
using Assistant.Testing.Contracts;
using Xunit;

namespace Assistant.Infrastructure.Tests.Memory.Search;

/// <summary>How the index is kept up; what is found in it is in the contracts.</summary>
public abstract class SearchProjectorTests : PathContract
{
    private const string Entries = "SELECT COUNT(*) FROM search_entries WHERE tenant_id = 'default'";

    private TestHouse House => (TestHouse)Ports.Owner!;

    [Fact]
    public async Task A_large_index_is_cleared_without_a_pause_and_filled_again()
    {
        var conversation = await HearAsync(HomeLine, "1", "the boiler is in the attic");
        var person = (await Ports.Conversations.FindAsync(Home, conversation, Cancel))!.Person;
        await ExecuteAsync(
            "INSERT INTO search_entries (id, tenant_id, person_id, conversation_id, seq) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1201) "
            + "SELECT i, 'default', @p0, @p1, i FROM n", person.Value, conversation.Value);
        await DecideAsync(Indexing.Nothing);
        await DecideAsync(Indexing.Everything);

        // Nobody moves the clock: what is left after a pause stays.
        await RunAsync(async () => await CountAsync(Entries) == 1);
    }

    /// <summary>Runs the worker until something is so.</summary>
    private async Task RunAsync(Func<Task<bool>> isSo)
    {
        using var projector = House.Projector();
        await projector.StartAsync(Cancel);
        try
        {
            using var end = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
            end.CancelAfter(TimeSpan.FromSeconds(20));
            while (!await isSo())
            {
                await Task.Delay(TimeSpan.FromMilliseconds(10), end.Token);
            }
        }
        finally
        {
            await projector.StopAsync(CancellationToken.None);
        }
    }

    private Task<bool> DecideAsync(Indexing indexing) => Ports.Indexing.DecideAsync(Home, indexing, Draft(Home, AuditActions.IndexingChanged, "tenant/default"), Cancel);

    private Task<long> CountAsync(string sql)
        => House.Get<IReadPool>().ReadAsync(TenantScope.System, session => session.QueryFirst(sql, r => r.GetInt64(0)), Cancel).AsTask();

    private Task<int> ExecuteAsync(string sql, params SqlValue[] values)
        => House.Get<IWriteQueue>().ExecuteAsync(TenantScope.System, session => session.Execute(sql, values), Cancel);
}

public sealed class SqliteSearchProjectorTests : SearchProjectorTests
{
    protected override async Task<PathPorts> OpenAsync() => (await TestHouse.OnSqliteAsync()).Ports;
}

public sealed class PostgresSearchProjectorTests : SearchProjectorTests
{
    protected override async Task<PathPorts> OpenAsync() => (await TestHouse.OnPostgresAsync()).Ports;
}
