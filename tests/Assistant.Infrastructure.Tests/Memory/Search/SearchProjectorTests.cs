using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
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

    [Fact]
    public async Task The_index_of_each_tenant_follows_its_own_log()
    {
        foreach (var (line, messages) in new[] { (HomeLine, 3), (OfficeLine, 1) })
        {
            for (var i = 1; i <= messages; i++)
            {
                await HearAsync(line, $"{i}", "boiler");
            }
        }

        await Ports.ProjectAsync(Cancel);

        Assert.Equal((3L, 1L), (await CountAsync(Entries), await CountAsync("SELECT COUNT(*) FROM search_entries WHERE tenant_id = 'office'")));
    }

    [Fact]
    public async Task A_fact_is_entered_in_lists_of_its_own_and_in_no_others()
    {
        var start = await BeginAsync(await HearAsync(HomeLine, "1", "remember the boiler is old"));
        await Ports.Turns.CommitAsync(Answer(start, "the boiler is old") with { NewFacts = [Fact(start, "the boiler is old")] }, Cancel);

        await Ports.ProjectAsync(Cancel);

        const string ofFacts = "FROM search_postings f JOIN search_entries e ON e.id = f.entry_id AND e.fact_id IS NOT NULL";
        Assert.Equal(4, await CountAsync("SELECT COUNT(*) " + ofFacts));
        Assert.Equal(
            0,
            await CountAsync($"SELECT COUNT(*) {ofFacts} JOIN search_postings m ON m.key = f.key JOIN search_entries s ON s.id = m.entry_id AND s.fact_id IS NULL"));
    }

    /// <summary>Of an earlier version: facts lay in the lists of what was said.</summary>
    [Fact]
    public async Task An_index_of_an_earlier_form_is_cleared_and_built_anew()
    {
        var conversation = await HearAsync(HomeLine, "1", "remember the boiler is old");
        var start = await BeginAsync(conversation);
        await Ports.Turns.CommitAsync(Answer(start, "noted") with { NewFacts = [Fact(start, "the boiler is old")] }, Cancel);
        await Ports.ProjectAsync(Cancel);
        await ExecuteAsync("UPDATE projections SET name = 'search' WHERE name LIKE 'search%'");
        await ExecuteAsync("DELETE FROM search_postings");

        for (var i = 0; i < 2; i++)
        {
            await Ports.ProjectAsync(Cancel);

            Assert.Equal((3L, 3L), (await CountAsync(Entries), await CountAsync("SELECT COUNT(DISTINCT entry_id) FROM search_postings")));
        }

        var found = await Ports.Recall.RecallAsync(Home, start.Person.Id, "boiler", conversation, long.MaxValue, onlyHere: false, 10, 10, Cancel);
        Assert.Equal(("the boiler is old", true), found.Found.Select(f => (f.Quote, f.IsFact)).First());
    }

    [Fact]
    public async Task A_tenant_whose_messages_cannot_be_read_does_not_keep_another_from_being_found()
    {
        await HearAsync(HomeLine, "1", "boiler");
        await HearAsync(OfficeLine, "1", "boiler");
        await ExecuteAsync("UPDATE messages SET body = @p0 WHERE tenant_id = 'default'", new byte[] { 1, 2, 3 });

        await RunAsync(async () => await CountAsync("SELECT COUNT(*) FROM search_entries WHERE tenant_id = 'office'") == 1);

        Assert.Equal(0, await CountAsync(Entries));
    }

    /// <summary>An event records a reply and any number of facts, an edit a message and its fact: all of them lie at one position.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(2000)]
    public async Task Everything_one_event_recorded_is_found_wherever_a_batch_ends(int batchSize)
    {
        foreach (var (id, facts) in new[] { ("1", 1), ("2", 7), ("3", 0), ("4", 2) })
        {
            var start = await BeginAsync(await HearAsync(HomeLine, id, $"boiler, message {id}"));
            await Ports.Turns.CommitAsync(
                Answer(start, $"boiler, reply {id}") with { NewFacts = [.. Enumerable.Range(1, facts).Select(n => Fact(start, $"boiler, fact {n} of {id}"))] }, Cancel);
        }

        await House.ProjectAsync(batchSize, Cancel);

        Assert.Equal((8L, 10L), (await CountAsync(Entries + " AND fact_id IS NULL"), await CountAsync(Entries + " AND fact_id IS NOT NULL")));
        Assert.Equal(18, await CountAsync("SELECT COUNT(DISTINCT entry_id) FROM search_postings"));
    }

    [Fact]
    public async Task Nothing_that_is_recorded_while_the_index_is_brought_up_to_date_stays_out_of_it()
    {
        const int turns = 60;
        using var done = new CancellationTokenSource();
        var projecting = Task.Run(
            async () =>
            {
                while (!done.IsCancellationRequested)
                {
                    await Ports.ProjectAsync(Cancel);
                }
            },
            Cancel);
        for (var i = 0; i < turns; i++)
        {
            var start = await BeginAsync(await HearAsync(HomeLine, $"{i}", $"boiler, message {i}"));
            await Ports.Turns.CommitAsync(Answer(start, $"boiler, reply {i}") with { NewFacts = [Fact(start, $"boiler, fact {i}")] }, Cancel);
        }

        await done.CancelAsync();
        await projecting;
        await Ports.ProjectAsync(Cancel);

        Assert.Equal((2L * turns, (long)turns), (await CountAsync(Entries + " AND fact_id IS NULL"), await CountAsync(Entries + " AND fact_id IS NOT NULL")));
    }

    /// <summary>Of an earlier version: what lies plain is entered once it is sealed.</summary>
    [Fact]
    public async Task A_plain_fact_beside_a_sealed_reply_is_entered_once_it_is_sealed()
    {
        var start = await BeginAsync(await HearAsync(HomeLine, "1", "boiler, message"));
        await Ports.Turns.CommitAsync(Answer(start, "boiler, reply") with { NewFacts = [Fact(start, "boiler, fact")] }, Cancel);
        await ExecuteAsync("UPDATE facts SET body = NULL, text = 'boiler, fact'");
        await Ports.ProjectAsync(Cancel);
        Assert.Equal(0, await CountAsync(Entries + " AND fact_id IS NOT NULL"));

        await House.SealPlainAsync(Cancel);
        await Ports.ProjectAsync(Cancel);

        Assert.Equal((2L, 1L), (await CountAsync(Entries + " AND fact_id IS NULL"), await CountAsync(Entries + " AND fact_id IS NOT NULL")));
    }

    private static Fact Fact(TurnStart start, string text)
        => new(Guid.CreateVersion7(), Home, start.Person.Id, text, start.Utterance.At, start.Conversation.Id, start.Utterance.Seq);

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
