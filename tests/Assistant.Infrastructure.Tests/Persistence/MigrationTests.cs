using Assistant.Domain.Conversations;
using Assistant.Domain.People;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Persistence.Postgres;
using Assistant.Infrastructure.Persistence.Sqlite;
using Assistant.Infrastructure.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql;
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

    /// <summary>A start and a verb ask for nothing else. After a migration was added, the constant beside the context names it and how many there are.</summary>
    [Fact]
    public void The_build_knows_its_newest_migration()
    {
        using var sqlite = new SqliteAssistantDbContext.Design().CreateDbContext([]);
        using var postgres = new PostgresAssistantDbContext.Design().CreateDbContext([]);

        Assert.Equal(VersionOf(sqlite), SqliteAssistantDbContext.Version);
        Assert.Equal(VersionOf(postgres), PostgresAssistantDbContext.Version);

        static SchemaVersion VersionOf(AssistantDbContext context)
            => new(context.Database.GetMigrations().Count(), context.Database.GetMigrations().Max(StringComparer.Ordinal));
    }

    /// <summary>EF rebuilds a SQLite table from its model, which knows nothing of this: a later migration may have undone it.</summary>
    [Fact]
    public async Task Sqlite_keeps_the_rows_of_the_hot_path_in_the_order_of_their_keys()
    {
        await using var house = await TestHouse.OnSqliteAsync();

        var clustered = await house.Get<IReadPool>().ReadAsync(
            TenantScope.System,
            session => session.Query("SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%WITHOUT ROWID%' ORDER BY name", r => r.GetString(0)),
            TestContext.Current.CancellationToken);

        Assert.Equal(["audit_events", "inbox", "messages", "outbox", "search_postings", "turns"], clustered);
    }

    [Fact]
    public async Task On_sqlite_users_keep_their_role_as_a_membership_at_home_and_their_passkeys()
    {
        await using var house = await TestHouse.OnSqliteAsync();

        await KeepsRolesAsync(house);
    }

    [Fact]
    public async Task On_postgres_users_keep_their_role_as_a_membership_at_home_and_their_passkeys()
    {
        await using var house = await TestHouse.OnPostgresAsync();

        await KeepsRolesAsync(house);
    }

    private static async Task KeepsRolesAsync(TestHouse house)
    {
        var cancel = TestContext.Current.CancellationToken;
        await using (var context = house.Get<IDatabase>().OpenSchemaContext())
        {
            var migrator = context.GetService<IMigrator>();
            var all = context.Database.GetMigrations().ToList();
            await migrator.MigrateAsync(all[all.FindIndex(name => name.EndsWith("_Memberships", StringComparison.Ordinal)) - 1], cancel);
            await context.Database.ExecuteSqlRawAsync(
                """
                INSERT INTO tenants (id, display_name, created_at) VALUES ('home', 'Home', 0);
                INSERT INTO users (id, tenant_id, email, normalized_email, role, password_hash, security_stamp, last_totp_step, failed_attempts, created_at, recovery_codes)
                VALUES ('01900000-0000-7000-8000-000000000001', 'home', 'ann@example.org', 'ANN@EXAMPLE.ORG', 'operator', 'x', 's', 0, 0, 7, {0});
                INSERT INTO passkeys (id, tenant_id, user_id, name, credential_id, public_key, sign_count, transports, aaguid, is_backup_eligible, is_backed_up, created_at)
                VALUES ('01900000-0000-7000-8000-000000000002', 'home', '01900000-0000-7000-8000-000000000001', 'Key', {0}, {0}, 0, '',
                        '01900000-0000-7000-8000-000000000003', false, false, 0);
                """,
                [Array.Empty<byte>()],
                cancel);
        }

        await house.Get<IDatabase>().MigrateAsync(cancel);
        var read = await house.Get<IReadPool>().ReadAsync(
            TenantScope.System,
            session => session.QueryFirst(
                "SELECT m.tenant_id, m.role, m.created_at, (SELECT COUNT(*) FROM passkeys) FROM memberships m JOIN users u ON u.id = m.user_id",
                row => (row.GetString(0), row.GetString(1), row.GetInt64(2), row.GetInt64(3))),
            cancel);
        Assert.Equal(("home", "operator", 7L, 1L), read);
    }

    [Fact]
    public async Task An_upgrade_that_was_killed_is_done_by_the_next_start()
    {
        await using var house = await TestHouse.OnSqliteAsync();
        await using (var context = house.Get<IDatabase>().OpenSchemaContext())
        {
            var all = context.Database.GetMigrations().ToList();
            await context.GetService<IMigrator>().MigrateAsync(all[^2], TestContext.Current.CancellationToken);
            await context.Database.ExecuteSqlRawAsync(
                "INSERT INTO \"__EFMigrationsLock\" (\"Id\", \"Timestamp\") VALUES (1, '2026-01-01')", TestContext.Current.CancellationToken);
        }

        await house.Get<IDatabase>().MigrateAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);

        await using var after = house.Get<IDatabase>().OpenSchemaContext();
        Assert.Empty(await after.Database.GetPendingMigrationsAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Processes_that_start_at_once_make_a_postgres_database_together(bool isThere)
    {
        var cancel = TestContext.Current.CancellationToken;
        var server = MigratedDatabases.Server();
        var name = $"test_{Guid.CreateVersion7():N}";
        if (isThere)
        {
            await MigratedDatabases.RunAsync(server, $"CREATE DATABASE {name} TEMPLATE template0 STRATEGY wal_log");
        }

        var nodes = Enumerable.Range(0, 3).Select(_ => new PostgresDatabase(MigratedDatabases.For(server, name))).ToList();
        try
        {
            await Task.WhenAll(nodes.Select(node => node.MigrateAsync(cancel)));

            await using var context = nodes[0].OpenContext(TenantScope.System);
            Assert.Empty(await context.Set<TenantRow>().ToListAsync(cancel));
        }
        finally
        {
            foreach (var node in nodes)
            {
                await node.DisposeAsync();
            }

            await MigratedDatabases.DropAsync(name);
        }
    }

    [Fact]
    public async Task A_postgres_database_that_lacks_letters_is_refused_before_anything_is_made_in_it()
    {
        var server = MigratedDatabases.Server();
        var name = $"test_{Guid.CreateVersion7():N}";
        await MigratedDatabases.RunAsync(server, $"CREATE DATABASE {name} ENCODING 'LATIN1' LOCALE_PROVIDER libc LOCALE 'C' TEMPLATE template0 STRATEGY wal_log");
        try
        {
            await using var database = new PostgresDatabase(MigratedDatabases.For(server, name));

            var refused = await Assert.ThrowsAsync<InstallationException>(() => database.MigrateAsync(TestContext.Current.CancellationToken));

            Assert.Contains("keeps text as LATIN1", refused.Message, StringComparison.Ordinal);
            Assert.EndsWith(TextEncoding.Advice, refused.Message, StringComparison.Ordinal);
            await using var context = database.OpenSchemaContext();
            Assert.Empty(await context.Database.GetAppliedMigrationsAsync(TestContext.Current.CancellationToken));
        }
        finally
        {
            await MigratedDatabases.DropAsync(name);
        }
    }

    [Fact]
    public async Task An_upgrade_of_postgres_waits_for_a_statement_longer_than_anything_else_would()
    {
        var cancel = TestContext.Current.CancellationToken;
        var connection = await MigratedDatabases.TakeAsync();
        try
        {
            await using var database = new PostgresDatabase(new NpgsqlConnectionStringBuilder(connection) { CommandTimeout = 2 }.ConnectionString);
            await using (var context = database.OpenSchemaContext())
            {
                context.Database.SetCommandTimeout(0);
                await context.GetService<IMigrator>().MigrateAsync(context.Database.GetMigrations().SkipLast(1).Last(), cancel);
                await context.Database.ExecuteSqlRawAsync(
                    """
                    CREATE FUNCTION linger() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(2.5); RETURN NULL; END';
                    CREATE TRIGGER linger AFTER INSERT ON "__EFMigrationsHistory" FOR EACH STATEMENT EXECUTE FUNCTION linger();
                    """,
                    cancel);
            }

            await database.MigrateAsync(cancel);

            using var session = new SqlSession(database, database.Open(forWriting: false));
            Assert.Equal(database.Schema, SchemaVersion.Read(session));
        }
        finally
        {
            await MigratedDatabases.GiveBackAsync(connection);
        }
    }

    [Fact]
    public async Task Messages_survive_the_narrowing_of_search_and_are_indexed_anew()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var house = await TestHouse.OnSqliteAsync();
        await using (var context = house.Get<IDatabase>().OpenSchemaContext())
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
                VALUES ('01900000-0000-7000-8000-000000000002', 1, '01900000-0000-7000-8000-000000000003', 'home', 'Person', 'Ann', 'The spare key hangs in the shed', 0, 5, 'None', '42', 1);
                """,
                cancel);
            await migrator.MigrateAsync(null, cancel);
        }

        Assert.Equal(1, await house.SealPlainAsync(cancel));
        await house.Ports.ProjectAsync(cancel);

        var recalled = await house.Ports.Recall.RecallAsync(
            new TenantId("home"), new PersonId(new Guid("01900000-0000-7000-8000-000000000001")), "Where is the spare key?",
            new ConversationId(Guid.Empty), 0, onlyHere: false, 5, 5, cancel);
        Assert.Equal("The spare key hangs in the shed", Assert.Single(recalled.Found).Quote);
    }

    [Fact]
    public async Task What_the_hot_path_wrote_survives_its_compaction_and_of_two_turns_of_an_utterance_the_later()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var house = await TestHouse.OnSqliteAsync();
        await using (var context = house.Get<IDatabase>().OpenSchemaContext())
        {
            var migrator = context.GetService<IMigrator>();
            await migrator.MigrateAsync("DropPreview", cancel);
            await context.Database.ExecuteSqlRawAsync(
                """
                INSERT INTO tenants (id, display_name, created_at) VALUES ('home', 'Home', 0);
                INSERT INTO people (id, tenant_id, display_name, created_at) VALUES ('P', 'home', 'Ann', 0);
                INSERT INTO conversations (id, tenant_id, connection_id, chat_id, thread_id, is_group, person_id, status, version, last_seq, created_at, last_at)
                VALUES ('C', 'home', 'tg', '7', '', 0, 'P', 'Open', 1, 1, 0, 0);
                INSERT INTO inbox (id, tenant_id, connection_id, dedupe_key, conversation_id, message_seq, kind, is_addressed, state, attempts, due_at, received_at)
                VALUES ('I', 'home', 'tg', 'k1', 'C', 1, 'said', 1, 'Pending', 0, 11, 12);
                INSERT INTO outbox (id, tenant_id, conversation_id, connection_id, message_seq, part, is_last_part, text, by_assistant, state, attempts, may_repeat, due_at, created_at)
                VALUES ('O', 'home', 'C', 'tg', 2, 0, 1, 'Hello', 1, 'Sending', 1, 0, 13, 14);
                INSERT INTO turns (id, tenant_id, conversation_id, message_seq, result, input_tokens, output_tokens, started_at, finished_at)
                VALUES ('T2', 'home', 'C', 1, 'Answered', 0, 0, 17, 18), ('T1', 'home', 'C', 1, 'EnginesFailed', 0, 0, 15, 16);
                INSERT INTO audit_events (tenant_id, seq, at, actor_kind, actor_id, actor_name, action, subject, origin, details, previous_hash, hash)
                VALUES ('home', 1, 19, 'system', '', '', 'x', 'y', 'z', '{{}}', x'01', x'02');
                """,
                cancel);
            await migrator.MigrateAsync(null, cancel);
        }

        var kept = await house.Get<IReadPool>().ReadAsync(
            TenantScope.System,
            session => session.Query(
                "SELECT dedupe_key || ' ' || state || ' ' || received_at FROM inbox UNION ALL SELECT text || ' ' || state || ' ' || created_at FROM outbox "
                + "UNION ALL SELECT id || ' ' || result || ' ' || finished_at FROM turns UNION ALL SELECT seq || ' ' || action || ' ' || hex(hash) FROM audit_events",
                r => r.GetString(0)),
            cancel);
        Assert.Equal(["k1 Pending 12", "Hello Sending 14", "T2 Answered 18", "1 x 02"], kept);
    }

    [Fact]
    public async Task On_sqlite_what_was_sent_leaves_the_outbox_but_for_the_parts_before_the_last() => await SentRowsGoAsync(await TestHouse.OnSqliteAsync());

    [Fact]
    public async Task On_postgres_what_was_sent_leaves_the_outbox_but_for_the_parts_before_the_last() => await SentRowsGoAsync(await TestHouse.OnPostgresAsync());

    private static async Task SentRowsGoAsync(TestHouse opened)
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var house = opened;
        await using (var context = house.Get<IDatabase>().OpenSchemaContext())
        {
            var migrator = context.GetService<IMigrator>();
            var all = context.Database.GetMigrations().ToList();
            await migrator.MigrateAsync(all[all.FindIndex(name => name.EndsWith("_SentRowsGo", StringComparison.Ordinal)) - 1], cancel);
            await context.Database.ExecuteSqlRawAsync(
                """
                INSERT INTO tenants (id, display_name, created_at) VALUES ('home', 'Home', 0);
                INSERT INTO people (id, tenant_id, display_name, created_at) VALUES ('01900000-0000-7000-8000-000000000001', 'home', 'Ann', 0);
                INSERT INTO conversations (id, tenant_id, connection_id, chat_id, thread_id, is_group, person_id, status, version, last_seq, created_at, last_at)
                VALUES ('01900000-0000-7000-8000-000000000002', 'home', 'tg', '7', '', false, '01900000-0000-7000-8000-000000000001', 'Open', 1, 1, 0, 0);
                """,
                cancel);
            var number = 10;
            foreach (var (text, part, isLast, state) in (IEnumerable<(string, int, bool, string)>)
                [("whole", 0, true, "Sent"), ("first", 0, false, "Sent"), ("last", 1, true, "Sent"), ("dead", 0, true, "Dead"), ("under way", 0, true, "Sending")])
            {
                await context.Database.ExecuteSqlRawAsync(
                    """
                    INSERT INTO outbox (id, tenant_id, conversation_id, connection_id, message_seq, part, is_last_part, text, by_assistant, state, attempts, may_repeat, due_at, created_at)
                    VALUES ({0}, 'home', '01900000-0000-7000-8000-000000000002', 'tg', {1}, {2}, {3}, {4}, true, {5}, 1, false, 0, 0)
                    """,
                    [Guid.Parse($"01900000-0000-7000-8000-0000000000{number}"), number++, part, isLast, text, state], cancel);
            }

            await migrator.MigrateAsync(null, cancel);
        }

        var left = await house.Get<IReadPool>().ReadAsync(TenantScope.System, session => session.Query("SELECT text FROM outbox ORDER BY id", r => r.GetString(0)), cancel);
        Assert.Equal(["first", "dead", "under way"], left);
    }

    [Fact]
    public async Task On_sqlite_ids_of_servers_of_ones_own_count_within_their_connection() => await IdentitiesWithinConnectionsAsync(await TestHouse.OnSqliteAsync());

    [Fact]
    public async Task On_postgres_ids_of_servers_of_ones_own_count_within_their_connection() => await IdentitiesWithinConnectionsAsync(await TestHouse.OnPostgresAsync());

    private static async Task IdentitiesWithinConnectionsAsync(TestHouse opened)
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var house = opened;
        await using (var context = house.Get<IDatabase>().OpenSchemaContext())
        {
            var migrator = context.GetService<IMigrator>();
            var all = context.Database.GetMigrations().ToList();
            await migrator.MigrateAsync(all[all.FindIndex(name => name.EndsWith("_IdentitiesWithinConnections", StringComparison.Ordinal)) - 1], cancel);
            await context.Database.ExecuteSqlRawAsync("INSERT INTO tenants (id, display_name, created_at) VALUES ('home', 'Home', 0)", cancel);
            foreach (var (id, type) in (IEnumerable<(string, string)>)[("hook", "webhook"), ("shop", "webhook"), ("tg", "telegram")])
            {
                await context.Database.ExecuteSqlRawAsync(
                    """
                    INSERT INTO connections (id, tenant_id, channel_type, display_name, access, is_enabled, is_provisioned, sealed_settings, created_at, updated_at)
                    VALUES ({0}, 'home', {1}, 'line', 'Open', true, false, {2}, 0, 0)
                    """,
                    [id, type, new byte[] { 1 }], cancel);
            }

            var number = 10;
            foreach (var (name, type, lines) in (IEnumerable<(string, string, string[])>)
                [("once", "webhook", ["hook"]), ("twice", "webhook", ["hook", "shop"]), ("never", "webhook", []), ("elsewhere", "telegram", ["tg"])])
            {
                var person = Guid.Parse($"01900000-0000-7000-8000-0000000000{number++}");
                await context.Database.ExecuteSqlRawAsync("INSERT INTO people (id, tenant_id, display_name, created_at) VALUES ({0}, 'home', {1}, 0)", [person, name], cancel);
                await context.Database.ExecuteSqlRawAsync(
                    "INSERT INTO identities (id, tenant_id, person_id, channel_type, external_id, display_name) VALUES ({0}, 'home', {0}, {1}, {2}, {2})",
                    [person, type, name], cancel);
                foreach (var line in lines)
                {
                    var conversation = Guid.Parse($"01900000-0000-7000-8000-0000000000{number++}");
                    await context.Database.ExecuteSqlRawAsync(
                        """
                        INSERT INTO conversations (id, tenant_id, connection_id, chat_id, thread_id, is_group, person_id, status, version, last_seq, created_at, last_at)
                        VALUES ({0}, 'home', {1}, {2}, '', false, {3}, 'Open', 1, 1, 0, 0)
                        """,
                        [conversation, line, name, person], cancel);
                    await context.Database.ExecuteSqlRawAsync(
                        """
                        INSERT INTO messages (conversation_id, seq, id, tenant_id, author, author_name, text, is_note, at, delivery, position, person_id)
                        VALUES ({0}, 1, {0}, 'home', 'Person', {1}, '', false, 0, 'Sent', 0, {2})
                        """,
                        [conversation, name, person], cancel);
                }
            }

            await migrator.MigrateAsync(null, cancel);
        }

        var ids = await house.Get<IReadPool>().ReadAsync(TenantScope.System, session => session.Query("SELECT external_id FROM identities ORDER BY id", r => r.GetString(0)), cancel);
        Assert.Equal(["hook/once", "twice", "never", "elsewhere"], ids);
    }
}
