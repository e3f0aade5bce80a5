using Assistant.Domain.Attachments;
using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Forgetting;
using Assistant.Domain.Memory;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Inbox;
using Assistant.Domain.Messaging.Outbox;
using Assistant.Domain.People;
using Assistant.Domain.People.Accounts;
using Assistant.Domain.People.Links;
using Assistant.Domain.People.Acts;
using Assistant.Domain.People.Reach;
using Assistant.Domain.Security;
using Assistant.Domain.Security.Keys;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Attachments;
using Assistant.Infrastructure.Conversations;
using Assistant.Infrastructure.Forgetting;
using Assistant.Infrastructure.Memory.Search;
using Assistant.Infrastructure.Messaging;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Security;
using Assistant.Infrastructure.Security.Sealing;
using Assistant.Testing.Contracts;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Infrastructure.Tests.Persistence;

/// <summary>The real stores over a new database of either kind, with a clock the test owns.</summary>
internal sealed class TestHouse : IAsyncDisposable
{
    private readonly DirectoryInfo _folder;
    private readonly string? _postgresDatabase;
    private readonly IDictionary<string, string?> _settings;
    private readonly bool _isRestarted;

    private TestHouse(string? postgresDatabase, IDictionary<string, string?> settings, TestHouse? before = null)
    {
        (_postgresDatabase, _settings, _isRestarted) = (postgresDatabase, settings, before is not null);
        _folder = before?._folder ?? Directory.CreateTempSubdirectory("assistant-test-");
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());
        services.AddLogging();
        services.AddSingleton<TimeProvider>(Clock);
        services.AddPersistence(new DataFolder(_folder.FullName));
        services.AddSecurity();
        services.AddHouse();
        services.AddMessaging();
        services.AddConversations();
        services.AddAttachments();
        services.AddForgetting();
        services.AddSingleton<Domain.Ai.IReplyGenerator, SilentReplies>();
        Services = services.BuildServiceProvider();
    }

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 3, 24, 9, 0, 0, TimeSpan.Zero));

    public ServiceProvider Services { get; }

    public PathPorts Ports => new(
        Clock, Get<ITenantDirectory>(), Get<IConnectionStore>(), Get<IInbox>(), Get<ITurnStore>(), Get<IOutbox>(), Get<IConversationStore>(),
        Get<IConversationQueries>(), Get<IDeadLetterQueries>(), Get<IPeopleStore>(), Get<IRecall>(), Get<IAuditLog>(), Get<IPersonSealer>(), Get<IErasureStore>(),
        Get<IPersonRecords>(), Get<IIndexingStore>(), Get<IUserDirectory>(), Get<IPersonAccountStore>(), Get<IPersonLinkStore>(), Get<IPersonActStore>(), Get<IPersonNotices>(), Get<IDirectChats>(), Get<IAttachmentStore>(), ProjectAsync, this);

    /// <summary>A new SQLite file.</summary>
    public static async Task<TestHouse> OnSqliteAsync()
    {
        var house = new TestHouse(null, new Dictionary<string, string?>());
        await MigratedDatabases.CopyToAsync(house.Get<DataFolder>());
        return house;
    }

    /// <summary>A new database on the PostgreSQL server of the tests; skips the test with the reason when there is none.</summary>
    public static async Task<TestHouse> OnPostgresAsync()
    {
        var connection = await MigratedDatabases.TakeAsync();
        return new TestHouse(connection, new Dictionary<string, string?>
        {
            ["Assistant:Database:Provider"] = "postgres",
            ["Assistant:Database:ConnectionString"] = connection,
            ["Assistant:Database:Readers"] = "2", // enough to read beside one another; each is a connection to open
        });
    }

    /// <summary>The same database as a process that starts now has it: nothing of this one's is in its memory.</summary>
    public TestHouse Restart() => new(_postgresDatabase, _settings, this);

    public T Get<T>() where T : notnull => Services.GetRequiredService<T>();

    public async ValueTask DisposeAsync()
    {
        await Services.DisposeAsync();
        if (_isRestarted)
        {
            return; // the database is the first one's
        }

        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        _folder.Delete(recursive: true);
        if (_postgresDatabase is not null)
        {
            await MigratedDatabases.GiveBackAsync(_postgresDatabase);
        }
    }

    /// <summary>Seals what an earlier version stored plain; returns how many values that were.</summary>
    public async Task<int> SealPlainAsync(CancellationToken cancellationToken)
    {
        var sealedValues = 0;
        foreach (var tenant in await Get<ITenantDirectory>().ListAsync(cancellationToken))
        {
            sealedValues += await SealPlainAsync(tenant.Id, cancellationToken);
        }

        return sealedValues;
    }

    /// <inheritdoc cref="SealPlainAsync(CancellationToken)"/>
    public async Task<int> SealPlainAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        using var worker = PlainRows();
        return await worker.SealAsync(new PlainBodies(Get<BodySealer>()), tenant, cancellationToken);
    }

    /// <summary>What seals rows of earlier versions; nobody has started it.</summary>
    internal PlainRowsWorker PlainRows(params IEnumerable<IPlainRows> lists)
        => new(lists, Get<IReadPool>(), Get<IWriteQueue>(), Get<ITenantDirectory>(), Clock, NullLogger<PlainRowsWorker>.Instance);

    /// <summary>What keeps the search index; nobody has started it.</summary>
    internal SearchProjector Projector(int batchSize = SearchProjector.MostRows)
        => new(Get<IReadPool>(), Get<IWriteQueue>(), Get<BodySealer>(), Get<RecentEntries>(), Get<ITenantDirectory>(), Clock, NullLogger<SearchProjector>.Instance)
        {
            BatchSize = batchSize,
        };

    /// <summary>What leads to rows that are gone, of all tenants.</summary>
    public async Task<IReadOnlyList<string>> FindLeftoversAsync(CancellationToken cancellationToken)
    {
        (string Kind, string Count)[] kinds =
        [
            ("postings without their entry", "SELECT COUNT(*) FROM search_postings WHERE entry_id NOT IN (SELECT id FROM search_entries)"),
            ("entries without their message", "SELECT COUNT(*) FROM search_entries e WHERE NOT EXISTS "
                + "(SELECT 1 FROM messages m WHERE m.conversation_id = e.conversation_id AND m.seq = e.seq AND m.deleted_at IS NULL)"),
            ("facts without their conversation", "SELECT COUNT(*) FROM facts WHERE source_conversation_id NOT IN (SELECT id FROM conversations)"),
        ];
        return await Get<IReadPool>().ReadAsync<IReadOnlyList<string>>(
            TenantScope.System,
            session => [.. kinds.Select(kind => $"{session.QueryFirst(kind.Count, r => r.GetInt64(0))} {kind.Kind}").Where(found => !found.StartsWith("0 ", StringComparison.Ordinal))],
            cancellationToken);
    }

    /// <summary>The folder with the database file, when it is SQLite's.</summary>
    public DirectoryInfo Folder => _folder;

    /// <summary>Brings the search index up to date, batch by batch.</summary>
    internal async Task ProjectAsync(int batchSize, CancellationToken cancellationToken)
    {
        using var projector = Projector(batchSize);
        foreach (var tenant in await Get<ITenantDirectory>().ListAsync(cancellationToken))
        {
            while (await projector.ProjectAsync(tenant.Id, cancellationToken))
            {
            }
        }
    }

    private Task ProjectAsync(CancellationToken cancellationToken) => ProjectAsync(SearchProjector.MostRows, cancellationToken);

    /// <summary>The stores' tests commit turns themselves.</summary>
    private sealed class SilentReplies : Domain.Ai.IReplyGenerator
    {
        public IAsyncEnumerable<Domain.Ai.ReplyChunk> GenerateAsync(Domain.Ai.ReplyContext context, CancellationToken cancellationToken)
            => throw new NotSupportedException("No engine takes part in these tests.");
    }
}
