using Assistant.Domain.Conversations;
using Assistant.Domain.People;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Xunit;

namespace Assistant.Infrastructure.Tests.Persistence;

public sealed class MigrationTests
{
    [Fact]
    public async Task The_sqlite_migrations_describe_the_model()
    {
        await using var house = await TestHouse.OnSqliteAsync();
        await using var context = house.Get<IDatabase>().OpenContext(TenantScope.System);

        Assert.False(context.Database.HasPendingModelChanges());
    }

    [Fact]
    public async Task The_postgres_migrations_describe_the_model()
    {
        await using var house = await TestHouse.OnPostgresAsync();
        await using var context = house.Get<IDatabase>().OpenContext(TenantScope.System);

        Assert.False(context.Database.HasPendingModelChanges());
    }

    /// <summary>EF rebuilds a SQLite table from its model, which knows nothing of this: a later migration may have undone it.</summary>
    [Fact]
    public async Task Sqlite_keeps_messages_and_postings_in_the_order_of_their_keys()
    {
        await using var house = await TestHouse.OnSqliteAsync();

        var clustered = await house.Get<IReadPool>().ReadAsync(
            session => session.Query("SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%WITHOUT ROWID%' ORDER BY name", r => r.GetString(0)),
            TestContext.Current.CancellationToken);

        Assert.Equal(["messages", "search_postings"], clustered);
    }

    [Fact]
    public async Task Messages_survive_the_narrowing_of_search_and_are_indexed_anew()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var house = await TestHouse.OnSqliteAsync();
        await using (var context = house.Get<IDatabase>().OpenContext(TenantScope.System))
        {
            var migrator = context.GetService<IMigrator>();
            await migrator.MigrateAsync(context.Database.GetMigrations().First(), cancel);
            await context.Database.ExecuteSqlRawAsync(
                """
                INSERT INTO tenants (id, display_name, created_at) VALUES ('home', 'Home', 0);
                INSERT INTO people (id, tenant_id, display_name, created_at) VALUES ('01900000-0000-7000-8000-000000000001', 'home', 'Ann', 0);
                INSERT INTO conversations (id, tenant_id, connection_id, chat_id, thread_id, is_group, person_id, status, version, last_seq, created_at, last_at, last_text, last_author)
                VALUES ('01900000-0000-7000-8000-000000000002', 'home', 'tg', '7', '', 0, '01900000-0000-7000-8000-000000000001', 'Open', 1, 1, 0, 0, 'x', 'Person');
                INSERT INTO messages (conversation_id, seq, id, tenant_id, author, author_name, text, is_note, at, delivery, external_id, position)
                VALUES ('01900000-0000-7000-8000-000000000002', 1, '01900000-0000-7000-8000-000000000003', 'home', 'Person', 'Ann', 'The spare key hangs in the shed', 0, 5, 'Received', '42', 1);
                """,
                cancel);
            await migrator.MigrateAsync(null, cancel);
        }

        await house.Ports.ProjectAsync(cancel);

        var recalled = await house.Ports.Recall.RecallAsync(
            new TenantId("home"), new PersonId(new Guid("01900000-0000-7000-8000-000000000001")), "Where is the spare key?",
            new ConversationId(Guid.Empty), 0, 5, cancel);
        Assert.Equal("The spare key hangs in the shed", Assert.Single(recalled.Found).Quote);
    }
}
